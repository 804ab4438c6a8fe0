"""Anchors: queries with their known positives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citemesh.errors import InputError
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import Pmids, PmidSet, order_key
from citemesh.graph.pubmed.ids import parse_pmid


@dataclass(frozen=True)
class Anchor:
    """A query with all its known positives.

    Args:
        query_id: a name for the query.
        query: its text.
        anchor_pmid: the article that the query comes from; None for a query of its own.
        positive_pmids: every document known to answer the query.
    """

    query_id: str
    query: str
    anchor_pmid: int | None
    positive_pmids: tuple[int, ...]

    @property
    def start_pmids(self) -> tuple[int, ...]:
        """The articles that strategies start from: its own, or else its positives."""
        return self.positive_pmids if self.anchor_pmid is None else (self.anchor_pmid,)

    @property
    def known_pmids(self) -> tuple[int, ...]:
        """Its own article and all known positives, each once."""
        own = () if self.anchor_pmid is None else (self.anchor_pmid,)
        return tuple(dict.fromkeys((*own, *self.positive_pmids)))


def title_anchors(
    corpus: Corpus, deny: PmidSet | None = None, limit: int | None = None
) -> Iterator[Anchor]:
    """Title → own abstract: each document's title is a query, its abstract the positive.

    Such pairs need no labels; BMRetriever's first stage trains on them (Xu et al., EMNLP 2024).

    Args:
        corpus: the documents.
        deny: PMIDs of evaluation sets, left out.
        limit: at most this many anchors, those with the smallest ``h``; all when None.
    """
    last_key = _key_at(corpus, deny, limit)
    for documents in corpus.stream(["pmid", "title"]):
        wanted = _wanted(documents["pmid"].to_numpy(), deny, last_key)
        for pmid, title in documents[wanted].itertuples(index=False, name=None):
            yield Anchor(str(pmid), plain_title(title), int(pmid), (int(pmid),))


def count_title_anchors(
    corpus: Corpus, deny: PmidSet | None = None, limit: int | None = None
) -> int:
    """How many anchors `title_anchors` gives, read from the PMIDs alone."""
    last_key = _key_at(corpus, deny, limit)
    return sum(
        int(_wanted(documents["pmid"].to_numpy(), deny, last_key).sum())
        for documents in corpus.stream(["pmid"])
    )


def _wanted(pmids: Pmids, deny: PmidSet | None, last_key: int) -> NDArray[np.bool_]:
    early: NDArray[np.bool_] = order_key(pmids) <= last_key
    return early if deny is None else early & ~deny.contains(pmids)


def _key_at(corpus: Corpus, deny: PmidSet | None, limit: int | None) -> int:
    """The `limit`-th smallest ``h`` of the documents that are not denied."""
    if limit is None:
        return 2**31
    smallest = np.empty(0, dtype=np.int64)
    for documents in corpus.stream(["pmid"]):
        pmids = documents["pmid"].to_numpy()
        allowed = pmids if deny is None else pmids[~deny.contains(pmids)]
        smallest = np.sort(np.concatenate([smallest, order_key(allowed)]))[:limit]
    return int(smallest[-1]) if len(smallest) else -1


def plain_title(title: str) -> str:
    """A title without the square brackets that mark a translated one in PubMed."""
    bare = title.removesuffix(".")
    if bare.startswith("[") and bare.endswith("]"):
        return bare[1:-1].removesuffix(".")
    return title


def read_deny_list(paths: Sequence[Path]) -> PmidSet:
    """PMIDs of evaluation sets, one a line, to be kept out of training.

    Raises:
        InputError: with the line, for anything that is no PMID.
    """
    denied = PmidSet()
    for path in paths:
        if not path.is_file():
            raise InputError(f"The deny list {path} is not there.", "Make it: citemesh holdout")
        pmids = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            pmid = parse_pmid(line)
            if pmid is None:
                raise InputError(f"{path}, line {number}: {line[:40]!r} is no PMID.")
            pmids.append(pmid)
        denied.add(np.array(pmids, dtype=np.int64))
    return denied
