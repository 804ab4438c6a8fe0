"""Why a negative got its verdict: codes for programs, a sentence for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

#: A row of the table of verdicts.
Row = Mapping[str, Any]

NOT_IN_GRAPH, KNOWN_POSITIVE = "not_in_graph", "known_positive"
SAME_WORK, SAME_TITLE, RETRACTED = "same_work", "same_title", "retracted"
UNKNOWN_TOPIC = "unknown_topic"
CITATION = "citation"

#: Code to whether it holds for a row, in the order in which reasons are given.
REASONS: dict[str, Callable[[Row], bool]] = {
    NOT_IN_GRAPH: lambda r: r["closest_pmid"] is None,
    KNOWN_POSITIVE: lambda r: bool(r["closest_pmid"] == r["negative_pmid"]),
    SAME_WORK: lambda r: bool(r["same_work"]),
    SAME_TITLE: lambda r: bool(r["same_title"]),
    RETRACTED: lambda r: bool(r["retracted"]),
    CITATION: lambda r: bool(r["cites"] or r["cited_by"]),
    "shared_citers": lambda r: bool(r["shared_citers"]),
    "shared_references": lambda r: bool(r["shared_references"]),
    "chains": lambda r: bool(r["chains"]),
    "shared_major": lambda r: bool(r["shared_major"]),
    "shared_headings": lambda r: bool(r["shared_headings"]),
    "mesh_similar": lambda r: (r["siml"] or 0.0) > MESH_SIMILAR,
    "qualifier_conflict": lambda r: bool(r["qualifier_conflicts"]),
    UNKNOWN_TOPIC: lambda r: r["siml"] is None,
    "published_later": lambda r: (r["years_later"] or 0) > 0,
}
#: BioHiCL's β: label similarity above it makes a positive (Lan et al., 2026, §Method).
MESH_SIMILAR = 0.3


def reasons_of(row: Row) -> list[str]:
    """The codes of a row."""
    return [code for code, holds in REASONS.items() if holds(row)]


def sentence_of(row: Row) -> str:
    """What the graph says of a negative, in words."""
    retracted = "It is retracted. " if row["retracted"] else ""
    if row["closest_pmid"] is None:
        return f"{retracted}The graph does not know it, or none of the query's known positives."
    if row["closest_pmid"] == row["negative_pmid"]:
        return f"{retracted}It is itself a known positive of the query."
    return f"{retracted}{_identity(row)}{_shared(row)}{_probability(row)}"


def _identity(row: Row) -> str:
    known = f"known positive {row['closest_pmid']}"
    if row["same_work"]:
        return f"Another form of the same work as {known}, or a notice about it. "
    if row["same_title"]:
        return f"Has the title of {known}. "
    if row["cites"] and row["cited_by"]:
        return f"It and {known} cite each other. "
    if row["cites"]:
        return f"Cited by {known}. "
    if row["cited_by"]:
        return f"Cites {known}. "
    return f"Nearest in the graph is {known}. "


def _shared(row: Row) -> str:
    counts = (
        ("shared_references", "reference", "references"),
        ("shared_citers", "paper that cites both", "papers that cite both"),
        ("chains", "paper between them in a chain of citations",
         "papers between them in chains of citations"),
        ("shared_headings", "heading", "headings"),
    )  # fmt: skip
    parts = [f"{row[name]} {one if row[name] == 1 else many}" for name, one, many in counts
             if row[name]]  # fmt: skip
    met = f"In common: {', '.join(parts)}{_kinds_of_headings(row)}." if parts else (
        "No reference, citing paper or heading in common."
    )  # fmt: skip
    if row["siml"] is None:
        return f"{met} One of the two at least has no MeSH topic: relatedness unknown. "
    return f"{met} MeSH similarity {row['siml']:.2f}. "


def _kinds_of_headings(row: Row) -> str:
    """What the shared headings are, which `_shared` names last."""
    kinds = (("shared_major", "major in both"), ("qualifier_conflicts", "under other qualifiers"))
    parts = [f"{row[name]} {words}" for name, words in kinds if row[name]]
    return f" ({', '.join(parts)})" if parts else ""


def _probability(row: Row) -> str:
    if row["probability"] is None:
        return "Judged by plain rules."
    return f"Probability of being relevant {row['probability']:.2f}."
