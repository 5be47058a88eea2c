"""A bill of materials (CycloneDX 1.6, JSON) of what the container images are made of: `make sbom` writes var/sbom.json.

All of it stands in files here: locks/container.txt (every package with the hashes of its files), the images that
Dockerfile and docker-compose.yml name, and the parts of others' that lie in static/ (locks/vendor.sha256).
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^([\w.-]+)==([\w.]+)(.*?)(?=^[\w]|\Z)", re.MULTILINE | re.DOTALL)
IMAGE = re.compile(r"^(?:FROM|\s+image:) ([\w./-]+):([\w.-]+)(?:@sha256:([0-9a-f]{64}))?", re.MULTILINE)


def packages() -> Iterator[Component]:
    """Every package of Python's in the image."""
    for name, version, lines in PINNED.findall((ROOT / "locks/container.txt").read_text()):
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            purl=PackageURL("pypi", None, name, version),
            bom_ref=f"pypi/{name}",
            hashes=[_sha256(found) for found in re.findall(r"sha256:([0-9a-f]{64})", lines)],
        )


def images() -> Iterator[Component]:
    """Every image of others', by the tag, and the digest where one is written."""
    text = "".join((ROOT / name).read_text() for name in ("Dockerfile", "docker-compose.yml"))
    for name, tag, digest in dict.fromkeys(IMAGE.findall(text)):
        yield Component(
            name=name,
            version=tag,
            type=ComponentType.CONTAINER,
            purl=PackageURL("docker", None, name, f"sha256:{digest}" if digest else tag),
            bom_ref=f"docker/{name}:{tag}",
            hashes=[_sha256(digest)] if digest else [],
        )


def files() -> Iterator[Component]:
    """Every file of others' that lies in static/ as it was fetched."""
    for line in (ROOT / "locks/vendor.sha256").read_text().splitlines():
        digest, _, path = line.partition("  ")
        yield Component(name=path, type=ComponentType.FILE, bom_ref=f"file/{path}", hashes=[_sha256(digest)])


def _sha256(content: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=content)


def bill() -> str:
    """The whole bill, as JSON."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    made = Bom(components=[*packages(), *images(), *files()])
    made.metadata.component = Component(
        name="nearer", version=version, type=ComponentType.APPLICATION, bom_ref="nearer"
    )
    said: str = JsonV1Dot6(made).output_as_string(indent=1)
    return said


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(bill() + "\n")
