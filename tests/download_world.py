"""A PubMed of three files on a local server, and what must be true of a finished download."""

from __future__ import annotations

import gzip
import random
from dataclasses import replace
from pathlib import Path

from citemesh.graph.download.checks import sidecar_md5
from citemesh.graph.download.download import Options, Report, download
from citemesh.graph.download.http import Patience
from citemesh.graph.download.numbers import parse_numbers
from citemesh.graph.download.sources import PubmedSource
from tests.http_server import MisbehavingServer

# Bytes that do not compress: several blocks of a transfer, and every position different.
CONTENT = gzip.compress(random.Random(4).randbytes(300_000), mtime=0)
OTHER = gzip.compress(random.Random(5).randbytes(300_000), mtime=0)
HALF = len(CONTENT) // 2
NAME = "pubmed26n0001.xml.gz"
PATH = f"/pubmed/baseline/{NAME}"


class Naps(list[float]):
    """Remembers how long it was to sleep, and does not."""

    def patience(self, **changes: float) -> Patience:
        usual = Patience(attempts=4, read_timeout=0.15, sleep=self.append, dice=lambda: 0.5)
        return replace(usual, **changes)  # type: ignore[arg-type]  # the numbers among its fields


def publish(server: MisbehavingServer) -> None:
    """A baseline of two files and an update file, each with its MD5."""
    for folder, numbers in {"baseline": (1, 2), "updatefiles": (3,)}.items():
        names = [f"pubmed26n{n:04d}.xml.gz" for n in numbers]
        links = "".join(f'<a href="{n}">{n}</a> <a href="{n}.md5">x</a>\n' for n in names)
        server.put(f"/pubmed/{folder}/", f"<html><pre>{links}</pre></html>".encode())
        for name in names:
            server.put(f"/pubmed/{folder}/{name}", CONTENT, sidecar=True)


def get(
    server: MisbehavingServer, folder: Path, numbers: str = "1",
    refresh: bool = False, patience: Patience | None = None, parallel: int = 3,
) -> Report:  # fmt: skip
    """Download numbers of that PubMed."""
    source = PubmedSource(2026, parse_numbers(numbers), f"{server.url}/pubmed")
    return download(folder, source, Options(parallel, refresh, patience or Naps().patience()))


def fetched(
    server: MisbehavingServer, folder: Path,
    refresh: bool = False, patience: Patience | None = None,
) -> Report:  # fmt: skip
    """Download the first file and hold everything against what must be true of it."""
    report = get(server, folder, refresh=refresh, patience=patience)
    report.raise_for_failures()
    assert (folder / NAME).read_bytes() == server.files[PATH]
    assert sidecar_md5((folder / f"{NAME}.md5").read_text(), NAME)
    assert {p.name for p in folder.iterdir()} == {NAME, f"{NAME}.md5"}
    return report
