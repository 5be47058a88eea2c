"""The bucket list: what either would like to do, and who else would."""

import uuid

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sealed import SealedTextField
from couples.models import Couple, Partner


class Effort(models.TextChoices):
    LITTLE = "little", _("Little effort")
    SOME = "some", _("Some effort")
    PLAN = "a plan", _("Needs planning")


class Cost(models.TextChoices):
    FREE = "free", _("Free")
    LOW = "low", _("Cheap")
    SOME = "some", _("Mid-priced")
    MUCH = "much", _("A treat")


class Where(models.TextChoices):
    HOME = "home", _("At home")
    OUT = "out", _("Out")
    AWAY = "away", _("Away")


class WishQuerySet(models.QuerySet["Wish"]):
    def of(self, couple: Couple) -> "WishQuerySet":
        return self.filter(couple=couple)

    def seen_by(self, user: User) -> "WishQuerySet":
        """Wishes of every couple this person sat in, the present one and those before."""
        return self.filter(couple__partners__user=user)

    def open(self) -> "WishQuerySet":
        """Wishes neither lived nor taken back."""
        return self.filter(lived_at__isnull=True, taken_back_at__isnull=True)

    def not_taken_back(self) -> "WishQuerySet":
        """Wishes not taken back; lived or not."""
        return self.filter(taken_back_at__isnull=True)

    def by(self, user: User) -> "WishQuerySet":
        return self.filter(author=user)

    def kept_from(self, user: User) -> "WishQuerySet":
        """Wishes of closed couples this person sat in, alone or with somebody: a copy to read, and to bring along."""
        return self.filter(
            couple__partners__user=user, couple__closed_at__isnull=False, taken_back_at__isnull=True
        ).order_by("-added_at", "pk")

    def wanted(self, user: User) -> "WishQuerySet":
        """Wishes, each with `matched` (both want it) and `too` (this person said "me too")."""
        wants = Want.objects.filter(wish=OuterRef("pk"))
        return self.annotate(matched=Exists(wants), too=Exists(wants.filter(author=user)))

    def alike(
        self, *, effort: str = "", cost: str = "", where: str = "", new: bool = False
    ) -> "WishQuerySet":
        """Wishes that fit what is looked for; "" is anything."""
        found = self
        for name, value in {"effort": effort, "cost": cost, "where": where}.items():
            if value:
                found = found.filter(**{name: value})
        return found.filter(both_new=True) if new else found

    def on_the_list(self, *, before: uuid.UUID | None = None) -> "WishQuerySet":
        """One that was asked for before all others, wishes both have, then the newest."""
        asked_for = [] if before is None else [Case(When(pk=before, then=0), default=1)]
        return self.order_by(*asked_for, "-matched", "-added_at", "pk")


class Wish(models.Model):
    """A wish to do something together. Its words are joint, like those of any list on a fridge; only its writer edits
    them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="wishes")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    title = SealedTextField(owner="couple")
    earlier = SealedTextField(
        owner="couple"
    )  # what stood there before it was changed, a line each, oldest first
    idea = SealedTextField(owner="couple")  # the key of the idea it came from
    effort = models.CharField(max_length=8, choices=Effort, blank=True)
    cost = models.CharField(max_length=8, choices=Cost, blank=True)
    where = models.CharField(max_length=8, choices=Where, blank=True)
    both_new = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    lived_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    # Only of rows read as `wanted`.
    matched: bool
    too: bool

    objects = WishQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lived_at__isnull=True) | Q(taken_back_at__isnull=True),
                name="adventures_wish_lived_or_taken_back",
            )
        ]
        indexes = [models.Index(fields=["couple", "added_at"], name="adventures_wish_list")]

    def __str__(self) -> str:
        return f"wish {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it is neither lived nor taken back."""
        return self.lived_at is None and self.taken_back_at is None

    @property
    def revisions(self) -> list[str]:
        words: str = self.earlier
        return words.splitlines()

    def is_of(self, partner: Partner) -> bool:
        """Whether `partner` wrote it."""
        return self.author_id == partner.user_id


class Want(models.Model):
    """A "me too", said by the one who didn't write the wish."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wish = models.ForeignKey(Wish, on_delete=models.CASCADE, related_name="wants", db_index=False)
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wish", "author"], name="adventures_want_one_a_person")
        ]

    def __str__(self) -> str:
        return f"want {self.pk}"
