"""Title anchors: each document's title is a query, its own abstract the positive."""

from __future__ import annotations

from collections.abc import Iterator

from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import PmidSet
from citemesh.mining.anchors.anchor import Anchor, plain_title


def title_anchors(corpus: Corpus, chosen: PmidSet) -> Iterator[Anchor]:
    """Title → own abstract, in the order of the corpus.

    Such pairs need no labels; BMRetriever's first stage trains on them (Xu et al., EMNLP 2024).

    Args:
        corpus: the documents.
        chosen: PMIDs of the documents that become anchors.
    """
    for documents in corpus.stream(["pmid", "title"]):
        wanted = chosen.contains(documents["pmid"].to_numpy())
        for pmid, title in documents[wanted].itertuples(index=False, name=None):
            yield Anchor(str(pmid), plain_title(title), int(pmid), (int(pmid),))
