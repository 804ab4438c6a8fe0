"""Mining by ranges of anchors: each is a task of its own, done once, whatever ends the run.

A range's anchors lie in ``anchors-NNNNN.parquet`` of a work folder; the task writes its negatives
and last of all its summary, each whole or not at all. A range with a summary is finished.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from citemesh.graph.client import GraphClient
from citemesh.graph.connection import Connection
from citemesh.graph.pubmed.staging import COMPRESSION
from citemesh.graph.snapshot.snapshot import map_snapshot
from citemesh.mining.anchors import Anchor, read_deny_list
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.cypher_engine import CypherEngine
from citemesh.mining.engine import Engine
from citemesh.mining.guards import GuardSettings
from citemesh.mining.miner import MinedSummary, Miner
from citemesh.mining.negatives import anchor_table, read_anchors
from citemesh.mining.score_guards import ScoreSettings, open_score_guards
from citemesh.mining.settings import MiningSettings
from citemesh.mining.summary_file import read_summary, summary_text
from citemesh.mining.texts.indexes import IndexPlaces, open_indexes
from citemesh.outputs import write_text

#: Anchors per range: bounds the memory, and is what a killed run does again, at most, per worker.
#: In smaller ones the fixed cost of array operations shows.
RANGE_ANCHORS = 2_000


@dataclass(frozen=True)
class Source:
    """Where a worker finds the graph.

    Args:
        snapshot: the folder of the snapshot; None to ask the server.
        connection: the server; None to read the snapshot.
    """

    snapshot: Path | None = None
    connection: Connection | None = None


@dataclass(frozen=True)
class RangeTask:
    """One range of anchors.

    Args:
        anchors: its file of anchors.
        settings: what to mine.
        source: the graph.
        indexes: what strategies of the text search in.
        scores: what the score guards need.
    """

    anchors: Path
    settings: MiningSettings
    source: Source
    indexes: IndexPlaces = field(default_factory=IndexPlaces)
    scores: ScoreSettings = field(default_factory=ScoreSettings)

    @property
    def negatives(self) -> Path:
        """Where its negatives go."""
        return self.anchors.with_name(self.anchors.name.replace("anchors", "negatives"))

    @property
    def summary(self) -> Path:
        """Where its summary goes; it is there when the range is finished."""
        return self.anchors.with_name(f"{self.anchors.stem.replace('anchors', 'summary')}.json")


def write_ranges(folder: Path, anchors: Iterable[Anchor]) -> Iterator[int]:
    """Write anchors by ranges into an empty folder; yield the size of each."""
    remaining, number = iter(anchors), 0
    while some := list(islice(remaining, RANGE_ANCHORS)):
        _write_whole(folder / f"anchors-{number:05}.parquet", anchor_table(some))
        number += 1
        yield len(some)


def mine_range(task: RangeTask) -> int:
    """Mine one range; return how many anchors it had."""
    anchors = list(read_anchors(task.anchors))
    settings = task.settings
    miner = Miner(
        _engine(task.source), settings.strategies(), dict(settings.quotas), _guards(settings),
        open_indexes(task.indexes), open_score_guards(task.scores),
    )  # fmt: skip
    _write_whole(task.negatives, miner.mine_batch(anchors))
    write_text(task.summary, summary_text(miner.summary))
    return len(anchors)


def summary_of(task: RangeTask) -> MinedSummary:
    """The summary of a finished range."""
    return read_summary(json.loads(task.summary.read_text(encoding="utf-8")))


# Kept for all ranges that a worker does: opening takes longer than mining a range.
@cache
def _engine(source: Source) -> Engine:
    if source.snapshot is not None:
        return ArrayEngine(map_snapshot(source.snapshot))
    assert source.connection is not None
    return CypherEngine(GraphClient(source.connection))


@cache
def _guards(settings: MiningSettings) -> GuardSettings:
    return GuardSettings(
        max_siml=settings.max_siml,
        max_cocitations=settings.max_cocitations,
        deny=read_deny_list(settings.deny) if settings.deny else None,
        off=settings.guards_off,
    )


def _write_whole(path: Path, table: pa.Table) -> None:
    partial = path.with_name(f".{path.name}.partial")
    try:
        pq.write_table(table, partial, **COMPRESSION)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
