"""Suggesting the name that a user may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest_hint(name: str, names: Iterable[str]) -> str:
    """A question that names the nearest of several names; empty when none is near.

    Args:
        name: what was asked for.
        names: what there is.
    """
    near = get_close_matches(name, list(names), 1)
    return f"Did you mean {near[0]}?" if near else ""
