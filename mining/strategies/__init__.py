"""Ways to find candidates, one small module each, registered by name."""

from __future__ import annotations

from difflib import get_close_matches

from citemesh.errors import SettingsError
from citemesh.mining.strategies.band import Band
from citemesh.mining.strategies.base import GraphStrategy, Strategy, TextStrategy
from citemesh.mining.strategies.cited import Cited
from citemesh.mining.strategies.dense import Dense
from citemesh.mining.strategies.discordant import Discordant
from citemesh.mining.strategies.lexical import Lexical
from citemesh.mining.strategies.plugins import plugged_in
from citemesh.mining.strategies.random_documents import Random
from citemesh.mining.strategies.shared import Cocited, Coupled
from citemesh.mining.strategies.sibling import Sibling
from citemesh.mining.strategies.two_hop import TwoHop
from citemesh.mining.strategies.walk import Walk

__all__ = ["STRATEGIES", "GraphStrategy", "Strategy", "TextStrategy", "strategy_named"]

_KNOWN: tuple[Strategy, ...] = (
    Cited(), TwoHop(), Cocited(), Coupled(), Sibling(), Random(),
    Lexical(), Dense(), Discordant(), Band(), Walk(),
)  # fmt: skip
STRATEGIES: dict[str, Strategy] = {strategy.name: strategy for strategy in _KNOWN}


def strategy_named(name: str) -> Strategy:
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
