"""Heading anchors: a MeSH descriptor's name is the query, papers mainly about it the positives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.graph.mesh.from_graph import mesh_from_graph
from citemesh.graph.mesh.tree import MeshTree
from citemesh.graph.pmid_set import PmidSet, order_key
from citemesh.mining.anchors.anchor import Anchor

#: Documents that are taken as positives of a heading, at most.
MAX_POSITIVES = 20
_BATCH = 200


def heading_anchors(
    client: GraphClient, deny: PmidSet | None = None, limit: int | None = None
) -> Iterator[Anchor]:
    """Descriptor's name → documents with it as a major heading, the first by ``h``.

    Only headings without any below them become queries, since what is indexed under a narrower one
    answers the broader one as well (MeSH's explosion). Guards know *all* documents with the heading
    as a major one, not only those taken: such a document shares a major heading with every positive
    (guard ``shared_major``, which therefore must be on). Check tags are left out.

    Args:
        client: the graph.
        deny: PMIDs of evaluation sets: such a document is no positive.
        limit: at most this many anchors, by a fixed pseudo-random key of the UI; all when None.
    """
    tree, given = mesh_from_graph(client), 0
    uis, query = _narrowest(tree), named_query("mining", "heading_documents")
    for start in range(0, len(uis), _BATCH):
        some = uis[start : start + _BATCH]
        rows = client.rows(query, ids=some, limit=MAX_POSITIVES)
        found = {row["ui"]: row["pmids"] for row in rows}
        for ui in some:
            pmids = tuple(p for p in found[ui] if deny is None or p not in deny)
            if not pmids:
                continue
            if given == limit:
                return
            given += 1
            yield Anchor(ui, tree.descriptors[ui].name, None, pmids)


def _narrowest(tree: MeshTree) -> list[str]:
    """UIs of topics without a narrower one, by key."""
    uis = [
        ui
        for ui, descriptor in tree.descriptors.items()
        if descriptor.descriptor_class == 1 and not descriptor.check_tag
        and descriptor.tree_numbers and ui not in tree.children
    ]  # fmt: skip
    keys = order_key(np.array([int(ui[1:]) for ui in uis], np.int64))
    return [uis[place] for place in np.argsort(keys)]
