"""The question of a Day as one of the two sees it, and what was answered to it. Through the two doors, nothing else."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from accounts.models import User
from accounts.prepared import Prepared, PreparedTogether
from checkins import deck
from checkins.deck import Prompt
from checkins.models import Answer, OwnPrompt, PromptSelection
from couples.authored import by_people_of, ids_of
from couples.models import Partner

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Asked:
    """The question of a Day. `theirs` is there only when both have answered in writing."""

    day: date
    prompt: str  # its id: in the deck, or that of an own one
    text: str  # "" where it was taken back
    author: User | None = None  # whose question it is, if it is one of the couple's own
    mine: Answer | None = None
    theirs: Answer | None = None
    before: str | None = None  # the question one's own answer was written to, if it was another one

    @property
    def written(self) -> bool:
        """Whether one's own answer to this question is put down."""
        return self.mine is not None and self.mine.written_at is not None and self.before is None

    @property
    def aloud(self) -> bool:
        """Whether one said it was talked about."""
        return self.mine is not None and self.mine.talked_at is not None

    @property
    def taken_back(self) -> bool:
        """Whether one's own answer was taken back after it could be read: that was its end."""
        return self.mine is not None and self.mine.taken_back_at is not None and self.before is None


def asked(partner: Partner, day: date, *, is_open: bool = True) -> Asked:
    """The question of `day` for `partner`, with one's own answer and the other's if it is open to them. Three queries.

    An answer keeps its question: whatever is asked by now, the question shown is the one that was answered, but for an
    evening that is still open and was begun in another couple.
    """
    return _asked(partner, day, day, is_open=is_open)[0]


def lately(partner: Partner, day: date) -> list[Asked]:
    """The question of `day`, and those of the week before that one has answered, latest first. Three queries."""
    return _asked(partner, day - WEEK, day, is_open=True)


def revealed(
    partner: Partner, answers: list[Answer], own_questions: list[OwnPrompt]
) -> list[tuple[Answer, str]]:
    """The answers that both can read, of what `ANSWERS` and `OWN_QUESTIONS` found, each with its question; alone, one's
    own, but for those that waited for somebody before. No query.
    """
    found, both, own = _laid_out(partner, answers, own_questions)
    return [
        (answer, _text(answer.prompt, own))
        for answer in found
        if (answer.day in both if partner.couple.paired else answer.is_open_alone(partner.sat_at))
    ]


def kept(partner: Partner, first: date, last: date) -> list[tuple[Answer, str]]:
    """One's own answers of these Days that nobody else can read, latest first, each with its question. One query."""
    found, both, own = _written(partner, first, last)
    return [
        (answer, _text(answer.prompt, own))
        for answer in sorted(found, key=lambda one: one.day, reverse=True)
        if answer.author_id == partner.user_id
        and answer.taken_back_at is None
        and (answer.day not in both if partner.couple.paired else answer.couple_id is None)
    ]


def _seat(user: UUID, couple: UUID) -> Partner:
    return Partner(user=User(pk=user), couple_id=couple)


ANSWERS = Prepared(
    lambda user, couple, first, last: Answer.objects.between(first, last).readable_by(_seat(user, couple)),
    user=UUID,
    couple=UUID,
    first=date,
    last=date,
)
OWN_QUESTIONS = Prepared(
    lambda user, couple: OwnPrompt.objects.readable_by(_seat(user, couple)),
    user=UUID,
    couple=UUID,
)
_ANSWERED = PreparedTogether(answers=ANSWERS, own=OWN_QUESTIONS)


def _written(partner: Partner, first: date, last: date) -> tuple[list[Answer], set[date], list[OwnPrompt]]:
    rows = _ANSWERED(**ids_of(partner), first=first, last=last)
    return _laid_out(partner, rows["answers"], rows["own"])


def _laid_out(
    partner: Partner, answers: list[Answer], own: list[OwnPrompt]
) -> tuple[list[Answer], set[date], list[OwnPrompt]]:
    """The written answers that `partner` may read; the Days on which the other's are among them; and the questions of
    their own.
    """
    found = [one for one in by_people_of(partner, answers) if one.written_at is not None]
    theirs = {one.day for one in found if one.author_id != partner.user_id}
    return found, theirs, by_people_of(partner, own)


def _asked(partner: Partner, first: date, last: date, *, is_open: bool) -> list[Asked]:
    selections, own = _selections(partner)
    mine: dict[date, Answer] = {}
    theirs: dict[date, Answer] = {}
    for answer in Answer.objects.between(first, last).readable_by(partner):
        if answer.author_id == partner.user_id:
            mine[answer.day] = answer
        elif partner.other is not None:
            theirs[answer.day] = answer
    tonight = deck.question(partner.couple, last, selections, _in_deck(partner, own))
    found = []
    for day in sorted(mine.keys() | {last}, reverse=True):
        one, before = mine.get(day), None
        prompt = one.prompt if one is not None else tonight
        if one is not None and day == last and is_open and not is_here(one, partner):
            prompt, before = tonight, _text(prompt, own)
        signed = next((other.author for other in own if str(other.pk) == prompt), None)
        found.append(Asked(day, prompt, _text(prompt, own), signed, one, theirs.get(day), before))
    return found


def prompt_of(partner: Partner, day: date) -> str:
    """The id of the question of `day`, as both of the couple are asked it."""
    selections, own = _selections(partner)
    return deck.question(partner.couple, day, selections, _in_deck(partner, own))


def another(partner: Partner, day: date, nth: int) -> Prompt:
    """A further question to ask aloud: an extra for this person alone."""
    selections, own = _selections(partner)
    return deck.another(partner.couple, day, selections, _in_deck(partner, own), who=partner.user_id, nth=nth)


def is_here(answer: Answer, partner: Partner) -> bool:
    """Whether this own answer was given in the couple `partner` sits in now, rather than before it."""
    return answer.couple_id == (partner.couple_id if partner.couple.paired else None)


def _selections(partner: Partner) -> tuple[list[PromptSelection], list[OwnPrompt]]:
    """What the couple agreed to be asked, and the questions of their own (one's own of other couples among them)."""
    selections = list(PromptSelection.objects.of(partner.couple))
    for selection in selections:
        selection.couple = partner.couple
    return selections, _own(partner)


def _own(partner: Partner) -> list[OwnPrompt]:
    return list(OwnPrompt.objects.readable_by(partner))


def _in_deck(partner: Partner, own: list[OwnPrompt]) -> list[OwnPrompt]:
    return [one for one in own if one.agreed_on is not None and one.couple_id == partner.couple_id]


def _text(prompt: str, own: list[OwnPrompt]) -> str:
    if prompt in deck.deck():
        return deck.deck()[prompt].text
    return next((one.text for one in own if str(one.pk) == prompt), "")
