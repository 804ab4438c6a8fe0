"""The workspace: one folder with everything of one project."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from citemesh.errors import InputError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Workspace:
    """Where the parts of one project lie; no folder is made before something is written to it.

    Args:
        root: the folder; ``--workspace`` or ``CITEMESH_WORKSPACE``, else ``./citemesh-data``.
    """

    root: Path

    @property
    def graph(self) -> Path:
        """Home of the local Neo4j: stores, password, log."""
        return self.root / "graph"

    @property
    def downloads(self) -> Path:
        """Files of PubMed, MeSH and iCite as their servers have them."""
        return self.root / "downloads"

    @property
    def staged(self) -> Path:
        """Parsed PubMed files as Parquet tables, one folder per file."""
        return self.root / "staged"

    @property
    def corpus(self) -> Path:
        """Titles and abstracts of the loaded documents, as Parquet."""
        return self.root / "corpus"

    @property
    def snapshot(self) -> Path:
        """The graph as memory-mapped arrays."""
        return self.root / "snapshot"

    @property
    def embeddings(self) -> Path:
        """Cached embeddings."""
        return self.root / "embeddings"

    def queries(self, name: str) -> Path:
        """Generated queries, and what was dropped of them."""
        return self._named("queries", name)

    def mined(self, name: str) -> Path:
        """Anchors, negatives and the drop report of one mining run."""
        return self._named("mined", name)

    def audit(self, name: str) -> Path:
        """Verdicts on the negatives of one mined set, and the page to review them."""
        return self._named("audits", name)

    def export(self, name: str) -> Path:
        """One exported training set."""
        return self._named("exports", name)

    def model(self, name: str) -> Path:
        """One trained model."""
        return self._named("models", name)

    def tasks(self, name: str) -> Path:
        """Held-out evaluation tasks in BEIR layout."""
        return self._named("tasks", name)

    def run(self, name: str) -> Path:
        """One evaluation: runs, qrels, metrics."""
        return self._named("runs", name)

    def _named(self, kind: str, name: str) -> Path:
        return self.root / kind / checked_name(name)


def checked_name(name: str) -> str:
    """Return `name` if it can be a folder's name and nothing else.

    Raises:
        InputError: for an empty name, one with a path in it, or one that starts with a dot.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} cannot be used as a name.",
            "Use letters, digits, dots, dashes and underscores, starting with a letter or digit.",
        )
    return name
