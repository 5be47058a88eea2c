"""The room that lines take on the printed page of a month, which is one sheet of paper.

Rather more than a browser needs. How wide letters are was measured in the font the words are set in, and goes by the
widest of their kind; what that font doesn't have is taken for as wide as such signs are elsewhere.
`tests/journeys/test_paper.py` prints the fullest pages there can be.
"""

import unicodedata
from collections.abc import Sequence

from checkins.shared_archive import ArchivedLine

SHEET = 38  # rows below the page's name: as high as Letter has, which is lower than A4
COLUMN = 22.0  # letters' heights: as wide as half of A4 is, which is narrower than Letter
OTHER_LETTER, OTHER_SIGN = 1.05, 1.3
WIDTHS = {
    letter: width
    for width, letters in (
        (0.24, " !'’‘,.:;|`"),
        (0.40, '()-/I[]\\_fijlt{}"'),
        (0.54, "acegrsvxyzJ*?"),
        (0.64, "bdhknopqu+<=>^0123456789$"),
        (0.80, "wABCDEFGHKLNOPQRSTUVXYZ&#—"),
        (1.00, "mMW@%"),
    )
    for letter in letters
}


def rows(text: str) -> int:
    """The rows that a text takes in a column, at most."""
    return sum(_rows_of(paragraph) for paragraph in text.splitlines() or [""])


def rows_of(line: ArchivedLine, name: str) -> int:
    """The rows that a line takes with what stands beside it: whose it is, and what was asked."""
    beside = rows(f"{name}, 30 September")
    if line.kind == "answer":
        beside += rows(line.more)
    return rows(line.text) + beside + (line.kind == "thanks")


def fit(heights: Sequence[int]) -> bool:
    """Whether lines of so many rows are on one sheet, in pairs with a row's room below each."""
    return sum(max(heights[at : at + 2]) + 1 for at in range(0, len(heights), 2)) <= SHEET + 1


def _rows_of(paragraph: str) -> int:
    """The rows of words side by side; one that is wider than the column begins a row, and is broken."""
    count, used = 1, 0.0
    for word in paragraph.split(" "):
        width = sum(_width(letter) for letter in word)
        if used and used + width > COLUMN:
            count, used = count + 1, 0.0
        used += width + WIDTHS[" "]
        while used > COLUMN + WIDTHS[" "]:
            count, used = (
                count + 1,
                used - COLUMN + OTHER_SIGN,
            )  # a letter that doesn't fit goes to the next row
    return count


def _width(letter: str) -> float:
    """The width of a letter, in heights of letters; one with an accent is as wide as without."""
    plain = unicodedata.normalize("NFD", letter)[0]
    return WIDTHS.get(plain) or (OTHER_LETTER if unicodedata.category(plain)[0] in "LM" else OTHER_SIGN)
