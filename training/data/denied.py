"""The deny list: papers and queries of evaluation sets, which nothing may be trained on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from citemesh.errors import InputError
from citemesh.graph.pmid_set import PmidSet
from citemesh.mining.anchors.beir_queries import open_beir
from citemesh.mining.anchors.deny_list import read_deny_list
from citemesh.training.data.row_ids import Ids

#: Rows whose papers are looked at together.
_BATCH = 100_000


@dataclass(frozen=True)
class Denied:
    """What nothing may be trained on.

    Args:
        pmids: papers.
        queries: hashes of the plain words of queries (`plain_words`).
    """

    pmids: PmidSet = field(default_factory=PmidSet)
    queries: frozenset[bytes] = frozenset()

    def check_papers(self, papers: Ids, where: str) -> None:
        """Refuse papers of evaluation sets.

        Args:
            papers: PMIDs, any shape.
            where: what they are, for the message.

        Raises:
            InputError: with how many there are and the first of them.
        """
        found = np.unique(papers[self.pmids.contains(papers.reshape(-1)).reshape(papers.shape)])
        if len(found):
            named = ", ".join(map(str, found[:3].tolist()))
            raise InputError(
                f"{len(found):,} papers of the deny list stand in {where}, such as {named}.",
                "Mine without them: citemesh mine --deny FILE …, then export again.",
            )

    def check_queries(self, queries: Iterable[str], where: str) -> None:
        """Refuse queries of evaluation sets, whatever their case, spaces and punctuation.

        Raises:
            InputError: with the first of them.
        """
        if not self.queries:
            return
        for query in queries:
            if _hash(query) in self.queries:
                raise InputError(
                    f"A query of the deny list stands in {where}: {query[:60]!r}.",
                    "Leave it out of the anchors, then mine and export again.",
                )


def read_denied(paths: Sequence[Path]) -> Denied:
    """Read deny lists: files with a PMID per line, or BEIR folders with PMIDs as document ids.

    Of a BEIR folder its queries are denied, and the documents judged above 0.

    Raises:
        InputError: for anything else.
    """
    folders = [path for path in paths if path.is_dir()]
    pmids = read_deny_list([path for path in paths if path not in folders])
    queries: set[bytes] = set()
    for folder in folders:
        source = open_beir(folder, _all_qrels(folder))
        queries.update(_hash(text) for _, _, text in source.queries())
        judged = sorted({pmid for _, _, pmid in source.positives()})
        pmids.add(np.array(judged, np.int64))
    return Denied(pmids, frozenset(queries))


def held_out_warnings(tasks: Path, papers: Sequence[Ids]) -> list[str]:
    """Say in words which held-out tasks of a workspace a run trains on.

    Args:
        tasks: the folder with all of them.
        papers: PMIDs that are trained on, some columns each, shape (rows, columns).
    """
    warnings = []
    for file in sorted(tasks.glob("*/pmids.txt")):
        held_out = read_deny_list([file])
        found = {pmid for part in papers for pmid in _members(held_out, part)}
        if found:
            warnings.append(
                f"{len(found):,} of {len(held_out):,} papers that the task {file.parent.name} holds"
                f" out are trained on: it cannot judge this model. Mine with --deny {file}."
            )
    return warnings


def _members(pmids: PmidSet, papers: Ids) -> Iterator[int]:
    """PMIDs of a set among papers mapped from disk, a batch of rows at a time."""
    for begin in range(0, len(papers), _BATCH):
        batch = papers[begin : begin + _BATCH].reshape(-1)
        yield from batch[pmids.contains(batch)].tolist()


def plain_words(text: str) -> str:
    """A text's words in lower case: two texts with equal words are the same query."""
    letters = "".join(char if char.isalnum() else " " for char in text.casefold())
    return " ".join(letters.split())


def _hash(text: str) -> bytes:
    return hashlib.blake2b(plain_words(text).encode(), digest_size=12).digest()


def _all_qrels(folder: Path) -> list[str]:
    return [path.stem for path in sorted((folder / "qrels").glob("*.tsv"))]
