"""The graph's articles in batches of arrays, in the order of their PMIDs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query

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
    same_work: Lists


def article_batches(client: GraphClient, descriptors: Mapping[str, int]) -> Iterator[ArticleBatch]:
    """All articles; memory is that of one batch.

    Args:
        client: the graph.
        descriptors: UI to position.

    Raises:
        GraphChangedError: for a heading whose descriptor is not among them.
    """
    query = named_query("graph", "snapshot_articles")
    after = -1
    while True:
        (row,) = client.rows(query, after=after, limit=BATCH_ARTICLES)
        if not row["pmid"]:
            return
        yield _batch(row, descriptors)
        after = row["pmid"][-1]


def _batch(row: Mapping[str, Any], descriptors: Mapping[str, int]) -> ArticleBatch:
    plain = {name: np.array(row[name], dtype=np.int64) for name in ("pmid", "year", "h", "flags")}
    headings = _descriptor_keys(row["headings"], descriptors)
    return ArticleBatch(
        **plain,
        title_key=title_keys(row["title"]),
        cites=_lists(row["cites"], _article_keys(row["cites"])),
        headings=_lists(row["headings"], headings),
        major=np.isin(headings, _descriptor_keys(row["major"], descriptors)),
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


def _keys(counts: Int64s, values: Int64s) -> Int64s:
    """List and value of each entry in one number, sorted; values are below 2^31."""
    return np.sort(np.repeat(np.arange(len(counts)), counts) << 31 | values)


def _lists(texts: Sequence[str], keys: Int64s) -> Lists:
    return Lists(_counts(texts), keys & ((1 << 31) - 1))
