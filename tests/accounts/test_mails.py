"""What may stand in a mail: neutral outside, no code to be read over a shoulder, the same in text and HTML."""

import re

import pytest
from django.conf import settings

from accounts.mail import compose
from tests.accounts.mails import CODE, CODED, FOLDER, MAILS, NAMES, WORLD, Reader

PREVIEW = 150  # characters a mail program may show beside the subject
# What allauth sends and our own folders for it; a missing one would be an error 500 for somebody signing in.
NEEDED = CODED | {
    "account_already_exists", "code_sign_in_off", "email_changed", "email_confirm", "email_deleted",
    "not_invited", "password_changed", "password_reset", "password_reset_key", "password_set",
    "recovery_codes_generated", "totp_activated", "totp_deactivated", "unknown_account", "webauthn_added",
    "webauthn_removed",
}  # fmt: skip  # several values a line, to be looked through
FORBIDDEN = re.compile(
    r"\b(partners?|couples?|relationships?|marriage|married|husband|wife|love\w*|Nearer|closeness|rose|bud|thorn"
    r"|streaks?|failed|missed|score)\b",
    re.IGNORECASE,
)


def parts(name: str) -> tuple[str, str, str]:
    """Subject, text and HTML of one mail as it is sent."""
    mail = compose(name, to="rosalind@example.test", context=WORLD)
    html, mimetype = mail.alternatives[0]
    assert mimetype == "text/html"
    return str(mail.subject), str(mail.body), str(html)


def _spoken(words: str) -> str:
    """Words as they are heard: without case and punctuation."""
    return re.sub(r"\W+", " ", words).strip().casefold()


def test_every_mail_that_can_be_sent_has_its_folder() -> None:
    assert set(MAILS) >= NEEDED


@pytest.mark.parametrize("name", MAILS)
def test_the_outside_is_neutral(name: str) -> None:
    subject, text, html = parts(name)
    assert 0 < len(subject) <= 60
    assert len((FOLDER / name / "subject.txt").read_text().strip().splitlines()) == 1
    for outside in (subject, text[:PREVIEW], Reader(html).words[:PREVIEW]):
        assert CODE not in outside
        assert not any(planted in outside for planted in NAMES)
        assert "@" not in outside


@pytest.mark.parametrize("name", MAILS)
def test_the_inside_names_nobody_and_tells_nothing(name: str) -> None:
    _subject, text, html = parts(name)
    words = Reader(html).words
    for inside in (text, words):
        without_links = re.sub(r"https?://\S+", "", inside)
        assert not FORBIDDEN.search(without_links), FORBIDDEN.search(without_links)
        for planted in (*NAMES, "elsewhere@", "203.0.113.7", "Mozilla", "2026", "example.com", "{{", "{%"):
            assert planted not in inside, planted


@pytest.mark.parametrize("name", MAILS)
def test_text_and_html_say_the_same(name: str) -> None:
    _subject, text, html = parts(name)
    read = Reader(html)
    for link in read.links:
        assert link.startswith(f"{settings.NEARER_URL}/"), link
        assert link in text, link
    for paragraph in read.paragraphs:
        assert _spoken(paragraph) in _spoken(text), paragraph
    assert "&#x27;" not in text
    assert "&amp;" not in text
    assert (CODE in text) == (CODE in read.words) == (name in CODED)


@pytest.mark.parametrize("name", MAILS)
def test_opening_it_fetches_nothing(name: str) -> None:
    _subject, _text, html = parts(name)
    assert not {"img", "link", "script", "iframe", "object", "video", "audio", "svg"} & set(Reader(html).tags)
    assert "url(" not in html
    assert "@import" not in html
    assert not re.search(r"\b(src|background)=", html)


@pytest.mark.parametrize("name", MAILS)
def test_no_indentation_is_sent(name: str) -> None:
    _subject, _text, html = parts(name)
    assert [line for line in html.split("\n") if line != line.strip()] == []


@pytest.mark.parametrize("name", MAILS)
def test_dark_wins_over_the_colours_written_onto_the_elements(name: str) -> None:
    _subject, _text, html = parts(name)
    assert re.search(r'<body style="[^"]*background', html)  # the rules were written onto the elements
    media = re.findall(r"@media[^{]*\{((?:[^{}]*\{[^{}]*\})*)", html)
    assert len(media) >= 2
    for rule in re.findall(r"\{([^{}]*)\}", "".join(media)):
        for declaration in filter(str.strip, rule.split(";")):
            assert "!important" in declaration, declaration


@pytest.mark.parametrize("name", sorted(CODED))
def test_a_code_stands_alone_far_behind_the_preview(name: str) -> None:
    _subject, text, html = parts(name)
    assert re.search(rf"^\s*{CODE}\s*$", text, re.MULTILINE)
    assert text.index(CODE) > PREVIEW
    assert Reader(html).words.index(CODE) > PREVIEW


def test_a_known_and_a_new_address_get_mails_of_one_size() -> None:
    for new, known in zip(parts("email_confirmation_signup"), parts("account_already_exists"), strict=True):
        assert 0.85 < len(known) / len(new) < 1.15 or abs(len(known) - len(new)) < 12
