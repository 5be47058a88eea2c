"""Pins the images of others' that Dockerfile and docker-compose.yml name to what their registry has for them now:
`make pin`. Asked again, it takes what has come since; a commit of both files is then what was tried.

A pinned image gets no security fix by `docker compose build --pull`: pinning again does.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ("Dockerfile", "docker-compose.yml")
IMAGE = re.compile(r"^((?:FROM|\s+image:) )([\w./-]+:[\w.-]+)(?:@sha256:[0-9a-f]{64})?(?=\s|$)", re.MULTILINE)


def pinned(text: str, digest: Callable[[str], str]) -> str:
    """The text with each image's digest behind its tag. Images that are ours have no tag, and are left alone."""
    return IMAGE.sub(lambda found: f"{found[1]}{found[2]}@{digest(found[2])}", text)


def digest_of(image: str) -> str:
    """The digest (`sha256:…`) that the registry has for this tag, which the engine fetches."""
    subprocess.run(["docker", "pull", "--quiet", image], check=True, stdout=subprocess.DEVNULL)
    inspect = ["docker", "image", "inspect", "--format", "{{index .RepoDigests 0}}", image]
    found = subprocess.run(inspect, check=True, capture_output=True, text=True).stdout.strip()
    digest = found.partition("@")[2]
    sys.stdout.write(f"{image} is {digest}\n")
    return digest


def main() -> None:
    known: dict[str, str] = {}

    def digest(image: str) -> str:
        if image not in known:
            known[image] = digest_of(image)
        return known[image]

    texts = {
        name: pinned((ROOT / name).read_text(), digest) for name in FILES
    }  # all are known before one is written
    for name, text in texts.items():
        (ROOT / name).write_text(text)


if __name__ == "__main__":
    try:
        main()
    except (subprocess.CalledProcessError, FileNotFoundError) as failed:
        sys.exit(f"Nothing was pinned: {failed}")
