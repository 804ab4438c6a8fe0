"""A stratified sample of an audit's negatives: strategy by verdict, drawn by a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from citemesh.errors import InputError
from citemesh.mining.audit.page.allocation import Name, allocate
from citemesh.mining.audit.page.settings import PageSettings
from citemesh.mining.audit.verdicts import VERDICTS, verdict_batches


@dataclass(frozen=True, slots=True)
class Stratum:
    """The negatives of one strategy with one verdict.

    Args:
        strategy, verdict: which.
        size: how many there are in the audit.
        drawn: how many of them are in the sample.
    """

    strategy: str
    verdict: str
    size: int
    drawn: int


@dataclass(frozen=True)
class Sample:
    """Drawn negatives.

    Args:
        strata: all that were asked for, by strategy and from the worst verdict to the best.
        rows: the verdicts' rows, each with ``stratum``, its index in `strata`. Their order is one
            to review them in: within a stratum it is random, so that the first labels of a
            stratum are a random sample of it too, and every stratum comes early.
    """

    strata: list[Stratum]
    rows: list[dict[str, Any]]


def draw_sample(folder: Path, settings: PageSettings) -> Sample:
    """Draw a page's negatives from the verdicts of an audit; holds no more than that many rows.

    Raises:
        InputError: for a strategy that the audit has not, when nothing is left to draw from, or
            when the sample cannot hold one of each stratum.
    """
    least, sizes = _least_keys(folder, settings)
    names = sorted(sizes, key=lambda name: (name[0], VERDICTS.index(name[1])))
    _check(names, sizes, settings)
    kept = [name for name in names if _wanted(name, settings)]
    shares = allocate(kept, [sizes[name] for name in kept], settings.most)
    strata = [Stratum(*name, sizes[name], n) for name, n in zip(kept, shares, strict=True)]
    place = {
        int(row): (number, rank)
        for number, stratum in enumerate(strata)
        for rank, row in enumerate(least[(stratum.strategy, stratum.verdict)][: stratum.drawn])
    }
    found = dict(_rows(folder, np.array(sorted(place))))
    order = sorted(place, key=lambda row: _turn(*place[row], strata, row, settings.seed))
    return Sample(strata, [{**found[row], "stratum": place[row][0]} for row in order])


def _turn(number: int, rank: int, strata: list[Stratum], row: int, seed: int) -> tuple[Any, ...]:
    """Where a row stands in the review: one of every stratum first, then all strata in step."""
    return (rank / strata[number].drawn if rank else -1.0, int(_keys(np.array([row]), seed)[0]))


def _least_keys(
    folder: Path, settings: PageSettings
) -> tuple[dict[Name, NDArray[np.int64]], dict[Name, int]]:
    """Of each stratum the rows with the least keys, at most as many as the page, and its size."""
    rows: dict[Name, NDArray[np.int64]] = {}
    sizes: dict[Name, int] = {}
    start = 0
    for batch in verdict_batches(folder, ["strategy", "verdict"]):
        numbers = np.arange(start, start + batch.num_rows)
        start += batch.num_rows
        for name, mask in _masks(batch):
            sizes[name] = sizes.get(name, 0) + int(mask.sum())
            both = np.concatenate([rows.get(name, numbers[:0]), numbers[mask]])
            rows[name] = both[np.argsort(_keys(both, settings.seed))][: settings.most]
    return rows, sizes


def _masks(batch: pa.RecordBatch) -> Iterator[tuple[Name, NDArray[np.bool_]]]:
    strategies, verdicts = batch["strategy"], batch["verdict"]
    for strategy in pc.unique(strategies).to_pylist():
        of_strategy = pc.equal(strategies, strategy)
        for verdict in pc.unique(verdicts.filter(of_strategy)).to_pylist():
            both = pc.and_(of_strategy, pc.equal(verdicts, verdict))
            yield (strategy, verdict), both.to_numpy(zero_copy_only=False)


def _keys(rows: NDArray[np.int64], seed: int) -> NDArray[np.uint64]:
    """A pseudo-random number of each row, shape (n,): SplitMix64 (Steele et al., 2014, fig. 14)."""
    with np.errstate(over="ignore"):
        start = np.uint64(seed % 2**32) << np.uint64(32)
        z = (rows.astype(np.uint64) + start + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def _rows(folder: Path, wanted: NDArray[np.int64]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows by their number, which are sorted."""
    start = 0
    for batch in verdict_batches(folder):
        first, last = np.searchsorted(wanted, (start, start + batch.num_rows))
        here = wanted[first:last]
        yield from zip(here.tolist(), batch.take(pa.array(here - start)).to_pylist(), strict=True)
        start += batch.num_rows


def _wanted(name: Name, settings: PageSettings) -> bool:
    strategy, verdict = name
    return (not settings.strategies or strategy in settings.strategies) and (
        not settings.verdicts or verdict in settings.verdicts
    )


def _check(names: list[Name], sizes: dict[Name, int], settings: PageSettings) -> None:
    if not names:
        raise InputError("The audit holds no negatives.", "There is nothing to review.")
    known = sorted({strategy for strategy, _ in names})
    unknown = [strategy for strategy in settings.strategies if strategy not in known]
    if unknown:
        raise InputError(
            f"The audit has no negatives of strategy {', '.join(unknown)}.",
            f"It has: {', '.join(known)}.",
        )
    if not any(_wanted(name, settings) for name in names):
        counts = ", ".join(f"{sizes[name]:,} {name[0]} {name[1]}" for name in names)
        raise InputError("No negative of the audit is of that strategy and verdict.",
                         f"It has: {counts}.")  # fmt: skip
