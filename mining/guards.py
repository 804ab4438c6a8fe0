"""Guards: what must not be taken as a negative, because it is probably relevant or unfit.

A guard looks at a candidate and says why it falls, or nothing. They are asked in the order of
`GUARDS`, and the first that objects is counted in the drop report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from citemesh.graph.pmid_set import PmidSet
from citemesh.mining.anchors import Anchor
from citemesh.mining.evidence import ArticleFacts, Evidence

#: One article that cites both may do so in passing, two tell of relatedness: 81 % of co-cited pairs
#: of a PubMed file of 1977-79 would be positives by label similarity.
MAX_COCITATIONS = 1
#: BioHiCL's β: label similarity above it makes a positive (Lan et al., 2026, §Method).
MAX_SIML = 0.3


@dataclass(frozen=True)
class GuardSettings:
    """What the guards drop.

    Args:
        max_siml: the greatest SimL of a negative with its anchor.
        max_cocitations: how many articles may cite both.
        deny: PMIDs of evaluation sets; None when there are none.
    """

    max_siml: float = MAX_SIML
    max_cocitations: int = MAX_COCITATIONS
    deny: PmidSet | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A candidate before its guards.

    Args:
        anchor: the anchor with all known positives.
        anchor_facts: facts of the article that the strategy started from.
        facts: facts of the candidate.
        evidence: what is known of the two.
        by_citation: whether the strategy found it by a citation; then that citation is no reason
            to drop it.
    """

    anchor: Anchor
    anchor_facts: ArticleFacts
    facts: ArticleFacts
    evidence: Evidence
    by_citation: bool


Guard = Callable[[Case, GuardSettings], bool]


def _known_positive(case: Case, settings: GuardSettings) -> bool:
    return case.facts.pmid in (*case.anchor.positive_pmids, case.anchor.anchor_pmid)


def _evaluation_set(case: Case, settings: GuardSettings) -> bool:
    return settings.deny is not None and case.facts.pmid in settings.deny


def _same_work(case: Case, settings: GuardSettings) -> bool:
    same_text = case.facts.title.casefold() == case.anchor_facts.title.casefold()
    return same_text or case.facts.pmid in case.anchor_facts.same_work


def _retracted(case: Case, settings: GuardSettings) -> bool:
    return case.facts.retracted


def _published_later(case: Case, settings: GuardSettings) -> bool:
    own, other = case.anchor_facts.year, case.facts.year
    return own is not None and other is not None and other > own


def _unknown_topic(case: Case, settings: GuardSettings) -> bool:
    # Nothing known in common is no sign of being unrelated; check tags alone tell no topic.
    return not (case.facts.headings and case.anchor_facts.headings)


def _cited_either_way(case: Case, settings: GuardSettings) -> bool:
    return not case.by_citation and (
        case.evidence.citations.cites or case.evidence.citations.cited_by
    )


def _cocited(case: Case, settings: GuardSettings) -> bool:
    return case.evidence.citations.shared_citers > settings.max_cocitations


def _shared_major(case: Case, settings: GuardSettings) -> bool:
    return case.evidence.shared_major > 0


def _too_similar(case: Case, settings: GuardSettings) -> bool:
    return case.evidence.siml is not None and case.evidence.siml > settings.max_siml


#: Guard name, as the drop report prints it, to the guard.
GUARDS: dict[str, Guard] = {
    "known positive of the query": _known_positive,
    "in an evaluation set": _evaluation_set,
    "same work or same title": _same_work,
    "retracted": _retracted,
    "published after the anchor": _published_later,
    "no topical MeSH heading: relatedness unknown": _unknown_topic,
    "cited by or citing the anchor": _cited_either_way,
    "co-cited with the anchor": _cocited,
    "shares a major heading": _shared_major,
    "MeSH similarity above the limit": _too_similar,
}


def first_objection(case: Case, settings: GuardSettings) -> str | None:
    """The name of the first guard that drops the candidate, or None when it may stay."""
    return next((name for name, guard in GUARDS.items() if guard(case, settings)), None)
