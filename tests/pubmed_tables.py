"""Reading one small PubMed file whole, for tests that look at its rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from citemesh.graph.pubmed.read import read_pubmed
from citemesh.graph.pubmed.tables import SCHEMAS

DATA = Path(__file__).parent / "data"
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class PubmedTables:
    """The tables of a file, row by row, and what was left out."""

    tables: dict[str, Rows]
    dropped: dict[str, int]

    def __getitem__(self, table: str) -> Rows:
        return self.tables[table]

    def column(self, table: str, name: str) -> list[Any]:
        return [row[name] for row in self.tables[table]]

    @property
    def article(self) -> dict[str, Any]:
        (row,) = self.tables["articles"]
        return row


def read_tables(path: Path) -> PubmedTables:
    """Read any file."""
    dropped: Counter[str] = Counter()
    batches = list(read_pubmed(path, dropped))
    tables = {
        name: pa.concat_tables([schema.empty_table(), *(batch[name] for batch in batches)])
        for name, schema in SCHEMAS.items()
    }
    return PubmedTables({name: table.to_pylist() for name, table in tables.items()}, dict(dropped))


def read_hand_made(name: str) -> PubmedTables:
    """Read a file of tests/data."""
    return read_tables(DATA / f"{name}.xml")
