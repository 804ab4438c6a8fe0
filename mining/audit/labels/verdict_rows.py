"""The verdicts of an audit beside the negatives of the mined set that it audited."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from citemesh.errors import InputError
from citemesh.mining.audit.verdicts import verdict_batches

_SAME = ("query_id", "negative_pmid", "strategy")


class VerdictRows:
    """Reads verdicts in step with negatives: both have equal rows in equal order.

    Args:
        audit: the audit's folder.
        mined: the mined set's folder, for messages.
    """

    def __init__(self, audit: Path, mined: Path) -> None:
        self._batches = verdict_batches(audit, [*_SAME, "verdict"])
        self._held: pa.Table | None = None
        self._error = InputError(
            f"{audit} is not an audit of {mined} as it is now: their rows differ.",
            f"Audit again: citemesh audit run {mined.name} --name {audit.name} --force",
        )

    def next(self, negatives: pa.Table) -> NDArray[np.object_]:
        """The verdicts of the next negatives, shape (n,).

        Raises:
            InputError: when the verdicts are of other negatives.
        """
        held = self._held
        while held is None or held.num_rows < negatives.num_rows:
            batch = next(self._batches, None)
            if batch is None:
                raise self._error
            more = pa.Table.from_batches([batch])
            held = more if held is None else pa.concat_tables([held, more])
        own, self._held = held.slice(0, negatives.num_rows), held.slice(negatives.num_rows)
        for name in _SAME:
            if not pc.all(pc.equal(own.column(name), negatives.column(name))).as_py():
                raise self._error
        return np.asarray(own.column("verdict").to_numpy(), object)

    def check_end(self) -> None:
        """Refuse verdicts beyond the last negative."""
        rest = 0 if self._held is None else self._held.num_rows
        if rest or any(batch.num_rows for batch in self._batches):
            raise self._error
