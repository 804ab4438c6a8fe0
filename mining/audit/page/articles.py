"""What a page tells of articles: texts, headings, and where these stand in the tree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from citemesh.graph.corpus import Corpus, Document
from citemesh.graph.snapshot.snapshot import RETRACTED, Snapshot


def article_facts(snapshot: Snapshot, corpus: Corpus, pmids: Iterable[int]) -> dict[str, Any]:
    """What the page knows of some articles, each once.

    Args:
        snapshot: headings, years and the tree.
        corpus: titles and abstracts.
        pmids: the articles.

    Returns:
        ``articles`` by PMID (``title`` and ``abstract``, null outside of the corpus; ``year``;
        ``retracted``; ``indexing``; ``headings``: numbers of descriptor, major 0 or 1, number of
        the qualifiers or 0); ``descriptors`` by number (``name``, ``check_tag``, ``places``);
        ``qualifiers``: names by number; ``tree``: the name at each place of a descriptor here and
        at all above it.
    """
    wanted = np.unique(np.fromiter(pmids, dtype=np.int64))
    documents = corpus.documents(wanted)
    places = snapshot.positions(wanted)
    articles = {
        str(pmid): _article(snapshot, documents.get(pmid), place)
        for pmid, place in zip(wanted.tolist(), places.tolist(), strict=True)
    }
    headings = [heading for article in articles.values() for heading in article["headings"]]
    used, sets = ({heading[part] for heading in headings} for part in (0, 2))
    descriptors = {str(number): _descriptor(snapshot, number) for number in sorted(used)}
    return {
        "articles": articles,
        "descriptors": descriptors,
        "qualifiers": {
            str(number): snapshot.qualifier_sets[number - 1].split(";")
            for number in sorted(sets - {0})
        },
        "tree": _tree(snapshot, descriptors),
    }


def _article(snapshot: Snapshot, document: Document | None, place: int) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "title": document and document.title,
        "abstract": document and document.abstract,
        "year": None, "retracted": False, "indexing": None, "headings": [],
    }  # fmt: skip
    if place < 0:  # a PMID that the user brought and the graph has not
        return facts
    entries = slice(snapshot.headings.indptr[place], snapshot.headings.indptr[place + 1])
    method = int(snapshot.indexing_method[place])
    return facts | {
        "year": int(snapshot.year[place]) or None,
        "retracted": bool(snapshot.flags[place] & RETRACTED),
        "indexing": snapshot.indexing_methods[method - 1] if method else None,
        "headings": [
            [int(number), int(major), int(qualifiers)]
            for number, major, qualifiers in zip(
                snapshot.headings.indices[entries],
                snapshot.headings_major[entries],
                snapshot.headings_qualifiers[entries],
                strict=True,
            )
        ],
    }


def _descriptor(snapshot: Snapshot, number: int) -> dict[str, Any]:
    row = snapshot.descriptors.iloc[number]
    return {
        "name": str(row["name"]),
        "check_tag": bool(row["check_tag"]),
        "places": sorted(map(str, row["tree_numbers"])),
    }


def _tree(snapshot: Snapshot, descriptors: dict[str, dict[str, Any]]) -> dict[str, str]:
    wanted = {above for d in descriptors.values() for p in d["places"] for above in _path(p)}
    table = snapshot.descriptors
    return {
        number: str(name)
        for name, numbers in zip(table["name"], table["tree_numbers"], strict=True)
        for number in numbers
        if number in wanted
    }


def _path(place: str) -> list[str]:
    """A tree number and all above it."""
    parts = place.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
