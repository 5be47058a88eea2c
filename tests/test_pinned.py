"""What the images are made of: written down as a bill of materials, and pinned by what a registry has."""

import json
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from tests.house import ROOT

DIGEST = f"sha256:{'0123456789abcdef' * 4}"


def module(path: str) -> ModuleType:
    spec = spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_the_bill_of_materials_names_all_that_is_in_the_images(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "locks/sbom.py", tmp_path / "sbom.json"], cwd=ROOT, check=True)
    bill = json.loads((tmp_path / "sbom.json").read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "nearer"
    by_kind: dict[str, set[str]] = {}
    for one in bill["components"]:
        by_kind.setdefault(one["type"], set()).add(f"{one['name']}=={one.get('version', '')}")
        assert one["type"] == "container" or one["hashes"], one["name"]
    locked = re.findall(r"^[\w.-]+==[\w.]+", (ROOT / "locks/container.txt").read_text(), re.MULTILINE)
    assert by_kind["library"] == set(locked)
    assert len(by_kind["file"]) == len((ROOT / "locks/vendor.sha256").read_text().splitlines())
    named = {name.partition("==")[0] for name in by_kind["container"]}
    assert named == {"python", "caddy", "postgres", "valkey/valkey", "axllent/mailpit"}


def test_pinning_puts_the_digest_behind_each_tag_of_others_and_again_a_newer_one() -> None:
    pin, asked = module("deploy/pin.py"), list[str]()

    def digest(image: str) -> str:
        asked.append(image)
        return DIGEST

    for name in pin.FILES:
        text = (ROOT / name).read_text()
        once = pin.pinned(text, digest)
        assert once.count(DIGEST) == len(pin.IMAGE.findall(text)) > 0
        assert pin.pinned(once, lambda _: DIGEST.replace("0", "f")) == once.replace(
            DIGEST, DIGEST.replace("0", "f")
        )
        assert once.replace(f"@{DIGEST}", "") == re.sub(r"@sha256:[0-9a-f]{64}", "", text)
    assert set(asked) == {image for image in asked if not image.startswith("nearer")}
    assert {image.partition(":")[0] for image in asked} >= {"python", "caddy", "postgres", "valkey/valkey"}
    compose = pin.pinned((ROOT / "docker-compose.yml").read_text(), digest)
    assert "\n  image: nearer\n" in compose  # ours has no tag, and no registry


def test_without_an_engine_nothing_is_written(tmp_path: Path) -> None:
    before = [(ROOT / name).read_bytes() for name in ("Dockerfile", "docker-compose.yml")]
    done = subprocess.run(
        [sys.executable, "deploy/pin.py"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Nothing was pinned:")
    assert [(ROOT / name).read_bytes() for name in ("Dockerfile", "docker-compose.yml")] == before
