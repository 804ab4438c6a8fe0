"""What of an audit goes into its page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from citemesh.errors import SettingsError
from citemesh.mining.audit.verdicts import VERDICTS

#: The most items of a page: beyond it browsers take long to open the file.
MAX_ITEMS = 5_000


@dataclass(frozen=True)
class PageSettings:
    """What of an audit goes into its page.

    Args:
        sample: how many negatives; None for all, up to `MAX_ITEMS`.
        seed: of the draw; a greater sample of the same seed holds the smaller one.
        verdicts: only negatives with one of these; empty for all.
        strategies: only negatives of one of these; empty for all.
        out: the file to write; ``audits/NAME/page.html`` when None.

    Raises:
        SettingsError: for a sample that no page holds, or a verdict that there is not.
    """

    sample: int | None = 200
    seed: int = 0
    verdicts: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    out: Path | None = None

    def __post_init__(self) -> None:
        if self.sample is not None and not 1 <= self.sample <= MAX_ITEMS:
            raise SettingsError(
                f"A page of {self.sample:,} negatives was asked for.",
                f"A page holds 1 to {MAX_ITEMS:,}.",
            )
        if self.seed < 0:
            raise SettingsError(f"The seed {self.seed} is negative.", "Take one from 0 on.")
        unknown = [verdict for verdict in self.verdicts if verdict not in VERDICTS]
        if unknown:
            raise SettingsError(
                f"There is no verdict {', '.join(unknown)}.", f"There are: {', '.join(VERDICTS)}."
            )

    @property
    def most(self) -> int:
        """How many negatives the page holds at most."""
        return MAX_ITEMS if self.sample is None else self.sample
