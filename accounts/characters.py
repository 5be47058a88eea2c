"""Characters nobody sees: which of them belong to a name, and which hide something in it.

Told by ranges of code points, not by what the interpreter calls printable: it knows no emoji younger than itself.
"""

import re
import unicodedata

_EVERY_SPACE = " \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"  # of Unicode (Zs)
_SPACES = re.compile(f"[{_EVERY_SPACE}]+")

_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"  # which of its shapes a character takes
_MARKS = "\u061c\u200e\u200f"  # which way what stands between two words is written
_TAGS = "\U000e0020-\U000e007f"  # which flag a black flag is
# Controls, marks that turn writing round, fillers that look like nothing, and what is no character at all.
_NEVER = (
    "\x00-\x1f\x7f-\x9f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
)
_UNSEEN = f"{_NEVER}{_SELECTORS}{_MARKS}{_TAGS}\u200b-\u200d"
_SEEN = f"[^ {_UNSEEN}]"
_EMOJI = "[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001ffff]"
# Scripts whose letters join, or are kept from it: Arabic to Myanmar, Khmer, Mongolian and those of the first plane.
_JOINING = "[\u0600-\u109f\u1780-\u18af\ua800-\ua8ff\ua9e0-\uaaff\uabc0-\uabff\U00010a00-\U00011fff]"
_WITHOUT_SPACES = "[\u0e00-\u109f\u1780-\u17ff]"  # Thai, Lao, Tibetan, Myanmar, Khmer: words end unseen
_AT_HOME = [
    re.compile(pattern)
    for pattern in (
        f"(?<={_SEEN})[{_SELECTORS}]",
        f"(?<=\U0001f3f4)[{_TAGS}]+",
        f"(?<={_JOINING})[\u200c\u200d]",
        f"(?<={_EMOJI})\u200d(?={_EMOJI})",
        f"(?<={_WITHOUT_SPACES})\u200b(?={_WITHOUT_SPACES})",
        f"(?<={_SEEN})[{_MARKS}](?=[^{_UNSEEN}])",
    )
]
_WORDS = re.compile(f"[^{_EVERY_SPACE}{_UNSEEN}]")
_LEFT_OVER = re.compile(f"[{_UNSEEN}]")


def fold_spaces(text: str) -> str:
    """The text on one line as people type it: spaces of every kind and number are one, none at its ends."""
    return _SPACES.sub(" ", text).strip(" ")


def hides_something(text: str) -> bool:
    """Whether there is a character in it that is neither seen nor needed by those beside it."""
    for pattern in _AT_HOME:
        text = pattern.sub("", text)
    return _LEFT_OVER.search(text) is not None


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen."""
    return _WORDS.search(text) is None


def letters_and_digits(text: str) -> str:
    """The part of a typed code that counts: its letters and digits, those of other widths as the plain ones (NFKC)."""
    return "".join(one for one in unicodedata.normalize("NFKC", text) if one.isalnum())
