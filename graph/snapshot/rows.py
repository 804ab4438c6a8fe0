"""The graph's articles in batches of arrays, in the order of their PMIDs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.graph.snapshot.numbered import NumberedTexts

#: Articles per query, which come as one row: as many rows took twice as long.
BATCH_ARTICLES = 10_000
Int64s = NDArray[np.int64]


class GraphChangedError(Exception):
    """The graph is not the one that it was when the reading began."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of integers, one per article of a batch.

    Args:
        counts: their lengths, shape (articles,).
        values: what they hold, one after the other, sorted within each list.
    """

    counts: Int64s
    values: Int64s


@dataclass(frozen=True, slots=True)
class ArticleBatch:
    """Some articles with their properties and what they are tied to.

    Args:
        pmid, year, h, flags: shape (articles,), sorted by PMID; the year is 0 where none is known.
        title_key: shape (articles,): see `title_keys`.
        cites: PMIDs of the articles that each cites.
        headings: positions of its descriptors.
        major: which of `headings.values` are major.
        qualifiers: number of the qualifier set of each of `headings.values`; 0 for none.
        indexing_method: number of each article's indexing method; 0 for none.
        same_work: PMIDs of the other forms of its work, and of notices about it.
    """

    pmid: Int64s
    year: Int64s
    h: Int64s
    flags: Int64s
    title_key: Int64s
    cites: Lists
    headings: Lists
    major: NDArray[np.bool_]
    qualifiers: Int64s
    indexing_method: Int64s
    same_work: Lists


@dataclass(frozen=True)
class Numbering:
    """What stands for the texts in the arrays of a snapshot.

    Args:
        descriptors: UI to position.
        qualifier_sets: the names of a heading's qualifiers, sorted, between semicolons.
        indexing_methods: such as ``Automated``.
    """

    descriptors: Mapping[str, int]
    qualifier_sets: NumberedTexts = field(default_factory=NumberedTexts)
    indexing_methods: NumberedTexts = field(default_factory=NumberedTexts)


def article_batches(client: GraphClient, numbering: Numbering) -> Iterator[ArticleBatch]:
    """All articles; memory is that of one batch.

    Args:
        client: the graph.
        numbering: of descriptors; it learns the other texts as they are met.

    Raises:
        GraphChangedError: for a heading whose descriptor is not among them.
    """
    query = named_query("graph", "snapshot_articles")
    after = -1
    while True:
        (row,) = client.rows(query, after=after, limit=BATCH_ARTICLES)
        if not row["pmid"]:
            return
        yield _batch(row, numbering)
        after = row["pmid"][-1]


def _batch(row: Mapping[str, Any], numbering: Numbering) -> ArticleBatch:
    plain = {name: np.array(row[name], dtype=np.int64) for name in ("pmid", "year", "h", "flags")}
    descriptors = numbering.descriptors
    headings = _descriptor_keys(row["headings"], descriptors)
    return ArticleBatch(
        **plain,
        title_key=title_keys(row["title"]),
        cites=_lists(row["cites"], _article_keys(row["cites"])),
        headings=_lists(row["headings"], headings),
        major=np.isin(headings, _descriptor_keys(row["major"], descriptors)),
        qualifiers=_qualifiers(row["qualifiers"], headings, numbering),
        indexing_method=numbering.indexing_methods.numbers(row["indexing_method"]),
        same_work=_lists(row["same_work"], _article_keys(row["same_work"])),
    )


def title_keys(titles: Sequence[str | None]) -> Int64s:
    """A number for each title, shape (n,): equal where titles differ in case only, 0 for none."""
    folded = np.array([(title or "").casefold() for title in titles], dtype=object)
    keys: Int64s = pd.util.hash_array(folded, categorize=False).view(np.int64)
    return np.where(folded == "", 0, keys)


def _counts(texts: Sequence[str]) -> Int64s:
    return np.fromiter((text.count(" ") for text in texts), dtype=np.int64, count=len(texts))


def _article_keys(texts: Sequence[str]) -> Int64s:
    return _keys(_counts(texts), np.array("".join(texts).split(), dtype=np.int64))


def _descriptor_keys(texts: Sequence[str], descriptors: Mapping[str, int]) -> Int64s:
    try:
        positions = [descriptors[ui] for ui in "".join(texts).split()]
    except KeyError as error:
        raise GraphChangedError(f"descriptor {error} is new") from error
    return _keys(_counts(texts), np.array(positions, dtype=np.int64))


def _qualifiers(texts: Sequence[str], headings: Int64s, numbering: Numbering) -> Int64s:
    """The number of each heading's qualifier set, along the keys of headings."""
    counts = np.fromiter((text.count("\n") for text in texts), dtype=np.int64, count=len(texts))
    lines = [line.partition("|") for line in "".join(texts).split("\n")[:-1]]
    positions = np.array([numbering.descriptors[ui] for ui, _, _ in lines], dtype=np.int64)
    numbers = numbering.qualifier_sets.numbers([_sorted_set(names) for _, _, names in lines])
    keys = np.repeat(np.arange(len(counts)), counts) << 31 | positions
    found = np.zeros(len(headings), dtype=np.int64)
    found[np.searchsorted(headings, keys)] = numbers
    return found


def _sorted_set(names: str) -> str:
    return ";".join(sorted({name for name in names.split(";") if name}))


def _keys(counts: Int64s, values: Int64s) -> Int64s:
    """List and value of each entry in one number, sorted; values are below 2^31."""
    return np.sort(np.repeat(np.arange(len(counts)), counts) << 31 | values)


def _lists(texts: Sequence[str], keys: Int64s) -> Lists:
    return Lists(_counts(texts), keys & ((1 << 31) - 1))
