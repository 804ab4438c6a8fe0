"""Made-up audits and their review pages, without a server."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from citemesh.graph.corpus import Document
from citemesh.manifest import Manifest
from citemesh.mining.anchors import Anchor
from citemesh.mining.audit.page import page as page_module
from citemesh.mining.audit.page.settings import PageSettings
from citemesh.mining.audit.verdicts import VERDICT_SCHEMA, VERDICTS, VerdictWriter
from citemesh.mining.negatives import ANCHORS_FILE, anchor_table
from citemesh.workspace import Workspace
from tests.unit.mining_oracle import Paper, snapshot_of, tree_of

#: Titles that a page must show and not obey.
HOSTILE = (
    "<script>alert(1)</script></script><script>alert(2)</script>",
    "\"quoted\" 'text' & <img src=x onerror=alert(3)> <!-- {{ 7 * 7 }} {% raw %}",
    "<math><mi>x</mi><mo>&lt;</mo><mn>2</mn></math> of \\u003cb\\u003e",
    "تأثير العلاج على \u202e المرضى",
    "השפעת הטיפול \u2028\u2029 בחולים",
)
TREE = tree_of(
    ("D1", "Diseases", "C08"), ("D2", "Lung Diseases", "C08.381"), ("D3", "Asthma", "C08.381.1"),
    ("D4", "Pneumonia", "C08.381.2|C01.9"), ("D5", "Infections", "C01"), ("D6", "Humans", "B01"),
    ("D7", "<b>Lung</b> & more", "A04"),
)  # fmt: skip
NEGATIVE, POSITIVE, OTHER = 1, 2, 3
PAPERS = (
    Paper(NEGATIVE, year=1977, headings={"D3": True, "D6": False, "D7": False},
          qualifiers={"D7": frozenset({"blood", "therapy"})}),
    Paper(POSITIVE, year=1975, headings={"D4": True, "D6": False, "D7": False},
          qualifiers={"D7": frozenset({"surgery"})}),
    Paper(OTHER, document=False, year=0, retracted=True),
)  # fmt: skip


@dataclass(frozen=True)
class MadeUp:
    """An audit of one query's negatives."""

    rows: Sequence[Mapping[str, Any]]
    query: str = "What helps?"
    papers: Sequence[Paper] = PAPERS
    texts: Mapping[int, Document] = field(default_factory=dict)

    def documents(self, pmids: Any) -> dict[int, Document]:
        """As `Corpus.documents`."""
        return {int(pmid): self.texts[pmid] for pmid in pmids if pmid in self.texts}


def verdict(pmid: int = NEGATIVE, **changes: Any) -> dict[str, Any]:
    """A row of the verdicts."""
    return {
        "query_id": "q1", "negative_pmid": pmid, "strategy": "cited", "rank": 1, "verdict": "clean",
        "probability": 0.25, "reasons": ["shared_references"], "sentence": "They share references.",
        "known_positives": 2, "closest_pmid": POSITIVE, "cites": True, "cited_by": False,
        "shared_references": 3, "shared_citers": 0, "chains": None, "siml": float("nan"), **changes,
    }  # fmt: skip


def many(count: int, strategies: Sequence[str] = ("cited", "sibling")) -> MadeUp:
    """Negatives with PMIDs from 1,000 on, of all strategies and verdicts in turn."""
    pmids = range(1_000, 1_000 + count)
    rows = [
        verdict(
            pmid, strategy=strategies[i % len(strategies)], probability=i / count,
            verdict=VERDICTS[i // len(strategies) % len(VERDICTS)],
        )
        for i, pmid in enumerate(pmids)
    ]  # fmt: skip
    texts = {pmid: Document(pmid, f"Title of {pmid}", f"Abstract of {pmid}") for pmid in pmids}
    texts[POSITIVE] = Document(POSITIVE, "A positive", "Its abstract")
    return MadeUp(rows, texts=texts)


def write_audit(folder: Path, made_up: MadeUp) -> None:
    """The folder as `audit run` leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    anchor = Anchor("q1", made_up.query, None, (POSITIVE, OTHER))
    pq.write_table(anchor_table([anchor]), folder / ANCHORS_FILE)
    with VerdictWriter(folder) as file:
        file.write(pa.Table.from_pylist([dict(row) for row in made_up.rows], VERDICT_SCHEMA))
    Manifest("audit", {}).write(folder)


class _Client:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def write_page(root: Path, made_up: MadeUp, settings: PageSettings | None = None) -> Path:
    """The page of a made-up audit."""
    workspace = Workspace(root)
    write_audit(workspace.audit("made-up"), made_up)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_module, "open_loaded_graph", lambda _: _Client())
        patch.setattr(page_module, "open_snapshot", lambda *_: snapshot_of(made_up.papers, TREE))
        patch.setattr(page_module, "Corpus", lambda _: made_up)
        return page_module.write_page(
            workspace, "made-up", settings or PageSettings(sample=None), True
        )


def embedded(page: Path) -> dict[str, Any]:
    """What a page holds."""
    text = page.read_text(encoding="utf-8")
    _, _, rest = text.partition('<script type="application/json" id="data">')
    found: dict[str, Any] = json.loads(rest.partition("</script>")[0])
    return found
