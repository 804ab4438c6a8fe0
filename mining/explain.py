"""Why a negative was picked, in a sentence that a biologist understands."""

from __future__ import annotations

from citemesh.mining.evidence import ArticleFacts, Evidence
from citemesh.mining.mesh_similarity import MeshSimilarity
from citemesh.mining.strategies import Candidate

#: Headings named in a sentence; more would not be read.
_NAMED = 2


def explain(
    candidate: Candidate,
    anchor: ArticleFacts,
    other: ArticleFacts,
    evidence: Evidence,
    mesh: MeshSimilarity,
) -> str:
    """The reason for one negative.

    Args:
        candidate: how the strategy found it.
        anchor: facts of the anchor.
        other: facts of the negative.
        evidence: what is known of the two.
        mesh: names the headings.
    """
    parts = [_found_by(candidate, mesh), _topics(anchor, other, evidence, mesh)]
    if evidence.siml is not None:
        parts.append(f"MeSH similarity {evidence.siml:.2f}")
    return "; ".join(filter(None, parts)) + "."


def _found_by(candidate: Candidate, mesh: MeshSimilarity) -> str:
    if candidate.anchor_heading and candidate.negative_heading:
        parent = mesh.parent(candidate.anchor_heading, candidate.negative_heading)
        under = f" under “{mesh.name(parent)}”" if parent else ""
        return (
            f"Its major heading “{mesh.name(candidate.negative_heading)}” lies beside the "
            f"anchor's “{mesh.name(candidate.anchor_heading)}”{under}"
        )
    return "The anchor cites it" if len(candidate.path) == 2 else "Found by the citation graph"


def _topics(
    anchor: ArticleFacts, other: ArticleFacts, evidence: Evidence, mesh: MeshSimilarity
) -> str:
    if evidence.shared_headings == 0:
        shared = "no heading in common"
    else:
        names = sorted(mesh.name(ui) for ui in anchor.headings & other.headings)
        shared = f"no major heading in common, only {_some(names)}"
    if evidence.citations.shared_references:
        shared += f", {evidence.citations.shared_references} shared references"
    return shared


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
