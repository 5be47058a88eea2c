"""An evening's three lines, one check-in per person and Day."""

import uuid
from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.sealed import SealedTextField
from couples.models import Couple, Partner

LINE_LIMIT = 1000  # characters
LINES = ("rose", "bud", "thorn")


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def own(self, user: User) -> "CheckInQuerySet":
        """The first door: one's own words, in whatever couple they were written."""
        return self.filter(author=user)

    def shared_with(self, partner: Partner) -> "CheckInQuerySet":
        """The second door: what the other shared in this couple, on Days that `partner` shared as well.

        Shut as soon as the couple is closed.
        """
        mine = CheckIn.objects.filter(
            author=partner.user_id, couple=partner.couple_id, day=OuterRef("day"), shared_at__isnull=False
        )
        others = ~Q(author=partner.user_id)
        return self.filter(
            others,
            Exists(mine),
            couple=partner.couple_id,
            couple__closed_at__isnull=True,
            shared_at__isnull=False,
        )

    def on(self, day: date) -> "CheckInQuerySet":
        return self.filter(day=day)

    def with_keys(self) -> "CheckInQuerySet":
        """With the author's key at hand, so that reading the words costs no further query."""
        return self.select_related("author__key")


class CheckIn(models.Model):
    """Rose, bud and thorn of one person's Day, sealed under their key. Shared with the couple, or kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="check_ins")
    couple = models.ForeignKey(
        Couple, on_delete=models.SET_NULL, null=True, blank=True, related_name="check_ins"
    )
    day = models.DateField()
    rose = SealedTextField(owner="author")
    bud = SealedTextField(owner="author")
    thorn = SealedTextField(owner="author")
    shared_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "day"], name="checkins_checkin_one_a_person_and_day"),
            models.CheckConstraint(
                condition=Q(shared_at__isnull=False, kept_at__isnull=True)
                | Q(shared_at__isnull=True, kept_at__isnull=False),
                name="checkins_checkin_shared_or_kept",
            ),
            models.CheckConstraint(
                condition=Q(kept_at__isnull=False, couple__isnull=True) | Q(shared_at__isnull=False),
                name="checkins_checkin_kept_is_nobody_elses",
            ),
        ]
        indexes = [models.Index(fields=["couple", "day"], name="checkins_checkin_couple_day")]

    def __str__(self) -> str:
        return f"check-in {self.pk}"

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The lines that hold words, as (kind, words), in their order."""
        return [(kind, words) for kind in LINES if (words := getattr(self, kind))]
