"""``1-3,7,1335-``: which of PubMed's numbered files."""

from __future__ import annotations

import re
from dataclasses import dataclass

from citemesh.errors import InputError

#: PubMed's files are counted in four digits; 2026 passed 1,595.
_MAX_NUMBER = 99_999
_PART = re.compile(r"(?P<first>[0-9]{1,9})(?P<dash>-(?P<last>[0-9]{1,9})?)?")
_HINT = "Use numbers and ranges such as 1-3,7,1335- (1335 and all after it)."


@dataclass(frozen=True, slots=True)
class FileNumbers:
    """Numbers of files.

    Args:
        named: the numbers that were given, in order, each once.
        onwards: all from this number on as well; None without an open range.
    """

    named: tuple[int, ...]
    onwards: int | None

    def among(self, there: set[int]) -> tuple[int, ...]:
        """The numbers in order, the open range filled with those that are there."""
        more = () if self.onwards is None else (n for n in there if n >= self.onwards)
        return tuple(sorted({*self.named, *more}))


def parse_numbers(text: str) -> FileNumbers:
    """Read a list of numbers and ranges; blanks around its parts do not matter.

    Raises:
        InputError: for anything else, a range that runs backwards, and numbers out of bounds.
    """
    named: set[int] = set()
    onwards: list[int] = []
    for part in text.split(","):
        found = _PART.fullmatch(part.strip())
        if found is None:
            raise InputError(f"--files {text}: {part.strip()!r} is no number and no range.", _HINT)
        first = int(found["first"])
        last = int(found["last"] or first)
        if not 1 <= first <= last <= _MAX_NUMBER:
            message = f"--files {text}: {part.strip()} is no range within 1-{_MAX_NUMBER}."
            raise InputError(message, _HINT)
        if found["dash"] and not found["last"]:
            onwards.append(first)
        else:
            named.update(range(first, last + 1))
    return FileNumbers(tuple(sorted(named)), min(onwards, default=None))
