import logging

import pytest
from django.test import Client

from config.logs import WithoutTokens


@pytest.mark.django_db
def test_a_refused_request_leaves_no_token_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(WithoutTokens())
    with caplog.at_level(logging.WARNING):
        assert Client().post("/i/lamp-maple-otter-4725/").status_code == 405
        assert Client().get("/stop/a-token-of-somebody/").status_code == 404
    assert "Method Not Allowed (POST): /i/…/" in caplog.text
    assert "otter" not in caplog.text
    assert "a-token" not in caplog.text
