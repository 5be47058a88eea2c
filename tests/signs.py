"""Words above which a page says, by a sign and a name, whose they are."""

import re

SIGNED = re.compile(
    r'<p class="said-by">.*?<path class="(?P<ink>\w)".*?<span class="meta">(?P<name>[^<]+)</span></p>\s*'
    r'<p class="words[^>]*>(?P<words>.*?)</p>'
)


def signed_words(page: str) -> list[tuple[str, str, str]]:
    """The words that are signed on this page, each with a name and the ink of the sign, in the order of the words."""
    return sorted((one["words"], one["name"], one["ink"]) for one in SIGNED.finditer(page))
