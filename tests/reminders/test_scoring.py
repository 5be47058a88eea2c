"""What a spam filter makes of each mail: SpamAssassin as Debian ships it, asking nobody on the network."""

import re
import shutil
import subprocess
from email import message_from_bytes
from email.utils import formatdate

import pytest
from django.core.mail import EmailMultiAlternatives

from accounts.mail import compose
from accounts.models import User
from reminders import emails, kinds
from tests.accounts.mails import MAILS, WORLD
from tests.cast import person
from tests.fixtures import Mailbox

pytestmark = [
    pytest.mark.slow,  # two seconds a mail
    pytest.mark.skipif(
        not shutil.which("spamassassin"), reason="`make full` installs SpamAssassin where it may"
    ),
]
MOST = 1.0
# The filter looks at the way a mail took; a test's took none.
WAY = (
    "Received: from mail.nearer.example (mail.nearer.example [93.184.216.34]) by mx.example.test with ESMTPS;"
)


def score(raw: bytes) -> tuple[float, list[str]]:
    """SpamAssassin's score of a mail as it arrived, and the rules it came from."""
    mail = message_from_bytes(raw)
    for name in ("X-Peer", "X-Mailfrom", "X-Rcpt-To"):
        del mail[name]
    whole = f"{WAY} {formatdate()}\n".encode() + mail.as_bytes()
    said = subprocess.run(
        ["spamassassin", "--local", "--test-mode", "--nocreate-prefs"],
        input=whole.replace(b"localhost:8000", b"nearer.example").replace(b"@localhost", b"@nearer.example"),
        capture_output=True,
        check=True,
    ).stdout.decode()
    found = re.search(r"^X-Spam-Status: \w+, score=(-?[\d.]+)", said, re.MULTILINE)
    assert found is not None, said[:2000]
    return float(found[1]), re.findall(r"^\s*(?:\*\s*)?(-?\d\.\d+) ([A-Z_0-9]+)", said, re.MULTILINE)


def as_it_arrives(mail: EmailMultiAlternatives, smtp: Mailbox) -> bytes:
    mail.send()
    return smtp.messages[-1].as_bytes()


@pytest.mark.parametrize("name", MAILS)
def test_each_mail_scores_under_one(name: str, smtp: Mailbox, db: None) -> None:
    kind = next((kind for kind in kinds.every() if kind.mail == name), None)
    if kind is None:
        mail = compose(name, to="rosalind@example.test", context=WORLD)
    else:
        user: User = person("Rosalind")
        mail = emails.of_kind(kind, user, at=kind.default_at)
    points, rules = score(as_it_arrives(mail, smtp))
    print(f"\nspam: {name} {points} {rules}")  # noqa: T201  # shown by -s
    assert points < MOST, rules


def test_the_filter_finds_what_is_spam() -> None:
    gtube = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    raw = b"From: a@b.example\nTo: c@d.example\nSubject: x\n\n" + gtube + b"\n"
    points, _rules = score(raw)
    assert points > 100
