"""The words a person may put on an evening's page, as they come from a form, a draft or a page that stands."""

from dataclasses import dataclass, fields

from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LINES = ("rose", "bud", "thorn")
KIND_WORDS = {
    "page": _("Page"),
    "rose": _("Rose"),
    "bud": _("Bud"),
    "thorn": _("Thorn"),
    "thanks": _("Thank you"),
    "win": _("Went well"),
    "answer": _("Answer"),
}
PRIVATE_SIDE = ("closeness", "note")  # never the other's to read; columns and fields are called the same
LINE_LIMIT = 1000  # characters
NOTE_LIMIT = 5000  # characters
STEP_LIMIT = 2000  # characters of one step of a reply
NEARNESS = {"1": _("far off"), "2": _("apart"), "3": _("so-so"), "4": _("close"), "5": _("very close")}


@dataclass(frozen=True)
class CheckInText:
    """Three lines, which of them are kept, the private side, and whether the page may be read without an answer."""

    rose: str = ""
    bud: str = ""
    thorn: str = ""
    note: str = ""
    closeness: str = ""
    kept: frozenset[str] = frozenset()  # of LINES: these look empty to the other
    open: bool = False

    def __bool__(self) -> bool:
        """Whether anything was written at all."""
        return any(getattr(self, field.name) for field in fields(self) if field.name not in {"kept", "open"})

    @property
    def lines(self) -> dict[str, str]:
        return {kind: getattr(self, kind) for kind in LINES}

    @property
    def private(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in PRIVATE_SIDE}

    @property
    def offered(self) -> dict[str, str]:
        """The lines the other may read once the page is shared, empty where one is kept or not written."""
        return {kind: "" if kind in self.kept else words for kind, words in self.lines.items()}


@dataclass(frozen=True)
class FormVersion:
    """The state a form was built on, so that a late or second one never writes over what it hasn't seen."""

    version: int  # of the evening, when the form was shown
    tab: str = ""  # which showing of the form, random
    save_number: int = 0  # of that showing's saves, counted from 1

    def is_of(self, tab: str) -> bool:
        """Whether this form is the showing named `tab`."""
        return self.tab != "" and self.tab == tab

    def has_seen(self, version: int, tab: str) -> bool:
        """Whether this form was shown with `version` or a later one, or is the showing named `tab` that made it."""
        return self.version >= version or self.is_of(tab)


@dataclass(frozen=True)
class SaidBack:
    """The three steps of a listening reply, each of which may be empty, and whether it ends with "Is there more?"."""

    back: str = ""
    feeling: str = ""  # feeling words, one a line
    sense: str = ""
    more: bool = False

    def __bool__(self) -> bool:
        return any((self.back, self.feeling, self.sense))

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs it reads like."""
        felt = get_text_list(self.feeling.splitlines(), gettext("and"))
        sentence = gettext("I wonder if you felt %(feelings)s.") % {"feelings": felt} if felt else ""
        ending = gettext("Is there more?") if self.more and self else ""
        return [one for one in (self.back, sentence, self.sense, ending) if one]
