"""The fifty labels for readers are drawn of what stands on the pages, and the same by everybody."""

from tests.labels import DRAWN, PAGES, TEMPLATES, drawn, labels


def test_the_draw_is_of_every_page_named_and_can_be_repeated() -> None:
    assert all(list(TEMPLATES.glob(names)) for names in PAGES)
    assert drawn() == drawn()
    assert len(drawn()) == DRAWN
    assert set(drawn()) <= set(labels())
    assert "Quick exit" in [label for label, *_ in labels()]
