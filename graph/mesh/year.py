"""The year of MeSH files: tree numbers change every year, so it is told, never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from citemesh.errors import InputError

_YEAR = re.compile(r"(19|20)\d\d", re.ASCII)
#: The names of NLM's files: desc2026.xml.gz, supp2026.xml, d2026.bin, mtrees2026.bin.
_IN_NAME = re.compile(r"(?<![a-z])(?:desc|supp|mtrees|d)((?:19|20)\d\d)(?!\d)", re.ASCII | re.I)
#: NLM's DTDs are dated: …/nlmdescriptorrecordset_20260101.dtd.
_IN_DTD = re.compile(r"recordset_((?:19|20)\d\d)\d{4}\.dtd", re.ASCII | re.I)


@dataclass(frozen=True, slots=True)
class YearClaim:
    """A year and what says it.

    Args:
        year: the MeSH year.
        source: what says so, in words for a message.
    """

    year: int
    source: str


def is_year(text: str) -> bool:
    """Whether a text is a year that MeSH can be of."""
    return _YEAR.fullmatch(text) is not None


def year_in_name(path: Path) -> YearClaim | None:
    """The year that the name of one of NLM's files gives."""
    found = _IN_NAME.search(path.name)
    return YearClaim(int(found[1]), f"the name {path.name}") if found else None


def year_in_dtd(doctype: str) -> int | None:
    """The year of the DTD in an XML file's document type declaration."""
    found = _IN_DTD.search(doctype)
    return int(found[1]) if found else None


def settle_year(claims: Sequence[YearClaim], hints: Sequence[YearClaim], path: Path) -> int:
    """The one year that all sources give.

    Args:
        claims: what files, their names and the caller say.
        hints: the years of declared DTDs; asked only when nothing else says the year, because a
            year's files may keep the DTD of the year before.
        path: the file with the descriptors, for messages.

    Raises:
        InputError: when two sources disagree, or none says a year.
    """
    told = list(claims) or list(hints)
    if not told:
        raise InputError(
            f"{path} does not say of which MeSH year it is.",
            "Name the file as NLM does, such as desc2026.xml.gz, or give the year with it.",
        )
    for claim in told[1:]:
        if claim.year != told[0].year:
            raise InputError(
                f"The MeSH year is {told[0].year} by {told[0].source}, "
                f"but {claim.year} by {claim.source}.",
                "Give files of one year: tree numbers change between years.",
            )
    return told[0].year
