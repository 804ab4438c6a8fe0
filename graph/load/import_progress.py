"""How far Neo4j's import tool has come, read from what it prints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from citemesh.progress import progress_bar

#: ``(2/4) Relationship import …``: a phase begins.
_PHASE = re.compile(r"^\((\d+)/\d+\) ")
#: ``.......... 35% ∆12ms [1s 40ms]``: how far the phase is.
_PERCENT = re.compile(r"(\d+)% ∆")
#: Phases of a full import (Neo4j 5): nodes, relationships, linking, post-processing.
_PHASES = 4


@contextmanager
def import_progress(title: str) -> Iterator[Callable[[str], None]]:
    """A bar over the phases of an import; call what it yields with each line that is printed."""
    with progress_bar(title, total=100 * _PHASES, unit="%") as bar:
        phase = 0

        def read_line(line: str) -> None:
            nonlocal phase
            if begun := _PHASE.match(line):
                phase = int(begun[1])
            percent = _PERCENT.search(line)
            reached = 100 * (phase - 1) + (int(percent[1]) if percent else 0)
            bar.update(max(0, reached - bar.n))

        yield read_line
        bar.update(100 * _PHASES - bar.n)
