"""Eleven guards taken out, one after the other: the tests must notice each. `make mutations`.

A mutation is one small change of the source, made in a copy. Tests that were made faster must catch the same eleven.
`python -m tests.mutations lock fold` tries these two.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv*", "var", "staticfiles", ".*_cache", "__pycache__", ".hypothesis"
)


@dataclass(frozen=True)
class Mutation:
    """What stands in a file, what is put there instead, and the tests that must fail then."""

    guard: str
    file: str
    stands: str
    instead: str
    tests: tuple[str, ...]


MUTATIONS = (
    Mutation(
        "gate",
        "config/settings.py",
        '    "config.middleware.WordsKeptLoginRequired",\n',
        "",
        ("tests/test_access.py::test_each_visitor_gets_what_the_table_says[anonymous, unverified]",),
    ),
    Mutation(
        "lease",
        "reminders/delivery.py",
        "held = Reminder.objects.claimed_by(owner).filter(pk=row.pk)",
        "held = Reminder.objects.filter(pk=row.pk)",
        ("tests/reminders/test_claiming.py", "tests/reminders/test_delivery.py"),
    ),
    Mutation(
        "constraint",
        "couples/models.py",
        'condition=Q(left_at__isnull=True),\n                name="couples_partner_one_live_couple_a_person"',
        'condition=Q(left_at__isnull=True, seat=3),\n                name="couples_partner_one_live_couple_a_person"',
        ("tests/couples/test_constraints.py",),
    ),
    Mutation(
        "author filter",
        "couples/authored.py",
        "found = self.filter(author=user)",
        "found = self.all()",
        ("tests/checkins/test_reading.py",),
    ),
    Mutation(
        "side channel",
        "checkins/models/exchanged.py",
        "            self.left_open | Exists(own),\n            Exists(still_open),",
        "            Exists(still_open),",
        (
            "tests/test_side_channel.py::test_bob_sees_the_same_whatever_alice_did[answers_the_question]",
            "tests/checkins/test_question_pages.py::test_bob_sees_the_same_whatever_alice_did",
        ),
    ),
    Mutation(
        "what comes back",
        "couples/returning.py",
        "    said = ReturnAnswer.objects.own(user).filter(kind=thing)\n    if rows",
        "    said = ReturnAnswer.objects.filter(kind=thing)\n    if rows",
        (
            "tests/test_side_channel.py::test_bob_sees_the_same_whatever_alice_did[lets_things_come_back_no_more]",
        ),
    ),
    Mutation(
        "escape",
        "config/settings.py",
        '"OPTIONS": {\n            "loaders"',
        '"OPTIONS": {\n            "autoescape": False,\n            "loaders"',
        ("tests/checkins/test_form.py",),
    ),
    Mutation(
        "limit",
        "couples/pairing.py",
        "INVITATIONS_A_DAY = 3",
        "INVITATIONS_A_DAY = 30",
        ("tests/couples/test_inviting.py",),
    ),
    Mutation(
        "fold", "couples/days.py", "at.replace(fold=0)", "at.replace(fold=1)", ("tests/couples/test_days.py",)
    ),
    Mutation(
        "token",
        "adventures/feeds.py",
        "calendar.address_hash = None\n",
        "calendar.titled = calendar.titled\n",
        ("tests/adventures/test_calendars.py",),
    ),
    Mutation(
        "lock",
        "couples/seats.py",
        '.order_by("pk").select_for_update(of=("self",), no_key=not erasing)',
        '.order_by("pk")',
        ("tests/adventures/test_races.py", "tests/checkins/test_races.py"),
    ),
)


def caught(mutation: Mutation, copy: Path) -> str:
    """The first test that fails with this change in place, or "" if none does."""
    file = copy / mutation.file
    source = file.read_text()
    if source.count(mutation.stands) != 1:
        raise SystemExit(f"{mutation.guard}: {mutation.file} no longer reads as this mutation expects.")
    file.write_text(source.replace(mutation.stands, mutation.instead))
    try:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-n",
            "0",
            "-p",
            "no:cacheprovider",
            *mutation.tests,
        ]
        run = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    finally:
        file.write_text(source)
    if run.returncode not in {0, 1}:  # it couldn't run at all: that is no catch
        raise SystemExit(f"{mutation.guard}: {run.stdout}{run.stderr}")
    failed = re.search(r"^FAILED (.+?)(?: - .*)?$", run.stdout, re.MULTILINE)
    return failed[1] if run.returncode == 1 and failed else ""


def main(wanted: list[str]) -> int:
    """Try them; prints a line each. Returns how many went unnoticed."""
    unnoticed = 0
    with tempfile.TemporaryDirectory(prefix="nearer-mutations-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=LEFT_BEHIND)
        (ROOT / "var").mkdir(exist_ok=True)
        (copy / "var").symlink_to(ROOT / "var")
        for mutation in MUTATIONS:
            if wanted and mutation.guard not in wanted:
                continue
            by = caught(mutation, copy)
            unnoticed += not by
            sys.stdout.write(f"mutation  {mutation.guard:14} {f'caught by {by}' if by else 'NOT CAUGHT'}\n")
            sys.stdout.flush()
    return unnoticed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
