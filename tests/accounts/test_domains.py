"""One spelling for a domain, by the rules of 2008 (RFC 5891): the vectors in which those of 2003 differ among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domains import NotADomain, ascii_of, readable


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        ("nearer.example", "nearer.example"),
        (" Nearer.EXAMPLE ", "nearer.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("bu\u0308cher.example", "xn--bcher-kva.example"),  # decomposed, as some keyboards type it
        ("faß.example", "xn--fa-hia.example"),  # 2003: fass.example
        ("βόλος.example", "xn--nxasmm1c.example"),  # a final sigma, which 2003 turned into another
        ("نامه\u200cای.example", "xn--mgba3gch31f060k.example"),  # a joiner that belongs to the spelling
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),  # an ideographic full stop
        ("ｎｅａｒｅｒ.example", "nearer.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("xn--i-7iq.ws", "xn--i-7iq.ws"),  # a heart: older rules gave it out, and mail arrives there
        ("r3---sn.example", "r3---sn.example"),
        ("ü" * 56 + ".de", f"xn--{'tda' + 'a' * 55}.de"),
    ],
)
def test_each_is_spelt_one_way(written: str, spelt: str) -> None:
    assert ascii_of(written) == spelt
    assert ascii_of(readable(spelt)) == spelt


@pytest.mark.parametrize(
    "written",
    ["", ".", "a..b", "-a.example", "a-.example", "ü" * 60 + ".de", "a" * 64 + ".de", "☃☃☃.example", "a b.de",
     ".".join(["ab"] * 100), "a\u202eb.example", "\ud800.example", "a/b.example", "a@b.example"],
)  # fmt: skip  # several values a line, to be looked through
def test_what_no_domain_is_spelt_like_is_refused(written: str) -> None:
    with pytest.raises(NotADomain):
        ascii_of(written)


@given(st.text())
def test_whatever_is_typed_is_spelt_or_refused(written: str) -> None:
    try:
        spelt = ascii_of(written)
    except NotADomain:
        return
    assert spelt.isascii()
    assert ascii_of(spelt) == spelt
    assert isinstance(readable(spelt), str)
