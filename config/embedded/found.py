"""Settings of the installation that is here, for commands typed beside it: each works on what Nearer runs on.

What is set wins. What isn't comes from the file `.env` beside the code; then from how `make run` was last started here,
the real installation before the demo.
"""

from collections.abc import Mapping
from pathlib import Path

from config import environment
from config.embedded.installation import (
    MADE,
    ROOT,
    Installation,
    Refusal,
    read_variables,
    short,
    write_whole,
)

STARTED = "started.env"
NEEDED = ("DATABASE_URL", *sorted(MADE))
REAL = ("NEARER_URL", "EMAIL_URL", "EMAIL_PROVIDER", "DATABASE_URL")  # with one of these it isn't the demo


def with_file(given: Mapping[str, str]) -> dict[str, str]:
    """The variables that are set, and beside them what `.env` says."""
    return read_variables(ROOT / ".env") | {name: value for name, value in given.items() if value.strip()}


def settings(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of the installation that is here; what is set, where that is all of it or there is none.

    Raises `Refusal` where it can't be known.
    """
    given = with_file(given)
    if all(given.get(name) for name in NEEDED):
        return given
    var = Path(given.get("NEARER_VAR", "") or ROOT / "var").absolute()
    for name in ("real",) if any(given.get(one) for one in REAL) else ("real", "demo"):
        if (var / name / "secrets.env").exists() or (var / name / STARTED).exists():
            return _installed(given, var / name)
    return given


def _installed(given: dict[str, str], folder: Path) -> dict[str, str]:
    before = read_variables(folder / STARTED)
    if before.get("DATABASE_URL") == "given" and not given.get("DATABASE_URL"):
        raise Refusal(
            f"DATABASE_URL was set when Nearer was last started from {short(folder)}: set it for this, too."
        )
    known = {name: value for name, value in before.items() if name != "DATABASE_URL"} | given
    demo = folder.name == "demo"
    at = Installation(
        demo=demo,
        url=known.get("NEARER_URL", "http://localhost:8000"),
        bind="localhost",
        port=8000,
        folder=folder,
        mail_port=1025 if demo else None,
        given=known,
    )
    return at.environment() | {"PORT": known.get("PORT", "8000")} | given


def note_started(at: Installation) -> None:
    """Write down how `make run` was started: what is no secret, and whether a database of its own was named."""
    lines = [f"NEARER_URL={at.url}", f"PORT={at.port}"]
    for variable in (one for group in environment.READ for one in group.variables):
        value = at.given.get(variable.name, "").strip()
        if value and not variable.secret and variable.name not in {"NEARER_URL", "PORT", "NEARER_VAR"}:
            lines.append(f"{variable.name}={value}")
    if not at.demo and at.given.get("DATABASE_URL", "").strip():
        lines.append("DATABASE_URL=given")
    lines.insert(0, "# How `make run` was last started, for commands typed beside it. No secrets.")
    write_whole(at.folder / STARTED, "".join(f"{line}\n" for line in lines))


def beat_file(given: Mapping[str, str]) -> Path:
    """The file in which a beat of its own remembers when it last rang."""
    return Path(given.get("NEARER_VAR", "") or ROOT / "var").absolute() / "beat-schedule"
