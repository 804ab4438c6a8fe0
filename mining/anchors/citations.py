"""Citation anchors: a paper's title is the query, the documents that it cites are the positives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from citemesh.graph.client import GraphClient
from citemesh.graph.corpus import Corpus
from citemesh.graph.cypher import named_query
from citemesh.graph.pmid_set import Pmids, PmidSet
from citemesh.mining.anchors.anchor import Anchor, plain_title
from citemesh.mining.anchors.chosen import Test

#: Papers per query to the server.
_BATCH = 1_000


def citation_anchors(
    corpus: Corpus, client: GraphClient, chosen: PmidSet, deny: PmidSet | None = None
) -> Iterator[Anchor]:
    """Title → cited documents, in the order of the corpus.

    Citations as labels: SPECTER (Cohan et al., ACL 2020, §2.2). A paper's own abstract is known
    beside them, so that guards spare it, and is no positive.

    Args:
        corpus: the documents.
        client: the graph.
        chosen: PMIDs of the papers that become anchors; those that `cites_documents` marks.
        deny: PMIDs of evaluation sets: such a document is no positive.
    """
    for documents in corpus.stream(["pmid", "title"]):
        papers = documents[chosen.contains(documents["pmid"].to_numpy())]
        for start in range(0, len(papers), _BATCH):
            some = papers.iloc[start : start + _BATCH]
            cited = _cited(client, some["pmid"].to_numpy(), deny)
            for pmid, title in some.itertuples(index=False, name=None):
                yield Anchor(str(pmid), plain_title(title), int(pmid), cited[int(pmid)])


def cites_documents(client: GraphClient, deny: PmidSet | None = None) -> Test:
    """Whether a paper cites a document that is in no evaluation set."""
    return lambda pmids: np.isin(pmids, list(_cited(client, pmids, deny)))


def _cited(client: GraphClient, pmids: Pmids, deny: PmidSet | None) -> dict[int, tuple[int, ...]]:
    """Papers to the documents that they cite, sorted; papers without any are left out."""
    query, found = named_query("mining", "cited_documents"), {}
    for rows in client.rows_for(query, pmids.tolist(), _BATCH):
        for row in rows:
            cited = tuple(p for p in row["cited"] if deny is None or p not in deny)
            if cited:
                found[row["pmid"]] = cited
    return found
