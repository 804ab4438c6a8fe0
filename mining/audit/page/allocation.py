"""How many negatives of each stratum are drawn."""

from __future__ import annotations

from collections.abc import Sequence

from citemesh.errors import InputError

#: Strategy and verdict of a stratum.
Name = tuple[str, str]
#: Of each stratum so many come first, before size counts.
_LEAST = 5


def allocate(names: Sequence[Name], sizes: Sequence[int], total: int) -> list[int]:
    """How many to draw of each stratum; of a greater total never fewer.

    Each gets one in turn until it has five. Of the rest strategies have equal parts, since each
    has its own rate to be estimated, and within a strategy strata share by size.

    Args:
        names: strategy and verdict of each.
        sizes: negatives in each.
        total: how many to draw.

    Raises:
        InputError: when there are more strata than negatives to draw.
    """
    if total < len(names):
        raise InputError(
            f"A sample of {total:,} cannot hold one of each of {len(names)} strata "
            "(strategy by verdict).",
            f"Take --sample {len(names)} or more, or fewer strata with --strategy and --verdict.",
        )
    shares = _in_turn(sizes, total)
    if sum(shares) == total:
        return shares
    own: dict[str, list[int]] = {}
    for place, (strategy, _) in enumerate(names):
        own.setdefault(strategy, []).append(place)
    parts = _share_out(
        total,
        [sum(shares[i] for i in places) for places in own.values()],
        [1] * len(own),
        [sum(sizes[i] for i in places) for places in own.values()],
    )
    for part, places in zip(parts, own.values(), strict=True):
        of_strategy = [sizes[i] for i in places]
        numbers = _share_out(part, [shares[i] for i in places], of_strategy, of_strategy)
        for i, number in zip(places, numbers, strict=True):
            shares[i] = number
    return shares


def _in_turn(sizes: Sequence[int], total: int) -> list[int]:
    """One of each, then a second of each, up to `_LEAST`."""
    shares = [0] * len(sizes)
    for level in range(1, _LEAST + 1):
        for place, size in enumerate(sizes):
            if size >= level and sum(shares) < total:
                shares[place] = level
    return shares


def _share_out(
    total: int, floors: Sequence[int], weights: Sequence[int], caps: Sequence[int]
) -> list[int]:
    """Whole numbers by weight (Webster's divisors), from floors up to caps."""
    shares = list(floors)
    for _ in range(min(total, sum(caps)) - sum(floors)):
        open_ones = [i for i, cap in enumerate(caps) if shares[i] < cap]
        shares[max(open_ones, key=lambda i: weights[i] / (2 * shares[i] + 1))] += 1
    return shares
