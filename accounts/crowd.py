"""How many use this installation. Whoever runs it for a few may be one of the two: no tool tells on the other."""

from allauth.account.models import EmailAddress

FEW = 20  # accounts: with fewer any number, and any reason, is somebody's


def is_few() -> bool:
    """Whether so few people use this that its tools say nothing but *well* or *not well*."""
    found: int = EmailAddress.objects.filter(verified=True)[:FEW].count()
    return found < FEW
