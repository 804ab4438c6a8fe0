"""The training log: one line of JSON per step, and one per evaluation on the dev part."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from citemesh.outputs import write_text

Line = TypeVar("Line")


@dataclass(frozen=True)
class LogLine:
    """One step of a run, as it stands in ``training_log.jsonl``.

    Args:
        step: the step, from 1.
        loss: mean loss over the step's batch, before the step.
        learning_rate: the rate that the optimizer applied in this step.
        rows_seen: rows that went through the model up to and including this step.
        grad_norm: length of the gradient, before clipping.
        unique_anchors: different queries among the rows seen.
        duplicates: papers that stood in this step's batch more than once, each repeat counted.
        masked: pairs of a query and another row's document that were no negatives in this step.
        relative_weight_change: ‖weights - base‖ / ‖base‖ after this step; None where it was not
            measured.
        parts: the parts of the loss, by name.
    """

    step: int
    loss: float
    learning_rate: float
    rows_seen: int
    grad_norm: float
    unique_anchors: int = 0
    duplicates: int = 0
    masked: int = 0
    relative_weight_change: float | None = None
    parts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class DevLine:
    """One evaluation on the dev part, as it stands in ``dev_log.jsonl``.

    Args:
        step: after which; 0 is the untouched base.
        ndcg: nDCG@10, binary.
        saved: whether it is of the model as it was saved at the end, merged and averaged.
    """

    step: int
    ndcg: float
    saved: bool = False


def read_log(path: Path) -> list[LogLine]:
    """Read a training log; a last line cut short by a kill is left out."""
    return _read(path, LogLine)


def read_dev_log(path: Path) -> list[DevLine]:
    """Read a log of evaluations; a last line cut short by a kill is left out."""
    return _read(path, DevLine)


def append_line(path: Path, line: Any) -> None:
    """Append a line."""
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(asdict(line)) + "\n")


def write_log(path: Path, kept: Iterable[Any]) -> None:
    """Replace a log by some lines, whole or not at all."""
    write_text(path, "".join(json.dumps(asdict(line)) + "\n" for line in kept))


def _read(path: Path, make: Callable[..., Line]) -> list[Line]:
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            found.append(make(**json.loads(line)))
        except ValueError:
            break
    return found
