"""Thank-yous and small wins: single lines, for the other from their next 17:00 on, or kept for the talk.

Nothing tells when one was written: only which of the other's afternoons it came with.
"""

import uuid
from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.sealed import SealedTextField
from couples import days
from couples.authored import AuthoredQuerySet
from couples.models import Couple, Partner

S = TypeVar("S", bound="SharedLine")


class SharedLineQuerySet(AuthoredQuerySet[S]):
    def shared_with(self, partner: Partner, *, now: datetime) -> Self:
        """The second door: what the other said in this couple and has gone out by `now`.

        Shut as soon as the couple is closed: what was kept for later then never goes out.
        """
        still_open = Couple.objects.filter(pk=partner.couple_id, closed_at__isnull=True)
        return self.filter(
            ~Q(author=partner.user_id), Exists(still_open), couple=partner.couple_id, goes_out_at__lte=now
        )

    def readable_by(self, partner: Partner, *, now: datetime) -> Self:
        """Lines through both doors, in one query, asked last of all: a union, because each half has an index of its
        own.
        """
        return (
            self.own(partner.user).union(self.shared_with(partner, now=now), all=True).with_people_of(partner)
        )

    def kept(self, couple: Couple, now: datetime) -> Self:
        """Lines said to this couple that haven't gone out by `now`."""
        return self.filter(couple=couple, goes_out_at__gt=now)

    def never_said(self) -> Self:
        """Lines whose couple ended before they went out: nobody but their writer ever could read them."""
        return self.filter(_ended_first())

    def said(self) -> Self:
        """All others: lines that went out, or will."""
        return self.filter(~_ended_first())

    def written_since(self, moment: datetime) -> Self:
        """Lines written after `moment` and not taken back."""
        return self.filter(written_at__gt=moment, taken_back_at__isnull=True)

    def to_nobody(self) -> Self:
        """Lines there was nobody to say to."""
        return self.filter(couple__isnull=True)

    def standing(self) -> Self:
        """Lines that weren't taken back."""
        return self.filter(taken_back_at__isnull=True)

    def between(self, first: datetime, last: datetime) -> Self:
        """Lines that went out from `first` to before `last`."""
        return self.filter(goes_out_at__gte=first, goes_out_at__lt=last)


def _ended_first() -> Exists:
    """Whether the couple of a line was closed before the line went out."""
    return Exists(Couple.objects.filter(pk=OuterRef("couple"), closed_at__lte=OuterRef("goes_out_at")))


class SharedLine(models.Model):
    """One line of one person to the other, sealed under its author's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    # Nobody but its author, where there was nobody to say it to.
    couple = models.ForeignKey(
        Couple, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    text = SealedTextField(owner="author")
    written_at = models.DateTimeField()
    goes_out_at = models.DateTimeField()  # from the other's next 17:00 on they can read it
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = SharedLineQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def has_gone_out(self, now: datetime) -> bool:
        """Whether it was said by now, for its writer; the other may find it later, on their own clock."""
        return self.goes_out_at <= now

    def may_have_been_read(self, now: datetime) -> bool:
        """Whether anybody but its writer can have read it by now: it went out to a couple that was still together.

        Not exactly whether it was there yet: that would tell its writer the other's clock.
        """
        if self.couple is None or not self.has_gone_out(now):
            return False
        return self.couple.closed_at is None or self.goes_out_at < self.couple.closed_at

    def appears_at(self, partner: Partner) -> datetime:
        """The moment it is there: at once for its writer; for the other at their next 17:00."""
        if self.author_id == partner.user_id:
            return self.goes_out_at
        return days.next_at(self.goes_out_at, days.AFTERNOON, partner.user.tz)[1]

    def is_there(self, partner: Partner, now: datetime) -> bool:
        """Whether it is there for `partner` by now. What was taken back before it was never is."""
        at = self.appears_at(partner)
        return at <= now and (self.taken_back_at is None or at <= self.taken_back_at)


class Appreciation(SharedLine):
    """A thank-you for something done, and the good trait it shows, if one likes: said at once or kept for the talk."""

    trait = SealedTextField(owner="author")

    class Meta:
        indexes = [
            models.Index(fields=["couple", "goes_out_at"], name="checkins_thanks_couple"),
            models.Index(fields=["author", "goes_out_at"], name="checkins_thanks_author"),
        ]


class SmallWin(SharedLine):
    """A small thing that went well between the two. It goes out as it is written, for the other's next afternoon."""

    class Meta:
        indexes = [
            models.Index(fields=["couple", "goes_out_at"], name="checkins_win_couple"),
            models.Index(fields=["author", "goes_out_at"], name="checkins_win_author"),
        ]
