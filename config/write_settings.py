"""`python -m config.write_settings`: writes `.env.example` and docs/settings.md from config/environment.py."""

import shlex
import textwrap

from config.environment import BASE_DIR, SHOWN
from config.variables import Variable

EXAMPLE, TABLE = BASE_DIR / ".env.example", BASE_DIR / "docs" / "settings.md"
WIDTH = 110
HEAD = """\
# Every variable Nearer reads. `make run` needs none of them: it then runs the demo on this machine.
# Written from config/environment.py by `python -m config.write_settings`; docs/settings.md is the same as a table.
# Compose, `make run` and every `nearer …` read a copy of this named .env by themselves; what is set otherwise wins.
# A value with anything but letters, digits and _ . : / @ , - in it stands in single quotes.
"""


def example() -> str:
    """The text of `.env.example`: what each is for, then the variable itself, not in force."""
    parts = [HEAD]
    for group in SHOWN:
        parts.append(f"\n# --- {group.title[0].lower()}{group.title[1:]} ---\n")
        parts += [_example(variable) for variable in group.variables]
    return "".join(parts)


def _example(variable: Variable) -> str:
    otherwise = f" Without it: {variable.otherwise}." if variable.otherwise else ""
    help_lines = textwrap.wrap(
        f"{variable.help}.{otherwise}", WIDTH, initial_indent="#   ", subsequent_indent="#   "
    )
    value = "" if not variable.example and variable.secret else shlex.quote(shown(variable))
    return "\n".join([*help_lines, f"# {variable.name}={value}\n"])


def shown(variable: Variable) -> str:
    """The value that stands in the example."""
    return variable.example or str(variable.default)


def table() -> str:
    """The text of docs/settings.md."""
    parts = [
        "# Settings\n\nWritten from `config/environment.py` by `python -m config.write_settings`. Each is read once, "
        "when a program starts. One that\nis wrong ends it with one sentence that names the variable and never its "
        "value; an empty one is one that isn't set.\n"
    ]
    for group in SHOWN:
        parts.append(f"\n## {group.title}\n\n| variable | what it is | without it |\n|---|---|---|\n")
        for variable in group.variables:
            otherwise = variable.otherwise or ("it is needed" if variable.needed else "none")
            secret = " **Secret.**" if variable.secret else ""
            cells = (f"`{variable.name}`", f"{variable.help}.{secret}", otherwise)
            parts.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n")
    return "".join(parts)


if __name__ == "__main__":
    EXAMPLE.write_text(example())
    TABLE.write_text(table())
