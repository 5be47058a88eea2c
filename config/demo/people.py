"""The people of the demo. Plain names only, so that the launcher can greet without starting Django."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    name: str
    email: str


ROSA = Person("Rosa", "rosa@example.test")
THEO = Person("Theo", "theo@example.test")
PEOPLE = (ROSA, THEO)
PASSWORD = "an evening lamp"  # noqa: S105 - the demo listens on this machine only, and says so on the terminal
