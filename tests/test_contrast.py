"""Every pair of text and surface is readable in both themes, by the tokens themselves (WCAG 2.2: 4.5, edges 3)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parent.parent / "static" / "css" / "tokens.css").read_text()
TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6})")
LIGHT, MEDIA, FORCED = (
    '[data-theme="light"] {',
    "@media screen and (prefers-color-scheme: dark)",
    '\n  [data-theme="dark"] {',
)

ON_SURFACES = {
    "ink": "desk leaf leaf-2 lamp-tint glow alert-tint stone",
    "ink-2": "desk leaf leaf-2 glow lamp-tint",
    "on-cta": "cta cta-hover",
    "on-lamp": "lamp",
    "lamp-ink": "desk leaf lamp-tint glow",
    "hand-a": "leaf glow desk",
    "hand-b": "leaf glow desk",
    "rose": "leaf glow rose-tint",
    "bud": "leaf glow bud-tint",
    "thorn": "leaf glow thorn-tint",
    "alert": "leaf alert-tint",
    "on-stone-done": "stone-done",
    "leaf": "ink hand-a hand-b",
}
PAIRS = [(text, surface, 4.5) for text, surfaces in ON_SURFACES.items() for surface in surfaces.split()]
PAIRS += [(edge, surface, 3.0) for edge in ("line-strong", "focus") for surface in ("leaf", "desk")]


def between(start: str, end: str) -> list[tuple[str, str]]:
    begin = CSS.index(start)
    return TOKEN.findall(CSS[begin : CSS.index(end, begin)])


THEMES = {"light": between(LIGHT, MEDIA), "dark": between(MEDIA, FORCED)}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_knows_black_and_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "surface", "needed"), PAIRS)
def test_text_is_readable_on_its_surface(theme: str, text: str, surface: str, needed: float) -> None:
    tokens = dict(THEMES[theme])
    assert contrast(tokens[text], tokens[surface]) >= needed


def test_both_dark_blocks_are_the_same() -> None:
    assert between(MEDIA, FORCED) == between(FORCED, "/* ---------- Bridge")
