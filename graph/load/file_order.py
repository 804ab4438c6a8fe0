"""In which order PubMed files count: what a later one says of a record holds."""

from __future__ import annotations

import re

_NLM_NAME = re.compile(r"pubmed([0-9]{2})n([0-9]+)")
_DIGITS = re.compile(r"([0-9]+)")

#: Sorts files; larger counts.
FileRank = tuple[int, int, tuple[str | int, ...], str]


def file_rank(name: str) -> FileRank:
    """The rank of a file by its name alone, so that the order of loading never matters.

    NLM's files count by year and number, an update after its baseline ("All baseline files must be
    processed before the first update file"). Files with other names count before them, in the
    natural order of their names: ``part2`` before ``part10``.
    """
    found = _NLM_NAME.match(name)
    year, number = (int(found[1]) + 1, int(found[2])) if found else (0, 0)
    parts = tuple(
        int(part) if position % 2 else part for position, part in enumerate(_DIGITS.split(name))
    )
    return year, number, parts, name
