"""Two people, linked: a couple has two seats, and a person sits in one live couple at a time.

A person alone is a couple of one. Pairing opens a new couple and closes both couples of one; parting closes it and
opens one for each. Nothing is ever moved from one couple to another.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

from accounts.models import DataKey, User
from accounts.sealed import SealedTextField
from couples import days

INVITATION_LIFE = timedelta(hours=72)
NOTICE_LIFE = timedelta(days=14)
ASK_LIFE = timedelta(days=7)  # an ask for two fades after
ASK_REST = timedelta(days=30)  # and isn't asked again before


class CoupleQuerySet(models.QuerySet["Couple"]):
    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete each of them, as `Couple.delete` does."""
        with transaction.atomic():
            gone = [couple.delete()[0] for couple in self.select_related("key")]
        return sum(gone), {"couples.Couple": len(gone)}

    delete.alters_data = True  # type: ignore[attr-defined]  # no template may call it
    delete.queryset_only = True  # type: ignore[attr-defined]  # nor is it `Couple.objects.delete()`


class Couple(models.Model):
    """One or two people and the key of what is theirs jointly."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="couple", editable=False)
    paired = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # Their evenings, as digits of weekdays (Monday is 0): other days are no gaps.
    evenings = models.CharField(max_length=7, default="0123456")
    last_ask_at = models.DateTimeField(null=True, blank=True)  # so that most pages needn't look for asks

    objects = CoupleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=models.F("opened_at")),
                name="couples_couple_closes_after_it_opened",
            )
        ]

    def __str__(self) -> str:
        return f"couple {self.pk}"

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete what was theirs jointly, and its key with it."""
        key = self.key
        gone = super().delete(*args, **kwargs)
        key.delete()
        return gone

    @property
    def mark(self) -> str:
        """A name for this couple on a page that looks for itself, so that it is answered for the couple it shows."""
        return salted_hmac("couples.couple", str(self.pk)).hexdigest()[:16]


class PartnerQuerySet(models.QuerySet["Partner"]):
    def live(self) -> "PartnerQuerySet":
        """Seats people sit in now."""
        return self.filter(left_at__isnull=True)

    def of(self, user: User) -> "PartnerQuerySet":
        return self.filter(user=user)

    def with_keys(self) -> "PartnerQuerySet":
        """Seats with the people and keys at hand, so that reading words costs no further query."""
        return self.select_related("user__key", "couple__key")


class Partner(models.Model):
    """A person's seat in a couple. The two seats are equal; the number only chooses the ink."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="partners")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="seats")
    seat = models.PositiveSmallIntegerField()
    sat_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    # After parting: until when the page says that one writes on one's own now. Cleared by the person.
    notice_until = models.DateTimeField(null=True, blank=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["couple", "seat"], name="couples_partner_one_person_a_seat"),
            models.UniqueConstraint(fields=["couple", "user"], name="couples_partner_one_seat_a_person"),
            models.CheckConstraint(condition=Q(seat__in=[1, 2]), name="couples_partner_two_seats"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(left_at__isnull=True),
                name="couples_partner_one_live_couple_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"seat {self.seat} of {self.couple_id}"

    @cached_property
    def other(self) -> "Partner | None":
        """The partner in the other seat, as long as the couple is open. The gateway has read it already."""
        return self.couple.partners.live().exclude(pk=self.pk).with_keys().first()

    def latest_day(self, now: datetime) -> date:
        """The Day after which what is chosen now counts, so that it changes neither's evening.

        For two it is the latest there is on earth: the later of theirs would tell of the other's clock.
        """
        return days.latest(now) if self.couple.paired else days.day_of(now, self.user.tz)

    @property
    def was_parted(self) -> bool:
        """Whether one sits here alone since a pairing ended: whoever has just left is led to nobody."""
        return not self.couple.paired and self.sat_at > self.user.joined_at

    @property
    def ink(self) -> str:
        """The ink, of the two, this seat writes in: "a" or "b"."""
        return "a" if self.seat == 1 else "b"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: datetime) -> "InvitationQuerySet":
        """Invitations neither used, taken back nor expired."""
        return self.filter(accepted_at__isnull=True, ended_at__isnull=True, expires_at__gt=now)

    def pending(self, now: datetime) -> "InvitationQuerySet":
        """Invitations that were accepted and wait for both to have said that their two words are the same."""
        return self.filter(
            accepted_at__isnull=False, ended_at__isnull=True, paired_as__isnull=True, expires_at__gt=now
        )

    def waiting_for(self, user: User, now: datetime) -> "InvitationQuerySet":
        """Invitations for which this person is shown two words: pending, or ended by somebody else without a sign."""
        shown = Q(ended_at__isnull=True) | Q(still_shown_to=user)
        return self.taken_up(now).concerning(user).filter(shown)

    def taken_up(self, now: datetime) -> "InvitationQuerySet":
        """Invitations that were accepted, haven't run out, and of which no couple came, ended or not."""
        return self.filter(accepted_at__isnull=False, paired_as__isnull=True, expires_at__gt=now)

    def by(self, user: User) -> "InvitationQuerySet":
        return self.filter(inviter=user)

    def between(self, one: User, other: User) -> "InvitationQuerySet":
        return self.filter(Q(inviter=one, accepted_by=other) | Q(inviter=other, accepted_by=one))

    def crossing(
        self, *, by: User, inviter: User, invited_at: datetime, now: datetime
    ) -> "InvitationQuerySet":
        """The invitations that already wait between these two, as `by` sees it, who takes up what `inviter` asked at
        `invited_at`.

        What the inviter declined since then counts: other words than those `by` sees would tell of it.
        """
        declined = self.taken_up(now).filter(still_shown_to=by, ended_at__gte=invited_at)
        return (self.pending(now) | declined).between(by, inviter).order_by("-accepted_at")

    def concerning(self, user: User) -> "InvitationQuerySet":
        return self.filter(Q(inviter=user) | Q(accepted_by=user))

    def with_keys(self) -> "InvitationQuerySet":
        """Invitations with the inviter and their key at hand, so that reading the code costs no further query."""
        return self.select_related("inviter__key")

    def over_before(self, moment: datetime) -> "InvitationQuerySet":
        """Invitations that ran out or ended before `moment`, and of which nothing came."""
        return self.filter(Q(expires_at__lt=moment) | Q(ended_at__lt=moment), paired_as__isnull=True)

    def mail_due(self, now: datetime) -> "InvitationQuerySet":
        return self.filter(mail_due_at__lte=now, mailed_at__isnull=True)


class Invitation(models.Model):
    """One person asks somebody along. Single use: one person takes it up, then both confirm two words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inviter = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    code_hash = models.CharField(max_length=64, unique=True)
    code = SealedTextField(owner="inviter")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # mailed by the app, at most once: the address is forgotten when the mail is out
    mail_to = SealedTextField(owner="inviter")
    mail_due_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="accepted_invitations"
    )
    inviter_confirmed_at = models.DateTimeField(null=True, blank=True)
    accepter_confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Whoever didn't end it, where the other did: to them it waits for two words until it runs out.
    still_shown_to = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    paired_as = models.OneToOneField(
        Couple, on_delete=models.CASCADE, null=True, blank=True, related_name="invitation"
    )
    # `signups`: who made an account by it, until their address is proven; then only when. Nothing shows it.
    used_by = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="couples_invitation_accepted_is_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(accepted_by=models.F("inviter")), name="couples_invitation_is_for_somebody_else"
            ),
            models.CheckConstraint(
                condition=Q(paired_as__isnull=True)
                | Q(inviter_confirmed_at__isnull=False, accepter_confirmed_at__isnull=False),
                name="couples_invitation_pairs_when_both_confirmed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mail_due_at__isnull=False),
                name="couples_invitation_mail_due",
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def is_open(self, now: datetime) -> bool:
        """Whether somebody can take it up: the same as `open`, of one row."""
        return self.accepted_at is None and self.ended_at is None and self.expires_at > now

    def end(self, *, by: User, now: datetime) -> None:
        """Make it be over for `by`, and come to nothing; the other is shown no sign. Doing it twice is harmless, and
        so is doing it for somebody it isn't about.
        """
        if by.pk not in {self.inviter_id, self.accepted_by_id}:
            return
        other = self.accepted_by_id if by.pk == self.inviter_id else self.inviter_id
        if self.ended_at is None:
            self.ended_at, self.still_shown_to_id = now, other
        elif self.still_shown_to_id == by.pk:
            self.still_shown_to = None
        self.save(update_fields=["ended_at", "still_shown_to"])

    def has_confirmed(self, user: User) -> bool:
        """Whether `user` has said that the two words are the same."""
        return (
            self.inviter_confirmed_at if user.pk == self.inviter_id else self.accepter_confirmed_at
        ) is not None


class AskQuerySet(models.QuerySet["Ask"]):
    def for_kind(self, kind: str) -> "AskQuerySet":
        return self.filter(kind=kind)

    def of(self, couple: Couple) -> "AskQuerySet":
        return self.filter(couple=couple).order_by("-asked_at")

    def since(self, moment: datetime) -> "AskQuerySet":
        return self.filter(asked_at__gt=moment)

    def to(self, partner: Partner) -> "AskQuerySet":
        """The asks the other made to `partner` in this couple."""
        return self.filter(~Q(by=partner.user_id), couple=partner.couple_id)


class Ask(models.Model):
    """An ask of one of the two for something that takes two. Unseen, ignored and declined look the same."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="asks", db_index=False)
    kind = models.CharField(max_length=32)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=64)  # as the kind writes it
    asked_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)  # by the one who was asked; only they know

    objects = AskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | Q(set_aside_at__isnull=True),
                name="couples_ask_agreed_or_set_aside",
            )
        ]
        indexes = [models.Index(fields=["couple", "kind", "asked_at"], name="couples_ask_lately")]

    def __str__(self) -> str:
        return f"ask {self.pk}"

    @property
    def token(self) -> str:
        """A name for this ask on a page, to be sent back with the answer, and no row."""
        return salted_hmac("couples.ask", str(self.pk)).hexdigest()[:32]


class NeverWrite(models.Model):
    """An address that asked never to be written to by an invitation again. Only a peppered hash is kept."""

    address_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"never write {self.pk}"


class Block(models.Model):
    """A person whose invitations never arrive. Write-only: the list is never shown, not even to its owner."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="blocks")
    address_hash = models.CharField(max_length=64)
    blocked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "address_hash"], name="couples_block_once_an_address")
        ]

    def __str__(self) -> str:
        return f"block {self.pk}"


class ReturnAnswerQuerySet(models.QuerySet["ReturnAnswer"]):
    """Answers to what comes back; their only door is `own`."""

    def own(self, user: User | UUID) -> "ReturnAnswerQuerySet":
        return self.filter(author=user)

    def about(self, kind: str, ids: Iterable[UUID]) -> "ReturnAnswerQuerySet":
        """Answers to these things, as this kind of thing."""
        return self.filter(kind=kind, about__in=ids)

    def to_a_kind(self) -> "ReturnAnswerQuerySet":
        """Answers to a kind altogether: it is switched off."""
        return self.filter(about__isnull=True)


class ReturnAnswer(models.Model):
    """An answer to a thing that came back to its author, or to a kind of them altogether. Nobody else's, ever.

    What was said is sealed, at one length. That something was said, and of which row or kind, the database selects by:
    whoever can read it learns that, and as of the rest of an evening, a date and a kind there is but one thing to say,
    what it was; of a bud not whether it was good.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8)  # a word of `couples.returning`
    about = models.UUIDField(null=True, blank=True)  # the row that came back; none of a kind altogether
    answer = SealedTextField(owner="author", null=True)  # a word of `couples.returning`

    objects = ReturnAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["author", "kind", "about"], name="couples_returnanswer_one_a_thing"
            ),
            models.UniqueConstraint(
                fields=["author", "kind"],
                condition=Q(about__isnull=True),
                name="couples_returnanswer_one_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"return answer {self.pk}"
