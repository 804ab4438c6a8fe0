"""Guards: what must not be taken as a negative, because it is probably relevant or unfit.

A guard marks candidates, judged against all known positives of the query. Guards are asked in the
order of `GUARDS`, and the first that objects is counted in the drop report. Those that need only
facts of articles come first: evidence is then read of the candidates that they let pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from citemesh.errors import SettingsError
from citemesh.graph.pmid_set import PmidSet
from citemesh.graph.snapshot.arrays import find_sorted
from citemesh.mining.cases import Cases, Mask, WeighedCases

#: One article that cites both may do so in passing, two tell of relatedness: 81 % of co-cited pairs
#: of a PubMed file of 1977-79 would be positives by label similarity.
MAX_COCITATIONS = 1
#: BioHiCL's β: label similarity above it makes a positive (Lan et al., 2026, §Method).
MAX_SIML = 0.3
#: Stands where no guard objects.
NO_OBJECTION = -1

CasesT = TypeVar("CasesT", bound=Cases)


@dataclass(frozen=True)
class GuardSettings:
    """What the guards drop.

    Args:
        max_siml: the greatest SimL of a negative with a known positive.
        max_cocitations: how many articles may cite both.
        deny: PMIDs of evaluation sets; None when there are none.
        off: names of guards that are not asked.
    """

    max_siml: float = MAX_SIML
    max_cocitations: int = MAX_COCITATIONS
    deny: PmidSet | None = None
    off: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Guard(Generic[CasesT]):
    """A reason to drop candidates.

    Args:
        label: as the drop report prints it.
        marks: the candidates that it drops, shape (candidates,).
    """

    label: str
    marks: Callable[[CasesT, GuardSettings], Mask]


def _known_positive(cases: Cases, settings: GuardSettings) -> Mask:
    return cases.any_pair(cases.known == cases.candidates.pmid[cases.pair])


def _evaluation_set(cases: Cases, settings: GuardSettings) -> Mask:
    if settings.deny is None:
        return np.zeros(len(cases), bool)
    return settings.deny.contains(cases.candidates.pmid)


def _same_work(cases: Cases, settings: GuardSettings) -> Mask:
    articles = cases.articles
    one, other = cases.known_row, cases.candidate_row[cases.pair]
    same_title = (articles.title_key[one] == articles.title_key[other]) & (
        articles.title_key[one] != 0
    )
    owner, works = articles.same_work.rows(np.arange(len(articles.pmid)))
    wanted = one << 32 | articles.pmid[other]
    return cases.any_pair(same_title | (find_sorted(np.sort(owner << 32 | works), wanted) >= 0))


def _retracted(cases: Cases, settings: GuardSettings) -> Mask:
    return cases.articles.retracted[cases.candidate_row]


def _published_later(cases: Cases, settings: GuardSettings) -> Mask:
    other = cases.articles.year[cases.candidate_row]
    return (cases.own_year > 0) & (other > cases.own_year)


def _unknown_topic(cases: Cases, settings: GuardSettings) -> Mask:
    # Nothing known in common is no sign of being unrelated; check tags alone tell no topic.
    indexed = np.diff(cases.articles.headings.indptr) > 0
    other = indexed[cases.candidate_row]
    return ~(other & cases.any_pair(indexed[cases.known_row]))


def _cited_either_way(cases: WeighedCases, settings: GuardSettings) -> Mask:
    cited = cases.evidence.citations.cites | cases.evidence.citations.cited_by
    # The citation by which a strategy found it is no reason to drop it.
    found_by = (cases.candidates.hops[cases.pair] == 1) & (cases.known == cases.start[cases.pair])
    return cases.any_pair(cited & ~found_by)


def _cocited(cases: WeighedCases, settings: GuardSettings) -> Mask:
    return cases.any_pair(cases.evidence.citations.shared_citers > settings.max_cocitations)


def _shared_major(cases: WeighedCases, settings: GuardSettings) -> Mask:
    return cases.any_pair(cases.evidence.shared_major > 0)


def _too_similar(cases: WeighedCases, settings: GuardSettings) -> Mask:
    return cases.any_pair(cases.evidence.siml > settings.max_siml)


#: Guard name to the guard: those that need facts of articles only.
FACT_GUARDS: dict[str, Guard[Cases]] = {
    "known_positive": Guard("known positive of the query", _known_positive),
    "evaluation_set": Guard("in an evaluation set", _evaluation_set),
    "same_work": Guard("same work or same title", _same_work),
    "retracted": Guard("retracted", _retracted),
    "published_later": Guard("published after the anchor", _published_later),
    "unknown_topic": Guard("no topical MeSH heading: relatedness unknown", _unknown_topic),
}
#: Those that need evidence, the dearest to come by.
EVIDENCE_GUARDS: dict[str, Guard[WeighedCases]] = {
    "cited": Guard("cites or is cited by a known positive", _cited_either_way),
    "cocited": Guard("co-cited with a known positive", _cocited),
    "shared_major": Guard("shares a major heading", _shared_major),
    "siml": Guard("MeSH similarity above the limit", _too_similar),
}
#: All of them in their order.
GUARDS: dict[str, Guard[Any]] = {**FACT_GUARDS, **EVIDENCE_GUARDS}
#: Guards that models decide (score_guards.py): name to what the drop report prints.
SCORE_LABELS = {
    "margin": "score too near a known positive's",
    "cross_encoder": "cross-encoder's score too near a known positive's",
}
#: What the drop report prints, by the number that `objections` gives.
LABELS = (*(guard.label for guard in GUARDS.values()), *SCORE_LABELS.values())
#: What makes a negative a negative cannot be switched off.
ALWAYS_ON = ("known_positive",)


def objections(
    cases: CasesT, guards: Mapping[str, Guard[CasesT]], settings: GuardSettings
) -> NDArray[np.int8]:
    """Of each candidate the first guard that drops it, by its place in `GUARDS`; shape (n,).

    Args:
        cases: the candidates.
        guards: those of `GUARDS` that are asked.
        settings: what they drop.
    """
    first = np.full(len(cases), NO_OBJECTION, np.int8)
    for place, name in enumerate(GUARDS):
        if name in guards and name not in settings.off:
            first[(first == NO_OBJECTION) & guards[name].marks(cases, settings)] = place
    return first


def checked_guard_names(names: Iterable[str]) -> frozenset[str]:
    """Names of guards to switch off.

    Raises:
        SettingsError: for an unknown one, with the nearest known, and for one that always holds.
    """
    given = frozenset(names)
    for name in sorted(given):
        if name in ALWAYS_ON:
            raise SettingsError(f"The guard {name!r} cannot be switched off.")
        if name not in GUARDS:
            near = get_close_matches(name, GUARDS, 1)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise SettingsError(
                f"There is no guard {name!r}.", f"{hint}Known: {', '.join(GUARDS)}."
            )
    return given
