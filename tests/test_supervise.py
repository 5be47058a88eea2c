"""supervisord's file, as supervisord reads it, wherever the installation lies."""

from pathlib import Path

import pytest
from supervisor.options import UnhosedConfigParser

from config.embedded import supervise
from config.embedded.installation import Installation, Refusal


def installed(folder: Path) -> Installation:
    """A demo's installation in this folder."""
    at = Installation(
        demo=True,
        url="http://localhost:8000",
        bind="127.0.0.1",
        port=8000,
        folder=folder,
        mail_port=2525,
        given={},
    )
    at.folder.mkdir()
    return at


@pytest.mark.parametrize("name", ["plain", "a folder", "100 %", "%(here)s", "a;b", "a#b", 'it\'s "mine"'])
def test_paths_are_read_as_they_are_written(tmp_path: Path, name: str) -> None:
    at = installed(tmp_path / name)
    read = UnhosedConfigParser()
    read.read([str(supervise.write_configuration(at))])
    for program in supervise.programs(at):
        log = read.get(f"program:{program.name}", "stdout_logfile")
        assert log % {"here": "elsewhere"} == str(at.logs / f"{program.name}.log")


@pytest.mark.parametrize("name", ["a ;b", "Projects #2"])
def test_a_path_that_supervisord_would_cut_off_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal, match="a space before ; or #"):
        supervise.write_configuration(installed(tmp_path / name))
