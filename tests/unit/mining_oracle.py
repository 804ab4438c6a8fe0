"""Small graphs as arrays in memory, and plain Python that answers what the strategies answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from citemesh.graph.mesh.tree import Descriptor, MeshTree
from citemesh.graph.pmid_set import Pmids, order_key
from citemesh.graph.snapshot.arrays import Csr
from citemesh.graph.snapshot.numbered import NumberedTexts
from citemesh.graph.snapshot.rows import title_keys
from citemesh.graph.snapshot.snapshot import DOCUMENT, RECORD, RETRACTED, Snapshot
from citemesh.mining.engine import Engine
from citemesh.mining.strategies import GraphStrategy

#: Pseudo-random keys lie below.
KEYS = 1 << 31
#: A row of a strategy: pmid, hops, articles between, paths, heading of the start, its own heading.
Row = tuple[int, int, tuple[int, ...], int, str | None, str | None]


def tree_of(*rows: tuple[str, str, str]) -> MeshTree:
    """A tree from UI, name, and tree numbers with ``|`` between."""
    descriptors = {
        ui: Descriptor(ui, name, tuple(numbers.split("|")) if numbers else (), 1)
        for ui, name, numbers in rows
    }
    owner = {number: ui for ui, d in descriptors.items() for number in d.tree_numbers}
    return MeshTree(2024, descriptors, owner)


#: Deep enough for siblings at depth 4; D06 has two places, D09 none; D11 and D06 share a parent,
#: and by another path D06 lies below D11.
TREE = tree_of(
    ("D01", "Top", "C01"), ("D02", "Second", "C01.1"), ("D03", "Third", "C01.1.1"),
    ("D04", "Left", "C01.1.1.1"), ("D05", "Right", "C01.1.1.2"),
    ("D06", "In two places", "C01.1.1.3|C01.1.1.4.1"), ("D11", "Above and beside", "C01.1.1.4"),
    ("D07", "Elsewhere", "G01"), ("D08", "Humans", "C01.1.1.5"), ("D09", "Without a place", ""),
    ("D10", "Below", "C01.1.1.1.1"), ("D12", "Beside below", "C01.1.1.1.2"),
)  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """An article of a small graph; `headings` says of each UI whether it is major."""

    pmid: int
    document: bool = True
    year: int = 1978
    retracted: bool = False
    title: str = ""
    cites: frozenset[int] = frozenset()
    headings: Mapping[str, bool] = field(default_factory=dict)
    same_work: frozenset[int] = frozenset()
    qualifiers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    indexing_method: str | None = None


def snapshot_of(papers: Sequence[Paper], tree: MeshTree = TREE) -> Snapshot:
    """The arrays of a graph, made without files; cited articles must be among the papers."""
    papers = sorted(papers, key=lambda paper: paper.pmid)
    at = {paper.pmid: place for place, paper in enumerate(papers)}
    uis = sorted(tree.descriptors)
    number = {ui: place for place, ui in enumerate(uis)}
    pmid = np.array([paper.pmid for paper in papers], np.int64)
    h = order_key(pmid)
    heads = [[(number[ui], major) for ui, major in sorted(p.headings.items())] for p in papers]
    headed = [
        [(place, major) for place, own in enumerate(heads) for ui, major in own if ui == wanted]
        for wanted in range(len(uis))
    ]
    documents = [place for place, paper in enumerate(papers) if paper.document]
    by_h = sorted(documents, key=lambda place: int(h[place]))
    works = [
        {at[o] for o in p.same_work} | {at[o.pmid] for o in papers if p.pmid in o.same_work}
        for p in papers
    ]
    methods = NumberedTexts()
    sets = NumberedTexts()
    flags = [RECORD | DOCUMENT * paper.document | RETRACTED * paper.retracted for paper in papers]
    return Snapshot(
        folder=Path("nowhere"), version=1, load_id="made up", pmid=pmid, h=h,
        year=np.array([paper.year for paper in papers], np.int16),
        flags=np.array(flags, np.uint8), title_key=title_keys([paper.title for paper in papers]),
        indexing_method=methods.numbers([p.indexing_method for p in papers]).astype(np.int16),
        documents_by_h=np.array(by_h, np.int32),
        cites=_csr(sorted(at[o] for o in p.cites) for p in papers),
        cited_by=_csr([at[o.pmid] for o in papers if p.pmid in o.cites] for p in papers),
        same_work=_csr(sorted(own) for own in works),
        headings=_csr([place for place, _ in own] for own in heads),
        headings_major=np.array([major for own in heads for _, major in own], bool),
        headings_qualifiers=sets.numbers(
            [";".join(sorted(p.qualifiers.get(u, ()))) for p in papers for u in sorted(p.headings)]
        ).astype(np.int32),
        headed=_csr([place for place, _ in own] for own in headed),
        headed_major=np.array([major for own in headed for _, major in own], bool),
        major_documents=_csr(
            [place for place in by_h if (wanted, True) in heads[place]]
            for wanted in range(len(uis))
        ),
        broader=_csr(sorted(number[o] for o in tree.broader(ui)) for ui in uis),
        sibling=_csr(sorted(number[o] for o in tree.siblings(ui)) for ui in uis),
        descriptors=_descriptors(tree, uis), qualifier_sets=sets.texts,
        indexing_methods=methods.texts,
    )  # fmt: skip


def _csr(lists: Iterable[Sequence[int]]) -> Csr:
    given = list(lists)
    indptr = np.concatenate([[0], np.cumsum([len(own) for own in given])]).astype(np.int64)
    return Csr(indptr, np.array([value for own in given for value in own], np.int32))


def _descriptors(tree: MeshTree, uis: Sequence[str]) -> pd.DataFrame:
    known = [tree.descriptors[ui] for ui in uis]
    columns: dict[str, Any] = {
        "ui": uis, "name": [d.name for d in known], "check_tag": [d.check_tag for d in known],
        "depth": [d.depth for d in known], "ic": [float("nan")] * len(uis),
        "tree_numbers": [np.array(d.tree_numbers, object) for d in known],
    }  # fmt: skip
    return pd.DataFrame(columns)


class Oracle:
    """Answers one start at a time with sets and loops.

    Args:
        papers: the graph.
        tree: its MeSH.
    """

    def __init__(self, papers: Sequence[Paper], tree: MeshTree = TREE) -> None:
        self.papers = {paper.pmid: paper for paper in papers}
        self.tree = tree
        self.documents = {paper.pmid for paper in papers if paper.document}
        self.cites = {paper.pmid: set(paper.cites) for paper in papers}
        self.cited_by: dict[int, set[int]] = {pmid: set() for pmid in self.cites}
        for pmid, ends in self.cites.items():
            for end in ends:
                self.cited_by[end].add(pmid)

    def topical(self, pmid: int) -> set[str]:
        """The headings of an article that are no check tags."""
        return {
            ui for ui in self.papers[pmid].headings if not self.tree.descriptors[ui].check_tag
        }  # fmt: skip

    def cited(self, start: int) -> list[Row]:
        """What the start cites."""
        found = self._ordered(start, self.cites[start] & self.documents)
        return [(pmid, 1, (), 1, None, None) for pmid in found]

    def two_hop(self, start: int) -> list[Row]:
        """What that cites, and the start does not."""
        found = self._met(start, self.cites, self.cites)
        return self._between(start, found, lambda pmid, _: pmid not in self.cites[start])

    def cocited(self, start: int, low: int, high: int, hub: int) -> list[Row]:
        """What is cited beside the start."""
        found = self._met(start, self.cited_by, self.cites, hub)
        return self._between(start, found, lambda _, paths: low <= paths <= high)

    def coupled(self, start: int, low: int, high: int, hub: int) -> list[Row]:
        """What cites what the start cites."""
        found = self._met(start, self.cites, self.cited_by, hub)
        return self._between(start, found, lambda _, paths: low <= paths <= high)

    def sibling(self, start: int, min_depth: int) -> list[Row]:
        """What has a major heading beside one of the start's."""
        own, pairs = self.topical(start), dict[int, tuple[str, str]]()
        majors = [ui for ui in own if self.papers[start].headings[ui]]
        for heading in majors:
            if self.tree.descriptors[heading].depth < min_depth:
                continue
            for beside in set(self.tree.siblings(heading)) - own:
                for pmid in self.documents - {start}:
                    if self.papers[pmid].headings.get(beside) and not own & self.topical(pmid):
                        pair = (heading, beside)
                        pairs[pmid] = min(pairs.get(pmid, pair), pair)
        return [(pmid, 0, (), 0, *pairs[pmid]) for pmid in self._ordered(start, set(pairs))]

    def random(self, start: int, seed: int) -> list[Row]:
        """All documents, from a place that hangs on the start."""
        begin = (key(start) * 7919 + seed * 104_729) % KEYS
        found = sorted(self.documents - {start}, key=lambda pmid: (key(pmid) - begin) % KEYS)
        return [(pmid, 0, (), 0, None, None) for pmid in found]

    @staticmethod
    def order(start: int, pmid: int) -> int:
        """The pseudo-random key of an article seen from a start."""
        return (key(start) + key(pmid)) % KEYS

    def _ordered(self, start: int, found: set[int]) -> list[int]:
        return sorted(found, key=lambda pmid: self.order(start, pmid))

    def _met(
        self, start: int, forth: Mapping[int, set[int]], back: Mapping[int, set[int]],
        hub: int | None = None,
    ) -> dict[int, list[int]]:  # fmt: skip
        """Documents two steps away, with the articles between."""
        found: dict[int, list[int]] = {}
        for middle in sorted(forth[start]):
            if hub is None or len(back[middle]) <= hub:
                for pmid in (back[middle] & self.documents) - {start}:
                    found.setdefault(pmid, []).append(middle)
        return found

    def _between(
        self, start: int, found: Mapping[int, list[int]], fits: Callable[[int, int], bool]
    ) -> list[Row]:
        paths = Counter({pmid: len(middles) for pmid, middles in found.items()})
        chosen = self._ordered(start, {pmid for pmid in found if fits(pmid, paths[pmid])})
        return [(pmid, 2, (min(found[pmid]),), paths[pmid], None, None) for pmid in chosen]


def key(pmid: int) -> int:
    """``h`` of an article."""
    return pmid * 2_654_435_761 % KEYS


def rows_by_start(
    engine: Engine, strategy: GraphStrategy, starts: Pmids, limit: int
) -> list[list[Row]]:
    """What an engine finds: per start, rows as the oracle writes them."""
    found = engine.find(strategy, starts, limit)
    assert (np.diff(found.start) >= 0).all()
    assert np.isnan(found.score).all()
    rows: list[list[Row]] = [[] for _ in starts]
    for i in range(len(found)):
        between = tuple(pmid for pmid in found.between[i].tolist() if pmid)
        rows[found.start[i]].append(
            (int(found.pmid[i]), int(found.hops[i]), between, int(found.paths[i]),
             engine.mesh.ui(found.start_heading[i]), engine.mesh.ui(found.heading[i]))
        )  # fmt: skip
    return rows
