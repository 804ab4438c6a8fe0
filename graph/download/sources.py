"""Where PubMed and MeSH lie on the servers of the NLM, and what their files are called.

Names come from the templates here. What a server says is read for numbers only, so that nothing it
sends becomes a path.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from citemesh.errors import InputError
from citemesh.graph.download.checks import Form, begins_as
from citemesh.graph.download.http import (
    DownloadError,
    NotThereError,
    Web,
    beginning,
    blocks,
    persist,
)
from citemesh.graph.download.numbers import FileNumbers
from citemesh.graph.download.transfer import Remote

PUBMED_URL = "https://ftp.ncbi.nlm.nih.gov/pubmed/"
MESH_URL = "https://nlmpubs.nlm.nih.gov/projects/mesh/"
#: From this year on the NLM keeps MeSH XML in one folder for all years.
_MESH_IN_ONE_FOLDER = 2026
_PUBMED_LINK = re.compile(r'href="(?:[^"]*/)?pubmed(\d\d)n(\d{4,5})\.xml\.gz"', re.IGNORECASE)
_HEAD_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that was asked for.

    Args:
        names: what it may be called in the folder, the best first.
        key: what its source knows it by.
    """

    names: tuple[str, ...]
    key: int | str


class Source(Protocol):
    """Something that can be downloaded."""

    def wanted(self, web: Web) -> list[Wanted]:
        """What was asked for; a server is asked only where that depends on what it has."""

    def locate(self, web: Web, missing: Sequence[Wanted]) -> list[Remote]:
        """The addresses of files, each in the place of the one that was asked for.

        Raises:
            DownloadError: when one of them is nowhere.
        """


class PubmedSource:
    """The baseline of a year and the update files after it, with a ``.md5`` beside each.

    Args:
        year: of the baseline; names hold its last two digits.
        numbers: which files.
        base_url: the folder of ``baseline/`` and ``updatefiles/``.
    """

    def __init__(self, year: int, numbers: FileNumbers, base_url: str = PUBMED_URL) -> None:
        self._year = year
        self._numbers = numbers
        self._base = folder_url(base_url)
        self._listed: dict[int, str] = {}

    def wanted(self, web: Web) -> list[Wanted]:
        """One file for each number; the server is asked for the end of an open range.

        Raises:
            DownloadError: when there is nothing in an open range.
        """
        there = set() if self._numbers.onwards is None else set(self._listing(web))
        wanted = [Wanted((self._name(n),), n) for n in self._numbers.among(there)]
        if not wanted:
            raise self._not_there(f"files from {self._numbers.onwards} on", web)
        return wanted

    def locate(self, web: Web, missing: Sequence[Wanted]) -> list[Remote]:
        """Find each number in one of the two folders' listings.

        Raises:
            DownloadError: when a number is in neither.
        """
        listing = self._listing(web)
        lost = [wanted.names[0] for wanted in missing if wanted.key not in listing]
        if lost:
            raise self._not_there(_some(lost), web)
        return [
            Remote(w.names[0], listing[int(w.key)] + w.names[0], Form.GZIP, sidecar=True)
            for w in missing
        ]

    def _not_there(self, what: str, web: Web) -> DownloadError:
        listing = self._listing(web)
        has = f"the numbers {min(listing)} to {max(listing)} of {self._year}"
        message = f"{self._base} does not have {what}; it has {has}."
        return DownloadError(message, "Ask for other --files.")

    def _name(self, number: int) -> str:
        return f"pubmed{self._year % 100:02d}n{number:04d}.xml.gz"

    def _listing(self, web: Web) -> dict[int, str]:
        """Every number that is there, with the address of its folder; read once."""
        if not self._listed:
            self._listed = self._read_listings(web)
        return self._listed

    def _read_listings(self, web: Web) -> dict[int, str]:
        found: dict[int, str] = {}
        years: set[str] = set()
        for folder in (f"{self._base}updatefiles/", f"{self._base}baseline/"):
            for year, number in _PUBMED_LINK.findall(_page(web, folder)):
                years.add(f"20{year}")
                if int(year) == self._year % 100:
                    found[int(number)] = folder
        if not found:
            has = f"files of {', '.join(sorted(years))}" if years else "no PubMed files"
            raise DownloadError(
                f"{self._base} lists {has}, and none of {self._year}.",
                "The NLM keeps the newest baseline only: give its --year, "
                "or a mirror's address with --base-url.",
            )
        return found


@dataclass(frozen=True, slots=True)
class MeshSource:
    """The descriptors and the supplementary records of a year, as XML.

    Up to 2025 they lie in ``YEAR/xmlmesh/``, from 2026 in ``MESH_FILES/xmlmesh/``, packed or plain.
    The folder of the current year was the other one before, and old addresses answer with a page
    instead of an error; so the places are asked, the likely one first, and their bytes looked at.

    Args:
        year: of MeSH.
        kinds: ``desc``, ``supp`` or both.
        base_url: the folder of all this.
    """

    year: int
    kinds: tuple[str, ...]
    base_url: str = MESH_URL

    def wanted(self, web: Web) -> list[Wanted]:
        """One file for each kind."""
        return [
            Wanted((f"{kind}{self.year}.gz", f"{kind}{self.year}.xml"), kind) for kind in self.kinds
        ]

    def locate(self, web: Web, missing: Sequence[Wanted]) -> list[Remote]:
        """Ask each place for the first bytes of each file.

        Raises:
            DownloadError: when a file is in none of them.
        """
        return [self._find(web, wanted) for wanted in missing]

    def _find(self, web: Web, wanted: Wanted) -> Remote:
        for folder in self._folders:
            for name in wanted.names:
                form = Form.GZIP if name.endswith(".gz") else Form.MESH_XML
                if _is_there(web, folder + name, form):
                    return Remote(name, folder + name, form)
        raise DownloadError(
            f"MeSH {wanted.names[0]} is at none of {', '.join(self._folders)}.",
            "Look where the NLM keeps that --year now, and give its folder with --base-url.",
        )

    @property
    def _folders(self) -> tuple[str, ...]:
        base = folder_url(self.base_url)
        archive, current = f"{base}{self.year}/xmlmesh/", f"{base}MESH_FILES/xmlmesh/"
        return (current, archive) if self.year >= _MESH_IN_ONE_FOLDER else (archive, current)


def checked_url(url: str) -> str:
    """Return an address that a user gave.

    Raises:
        InputError: when it is not an http or https address.
    """
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise InputError(f"{url!r} is no http or https address.", "Write it as https://HOST/PATH.")
    return url


def folder_url(url: str) -> str:
    """Return the address of a folder with a slash at its end.

    Raises:
        InputError: when it is not an http or https address.
    """
    return checked_url(url).rstrip("/") + "/"


def _page(web: Web, url: str) -> str:
    """A listing; empty where there is no such folder."""
    try:
        return web.text(url)
    except NotThereError:
        return ""


def _is_there(web: Web, url: str, form: Form) -> bool:
    """Whether an address answers with the first bytes of such a file."""

    def attempt() -> bool:
        first = {"Range": f"bytes=0-{_HEAD_BYTES - 1}"}
        with web.ask(url, first, frozenset({200, 206})) as response:
            return begins_as(form, beginning(blocks(response)))

    try:
        return persist(attempt, web.patience)
    except NotThereError:
        return False


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
