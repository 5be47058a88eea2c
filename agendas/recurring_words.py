"""A word that keeps coming back in one person's thorns: by a rule, in English, for the writer's eyes alone.

The rule, in a sentence: a word of some weight that stands in the thorns of three different Days, two of them a week
apart. Nothing is learnt, stored or sent, and the Days are there to lead to what was written, never to be counted aloud.
Nothing is remembered between two calls either: these are a person's private words.

Two ways of writing a word are one word when `folded` says the same of both. It knows a few English endings and no
dictionary, so "thought" and "think" stay two words, and now and then two strangers meet ("moral" and "morale").
In other languages fewer words meet, and text without spaces says nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from unicodedata import category, normalize

DAYS = 3  # it stands in the thorns of so many different Days
APART = timedelta(weeks=1)  # two of them lie this far apart: one bad week is one story
SHORTEST = 4  # letters
LONGEST = 30  # letters; whatever is longer isn't a word

# Everyday words, which say nothing about what was hard. Weekdays aren't among them: Monday may be the very point.
# Words under four letters never count, and whatever ends in "n't" is dropped by rule.
_EVERYDAY = """
about above across actually after against almost along already also although always another anybody anyone
anything anyway anywhere arent around away back badly became because become been before behind below besides
between beyond both came cannot cant come could couldnt didnt does doesnt doing done dont down each either
else enough even ever every everybody everyone everything everywhere feel felt find found from gave getting
give goes going gone good half happen hard hardly hasnt have havent having here hers herself himself however
inside instead into isnt itself just keep kept kind knew know known lately least left less like little long
lots made make many maybe mean might mine more most mostly much must myself near nearly need neither never
nobody none nothing nowhere often okay once only onto other otherwise ours ourselves outside over perhaps
please probably quite rather really said same seem seen several shall should shouldnt simply since some
somebody someone something somewhere still stuff such sure take taken tell than that their theirs them
themselves then there therefore these they theyre thing think this those though thought through till told
took toward tried trying twice under unless until upon used usually very want wasnt well went were werent
what whatever when whenever where whether which while whose will with within without wont would wouldnt your
youre yours yourself yourselves
"""
_OF_TIME = """
afternoon again days earlier early evening finally first hour last later minute moment month morning next
night past second sometimes soon sooner time today tomorrow tonight week year yesterday
"""
_OURS = "thorn"  # what this app calls it

_APOSTROPHES = "'’‘ʼ"
_ONE_APOSTROPHE = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))
_WORD = re.compile(r"[^\W\d_ʼ]\S*")
# Scripts that write no spaces: Thai to Tibetan, Burmese, Khmer, kana, Chinese characters.
_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f\U00020000-\U0003ffff]"
)

_TAKEN_ON = re.compile(r"'(?:s|d|m|ll|re|ve)\Z")
_VOWELS = frozenset("aeiouy")
_VOWEL_GROUP = re.compile(r"[aeiouy]+")
# One vowel between consonants, as in "hop": its -ing is "hopping", so that "hoping" must come from "hope".
_LIKE_HOP = re.compile(r"[^aeiouy]*(?:qu)?[aeiouy][^aeiouwxy]")
# Doubled before -ing and -ed. A double f, s or z is the word's own: "missing", "puffed".
_DOUBLED = frozenset("bdgmnprt")


@dataclass(frozen=True)
class RecurringWord:
    """A word, as the person wrote it last, and the Days whose thorns it stands in, the earliest first."""

    word: str
    days: tuple[date, ...]


def recurring_word(thorns: Mapping[date, str], *, names: Iterable[str] = ()) -> RecurringWord | None:
    """The word that keeps coming back in these thorns, one person's own by Day, if any. Nobody's name among
    `names` does.

    Of several: what stands on most Days, then what was seen latest, then by the alphabet.
    """
    days: dict[str, list[date]] = {}
    written: dict[str, str] = {}
    for day in sorted(thorns):
        for key, word in _weighty(thorns[day]).items():
            days.setdefault(key, []).append(day)
            written[key] = word
    people = {folded(word) for name in names for word in words(name)}
    found = [key for key in days.keys() - people if _returns(days[key])]
    if not found:
        return None
    best = min(found, key=lambda key: (-len(days[key]), -days[key][-1].toordinal(), key))
    return RecurringWord(written[best], tuple(days[best]))


def _returns(seen: list[date]) -> bool:
    return len(seen) >= DAYS and seen[-1] - seen[0] >= APART


def folded(word: str) -> str:
    """The form a word has in common with the other ways of writing it: case, apostrophes and a few endings apart.

    A key to compare by, not a word to show: "worry", "worries", "worried" and "worrying" are all "worri".
    """
    return _without_ending(_plain(word))


def words(text: str) -> Iterator[str]:
    """The words of `text` as they stand there: letters with their accents, apostrophes only inside."""
    spaced = "".join(sign if _in_word(sign) else " " for sign in text)
    for match in _WORD.finditer(spaced):
        yield match[0].rstrip(_APOSTROPHES)


def _in_word(sign: str) -> bool:
    return sign.isalpha() or sign in _APOSTROPHES or category(sign)[0] == "M"


def _weighty(text: str) -> dict[str, str]:
    """The words of some weight in `text`, folded, each as it is written last."""
    found = {}
    for word in words(text):
        plain = _plain(word)
        if not SHORTEST <= sum(map(str.isalpha, plain)) <= LONGEST:
            continue
        if plain.endswith("n't") or _WITHOUT_SPACES.search(plain):
            continue
        key = _without_ending(plain)
        if key not in _LIGHT:
            found[key] = word
    return found


def _plain(word: str) -> str:
    """In lower case, accents in one spelling, with one kind of apostrophe, and without 's, 'll and their like."""
    plain = normalize("NFC", word.casefold()).translate(_ONE_APOSTROPHE)
    return _TAKEN_ON.sub("", plain)


def _without_ending(plain: str) -> str:
    """First -s, then -ing or -ed, then the last letter: each only where enough of a word is left."""
    stem = plain
    if stem.endswith("s") and not stem.endswith(("ss", "us", "is")) and len(stem) > 3:
        stem = stem[:-1]
    for ending in ("ing", "ed"):
        rest = stem.removesuffix(ending)
        if rest != stem and _is_stem(rest):
            stem = _as_before_ending(rest)
            break
    return _without_last(stem)


def _is_stem(rest: str) -> bool:
    """Whether a word may be left: not of "th-ing", "br-ing", "ne-ed" or "spe-ed", but of "agre-ed"."""
    return len(rest) >= 3 and not _VOWELS.isdisjoint(rest.rstrip("e"))


def _as_before_ending(rest: str) -> str:
    """The word that took -ing or -ed: "plann" was "plan", "quarrell" was "quarrel", "hop" was "hope"."""
    last = rest[-1]
    if len(rest) > 3 and last == rest[-2]:
        long = len(_VOWEL_GROUP.findall(rest)) > 1
        if last in _DOUBLED or (last == "l" and long):
            return rest[:-1]
    return rest + "e" if _LIKE_HOP.fullmatch(rest) else rest


def _without_last(stem: str) -> str:
    """Without a silent e: "argue" meets "argu(ing)"; with y as i: "worry" meets "worri(ed)". "plane" isn't "plan"."""
    rest = stem.rstrip("e")
    if rest != stem and len(rest) >= 3 and not _LIKE_HOP.fullmatch(rest):
        return rest
    if stem.endswith("y") and len(stem) >= 3 and stem[-2] not in _VOWELS:
        return stem[:-1] + "i"
    return stem


_LIGHT = frozenset(folded(word) for word in f"{_EVERYDAY} {_OF_TIME} {_OURS}".split())
