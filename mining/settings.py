"""What to mine: strategies with their quotas and parameters, and what the guards drop."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

from citemesh.errors import SettingsError
from citemesh.mining.anchors.collect import MESH, TITLES, AnchorSettings
from citemesh.mining.anchors.filters import parse_filter
from citemesh.mining.guards import MAX_COCITATIONS, MAX_SIML
from citemesh.mining.strategies import Strategy, strategy_named

_QUOTA = re.compile(r"([a-z_]+)=(\d+)")
_PARAMETER = re.compile(r"([a-z_]+)\.([a-z_]+)=(.*)")
_BAND = re.compile(r"(\d+):(\d+)")
#: Strategies that take `--band`.
_BANDED = ("cocited", "coupled")


@dataclass(frozen=True)
class MiningSettings:
    """What to mine. Hashable, so that workers read deny lists and the like once.

    Args:
        quotas: strategy names with negatives per anchor, in the order in which they take them.
        parameters: strategy name, parameter and value as text, where they are not the defaults.
        max_siml: the guard's limit of MeSH similarity.
        max_cocitations: the guard's limit of articles that cite both.
        guards_off: guards that are not asked.
        limit: at most this many anchors; all when None.
        deny: files with the PMIDs of evaluation sets.
        engine: ``cypher``, ``arrays``, or ``auto`` to choose by the number of anchors.
        anchors: ``titles``, ``citations``, ``mesh``, or the path of a user's own queries.
        qrels: of a BEIR folder, which of its judgments.
        filters: which articles may be anchors, each ``KEY=VALUE``.
        model: that strategies of the text and the margin encode with.
        margin: the greatest share of the best positive's score by `model`; None: not asked.
        cross_encoder: the model that vetoes; None: not asked.
    """

    quotas: tuple[tuple[str, int], ...]
    parameters: tuple[tuple[str, str, str], ...] = ()
    max_siml: float = MAX_SIML
    max_cocitations: int = MAX_COCITATIONS
    guards_off: frozenset[str] = frozenset()
    limit: int | None = None
    deny: tuple[Path, ...] = ()
    engine: str = "auto"
    anchors: str = TITLES
    qrels: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    model: str | None = None
    margin: float | None = None
    cross_encoder: str | None = None

    @property
    def anchor_settings(self) -> AnchorSettings:
        """What the anchors are.

        Raises:
            SettingsError: for a filter that cannot be read, or does not fit the kind of anchors;
                for MeSH anchors without the guard that knows all papers about the heading.
        """
        if self.anchors == MESH and "shared_major" in self.guards_off:
            raise SettingsError("--anchors mesh needs the guard shared_major.")
        made = AnchorSettings(self.anchors, self.qrels, parse_filter(self.filters), self.limit)
        made.check()
        return made

    def strategies(self) -> dict[str, Strategy]:
        """The strategies with their parameters.

        Raises:
            SettingsError: for an unknown parameter or a value of the wrong kind.
        """
        made = {name: strategy_named(name) for name, _ in self.quotas}
        for name, parameter, value in self.parameters:
            if name not in made:
                raise SettingsError(
                    f"{name}.{parameter} is set, but the strategy {name!r} is not asked for.",
                    f"Add, for example: --strategy {name}=2",
                )
            made[name] = _with_parameter(made[name], parameter, value)
        return made


def parse_quotas(texts: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Read ``--strategy NAME=NUMBER`` values.

    Raises:
        SettingsError: for another form, an unknown strategy, a number below 1, a name twice.
    """
    if not texts:
        raise SettingsError("No strategy was given.", "Add, for example: --strategy sibling=4")
    quotas: dict[str, int] = {}
    for text in texts:
        parts = _QUOTA.fullmatch(text)
        if not parts or int(parts[2]) < 1:
            raise SettingsError(
                f"--strategy {text!r} cannot be read.",
                "Give a name and how many negatives per anchor, at least 1: sibling=4",
            )
        name = strategy_named(parts[1]).name
        if name in quotas:
            raise SettingsError(f"--strategy {name} is given twice.", "Give each strategy once.")
        quotas[name] = int(parts[2])
    return tuple(quotas.items())


def parse_parameters(
    texts: Sequence[str], band: str | None, quotas: Sequence[tuple[str, int]]
) -> tuple[tuple[str, str, str], ...]:
    """Read ``--set STRATEGY.PARAMETER=VALUE`` values and ``--band LOW:HIGH``.

    Raises:
        SettingsError: for another form.
    """
    parameters = []
    if band is not None:
        low_high = _BAND.fullmatch(band)
        banded = [name for name, _ in quotas if name in _BANDED]
        if not low_high or not 1 <= int(low_high[1]) <= int(low_high[2]):
            raise SettingsError(f"--band {band!r} cannot be read.", "Give two numbers: 1:2")
        if not banded:
            raise SettingsError("--band is for the strategies cocited and coupled.")
        for name in banded:
            parameters += [(name, "low", low_high[1]), (name, "high", low_high[2])]
    for text in texts:
        parts = _PARAMETER.fullmatch(text)
        if not parts:
            raise SettingsError(
                f"--set {text!r} cannot be read.",
                "Give strategy, parameter and value: coupled.hub=500",
            )
        parameters.append((parts[1], parts[2], parts[3]))
    return tuple(parameters)


def _with_parameter(strategy: Any, parameter: str, value: str) -> Any:
    kinds: Mapping[str, Any] = get_type_hints(type(strategy))
    known = [field.name for field in fields(strategy) if field.name != "name"]
    if parameter not in known:
        near = get_close_matches(parameter, known, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise SettingsError(
            f"The strategy {strategy.name!r} has no parameter {parameter!r}.",
            f"{hint}It has: {', '.join(known) or 'none'}.",
        )
    try:
        return replace(strategy, **{parameter: _read(kinds[parameter], value)})
    except ValueError as error:
        kind = kinds[parameter].__name__
        raise SettingsError(
            f"{strategy.name}.{parameter}={value!r} is no {kind}.",
            f"It is {getattr(strategy, parameter)} when left out.",
        ) from error


def _read(kind: Any, value: str) -> Any:
    if kind is bool:  # which Python takes to be true of any text
        if value not in ("true", "false"):
            raise ValueError(value)
        return value == "true"
    return kind(value)
