"""Strategies of other packages, found by the entry point ``citemesh.strategies``.

A package names its strategy in its ``pyproject.toml``::

    [project.entry-points."citemesh.strategies"]
    citing = "citing_strategy:Citing"

and, once installed beside CiteMesh, ``--strategy citing=2`` mines with it. examples/ has one.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from citemesh.errors import SettingsError
from citemesh.mining.strategies.base import Strategy, TextStrategy

GROUP = "citemesh.strategies"
_NAME = re.compile(r"[a-z][a-z_]*")


@cache
def plugged_in(own: Collection[str]) -> dict[str, Strategy]:
    """The strategies of other packages, by name.

    Args:
        own: names that are taken by CiteMesh's own.

    Raises:
        SettingsError: for one that cannot be loaded, is no strategy, or has a name that is taken.
    """
    found: dict[str, Strategy] = {}
    for point in entry_points(group=GROUP):
        strategy = _load(point)
        if strategy.name in own or strategy.name in found:
            raise _unfit(point, f"its name {strategy.name!r} is taken")
        found[strategy.name] = strategy
    return found


def _load(point: EntryPoint) -> Strategy:
    try:
        strategy: Strategy = point.load()()
    except Exception as error:
        raise _unfit(point, f"{type(error).__name__}: {error}") from error
    name = getattr(strategy, "name", None)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _unfit(point, f"its name is {name!r}; a name has small letters and underscores")
    missing = [word for word in ("ask", "look") if not callable(getattr(strategy, word, None))]
    if missing and not isinstance(strategy, TextStrategy):
        raise _unfit(point, f"it has no {' and no '.join(missing)}")
    return strategy


def _unfit(point: EntryPoint, why: str) -> SettingsError:
    return SettingsError(
        f"The strategy {point.name!r} of {point.value} cannot be used: {why}.",
        "Mend or uninstall the package that brings it.",
    )
