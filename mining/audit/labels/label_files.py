"""Labels that people give to mined negatives: read from files, merged over reviewers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from citemesh.errors import InputError
from citemesh.mining.anchors.query_file import Place, checked_id, json_rows
from citemesh.mining.audit.inputs.triples import entry_pmid

RELEVANT, NOT_RELEVANT, UNSURE = "relevant", "not_relevant", "unsure"
LABELS = (RELEVANT, NOT_RELEVANT, UNSURE)
#: What the review page writes of a reviewer without a name.
_NAMELESS = ("", "anonymous")
#: Query id and PMID of a negative; what is said of it holds whichever strategy found it.
Pair = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Stratum:
    """A group of negatives of one strategy from which some were drawn to be labelled.

    Args:
        name: of the group.
        size: how many negatives it has.
    """

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Label:
    """What one reviewer said of one negative.

    Args:
        pair: the negative.
        label: one of `LABELS`.
        reviewer: who said so; the file, where it names nobody.
        audit: the audit whose page was reviewed; empty when unknown.
        strategy: that found the negative; empty when unknown.
        stratum: from which it was drawn, with the number of negatives there; None when unknown.
    """

    pair: Pair
    label: str
    reviewer: str
    audit: str
    strategy: str
    stratum: Stratum | None


@dataclass(frozen=True)
class Labels:
    """The last word of every reviewer on every negative.

    Args:
        by_pair: negative → reviewer → label.
        replaced: labels that a later one of the same reviewer took the place of.
        audits: audits → pairs that were labelled there.
        strata: negative and strategy → from where it was drawn.
    """

    by_pair: Mapping[Pair, Mapping[str, str]]
    replaced: int = 0
    audits: Mapping[str, int] = field(default_factory=dict)
    strata: Mapping[tuple[Pair, str], Stratum | None] = field(default_factory=dict)

    @property
    def reviewers(self) -> list[str]:
        """Everyone who gave a label, sorted."""
        return sorted({reviewer for own in self.by_pair.values() for reviewer in own})

    def conflicts(self) -> dict[Pair, Mapping[str, str]]:
        """Negatives that one reviewer calls relevant and another not; "unsure" is no objection."""
        return {
            pair: own
            for pair, own in self.by_pair.items()
            if RELEVANT in own.values() and NOT_RELEVANT in own.values()
        }


def read_labels(paths: Sequence[Path]) -> Labels:
    """Read label files; a reviewer's later line on a negative wins, in the order of the files.

    Raises:
        InputError: for a file that is not there; with file and line, for a line that is no label;
            for files without any.
    """
    for path in paths:
        if not path.is_file():
            raise InputError(
                f"The labels file {path} is not there.",
                "Label on the page of `citemesh audit page`, and download the labels there.",
            )
    by_pair: dict[Pair, dict[str, str]] = {}
    audit_of: dict[Pair, str] = {}
    strata: dict[tuple[Pair, str], Stratum | None] = {}
    replaced = 0
    for path in paths:
        for place, row in json_rows(path):
            found = _label(place, row)
            own = by_pair.setdefault(found.pair, {})
            replaced += found.reviewer in own
            own[found.reviewer] = found.label
            audit_of[found.pair] = found.audit
            strata[found.pair, found.strategy] = found.stratum
    if not by_pair:
        raise InputError(
            f"There is no label in {', '.join(map(str, paths))}.",
            "Label on the page of `citemesh audit page`, and download the labels there.",
        )
    return Labels(by_pair, replaced, dict(Counter(audit_of.values()).most_common()), strata)


def _label(place: Place, row: Mapping[str, Any]) -> Label:
    label = row.get("label")
    if label not in LABELS:
        raise place.fault(f"{str(label)[:40]!r} is no label.", f"Labels are: {', '.join(LABELS)}.")
    pmid = entry_pmid(place, row.get("negative_pmid"), "negative_pmid")
    pair = checked_id(place, row.get("query_id")), pmid
    reviewer = _text(place, row, "reviewer")
    if reviewer in _NAMELESS:
        # Two nameless files are of two people: one must not overrule the other unseen.
        reviewer = str(place.path)
    audit, strategy = _text(place, row, "audit"), _text(place, row, "strategy")
    return Label(pair, label, reviewer, audit, strategy, _stratum(place, row))


def _text(place: Place, row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise place.fault(f"{name!r} is {value!r}, which is no text.")
    shown = "".join(c if c.isprintable() else " " for c in value or "")
    return " ".join(shown.split())


def _stratum(place: Place, row: Mapping[str, Any]) -> Stratum | None:
    name, size = _text(place, row, "stratum"), row.get("stratum_size")
    if not name or size is None:
        return None
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise place.fault(f"'stratum_size' is {str(size)[:40]!r}, which is no number of negatives.")
    return Stratum(name, size)
