"""What reviewers' labels mean for a mined negative: keep, drop or promote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from citemesh.errors import SettingsError
from citemesh.mining.audit.labels.label_files import NOT_RELEVANT, RELEVANT, Labels, Pair
from citemesh.mining.audit.verdicts import VERDICTS

KEEP, DROP, MAJORITY = "keep", "drop", "majority"
#: Why a negative was dropped, as in ``drops.json``.
LABELLED_RELEVANT = "labelled relevant"
LABELLED_UNSURE = "labelled unsure"
DISPUTED = "reviewers disagree"


@dataclass(frozen=True)
class ApplySettings:
    """What is done with labels and verdicts.

    Args:
        promote: whether a relevant negative becomes a known positive of its anchor.
        unsure: `KEEP` or `DROP` negatives of which nobody says more than "unsure".
        conflict: `KEEP` or `DROP` negatives that one calls relevant and another not, or let the
            `MAJORITY` say; a tie is dropped.
        drop_verdicts: negatives with these verdicts are dropped, but for those that labels keep.
        audit: with these verdicts; that of the mined set's name when None.

    Raises:
        SettingsError: for a word that is none of these.
    """

    promote: bool = False
    unsure: str = KEEP
    conflict: str = DROP
    drop_verdicts: tuple[str, ...] = ()
    audit: str | None = None

    def __post_init__(self) -> None:
        allowed = [
            ("unsure", self.unsure, (KEEP, DROP)),
            ("conflict", self.conflict, (DROP, KEEP, MAJORITY)),
            *(("drop-verdict", verdict, VERDICTS) for verdict in self.drop_verdicts),
        ]
        for option, value, words in allowed:
            if value not in words:
                raise SettingsError(f"--{option} {value!r} is none of {', '.join(words)}.")


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a labelled negative.

    Args:
        drop: why it is dropped; None when labels do not say so.
        promote: whether it becomes a known positive.
        settled: whether labels have decided, so that no verdict does.
    """

    drop: str | None
    promote: bool = False
    settled: bool = True


def decide(labels: Mapping[str, str], settings: ApplySettings) -> Decision:
    """What the labels of one negative mean.

    Args:
        labels: reviewer → label; "unsure" is no vote.
        settings: what is done with doubt.
    """
    votes = list(labels.values())
    yes, no = votes.count(RELEVANT), votes.count(NOT_RELEVANT)
    if not yes and not no:
        if settings.unsure == DROP:
            return Decision(LABELLED_UNSURE)
        return Decision(None, settled=False)
    if yes and no and settings.conflict == KEEP:
        return Decision(None)
    if yes and no and (settings.conflict == DROP or yes == no):
        return Decision(DISPUTED)
    return Decision(LABELLED_RELEVANT, settings.promote) if yes > no else Decision(None)


def decisions(labels: Labels, settings: ApplySettings) -> dict[Pair, Decision]:
    """The decision on each labelled negative."""
    return {pair: decide(own, settings) for pair, own in labels.by_pair.items()}
