"""Ways to find candidates, one small module each, registered by name."""

from __future__ import annotations

from difflib import get_close_matches

from citemesh.errors import SettingsError
from citemesh.mining.strategies.base import GraphStrategy
from citemesh.mining.strategies.cited import Cited
from citemesh.mining.strategies.plugins import plugged_in
from citemesh.mining.strategies.random_documents import Random
from citemesh.mining.strategies.shared import Cocited, Coupled
from citemesh.mining.strategies.sibling import Sibling
from citemesh.mining.strategies.two_hop import TwoHop

__all__ = ["STRATEGIES", "GraphStrategy", "strategy_named"]

STRATEGIES: dict[str, GraphStrategy] = {
    s.name: s for s in (Cited(), TwoHop(), Cocited(), Coupled(), Sibling(), Random())
}


def strategy_named(name: str) -> GraphStrategy:
    """The strategy of a name.

    Raises:
        SettingsError: for an unknown name, with the nearest known one.
    """
    known = {**STRATEGIES, **plugged_in(tuple(STRATEGIES))}
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise SettingsError(f"There is no strategy {name!r}.", f"{hint}Known: {', '.join(known)}.")
    return known[name]
