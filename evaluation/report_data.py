"""Everything that the report page shows, gathered from a workspace and its graph."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from citemesh.errors import InputError
from citemesh.evaluation.evaluate import read_metrics
from citemesh.evaluation.report_audit import ShownAudit, read_audit
from citemesh.graph.client import GraphClient
from citemesh.graph.corpus import Corpus
from citemesh.graph.cypher import named_query
from citemesh.graph.state import open_loaded_graph
from citemesh.graph.stats import graph_stats
from citemesh.manifest import Manifest, read_manifest
from citemesh.mining.anchors import Anchor
from citemesh.mining.examples import first_examples
from citemesh.mining.negatives import DROPS_FILE, Negative
from citemesh.workspace import Workspace

#: Negatives shown with their evidence.
EXAMPLES = 10


@dataclass(frozen=True)
class ReportSources:
    """Which outputs a report is about, by name.

    Args:
        mined: the mined set.
        model: the model.
        run: the evaluation.
        audit: the audit; when None that of the mined set, if there is one.
    """

    mined: str
    model: str
    run: str
    audit: str | None = None


@dataclass(frozen=True)
class ShownExample:
    """A negative as the page shows it.

    Args:
        anchor: the anchor.
        negative: the row with its evidence.
        title: the negative's title.
        headings: names of anchor heading, parent and negative heading; empty without them.
    """

    anchor: Anchor
    negative: Negative
    title: str
    headings: tuple[str, ...]


@dataclass(frozen=True)
class ReportData:
    """The content of a report, before it is drawn.

    Args:
        stats: rows of `graph stats`.
        cited_degrees: times cited → articles.
        reference_degrees: references → articles.
        branches: MeSH branches with their headings, most first.
        drops: ``drops.json``.
        examples: negatives to show.
        training_log: one row per logged step.
        tasks: ``metrics.json``'s tasks.
        manifests: stage name → its manifest.
        audit: of the mined set; None where there is none.
    """

    stats: list[dict[str, Any]]
    cited_degrees: dict[int, int]
    reference_degrees: dict[int, int]
    branches: list[dict[str, Any]]
    drops: dict[str, dict[str, Any]]
    examples: list[ShownExample]
    training_log: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    manifests: dict[str, Manifest]
    audit: ShownAudit | None = None


def gather(workspace: Workspace, sources: ReportSources) -> ReportData:
    """Read all that the report needs.

    Raises:
        InputError: when one of the outputs is not there; it names the command that makes it.
    """
    mined, model = workspace.mined(sources.mined), workspace.model(sources.model)
    corpus = Corpus(workspace.corpus)
    made = read_manifest(mined, "mine", f"citemesh mine --name {sources.mined} …")
    audit = read_audit(workspace, sources.mined, sources.run, sources.audit)
    manifests = {
        "graph load": corpus.manifest,
        "mine": made,
        **({"audit": audit.manifest} if audit else {}),
        "train": read_manifest(model, "train", f"citemesh train --name {sources.model} …"),
        "evaluate": read_manifest(
            workspace.run(sources.run), "evaluate", f"citemesh evaluate {sources.model} …"
        ),
    }
    drops: dict[str, dict[str, Any]] = json.loads((mined / DROPS_FILE).read_text("utf-8"))
    with open_loaded_graph(workspace) as client:
        examples = _examples(client, workspace, sources.mined, list(drops))
        return ReportData(
            stats=graph_stats(client),
            cited_degrees=_histogram(client, "degree_histogram"),
            reference_degrees=_histogram(client, "reference_histogram"),
            branches=client.rows(named_query("graph", "branch_counts")),
            drops=drops,
            examples=examples,
            training_log=_read_log(model / "training_log.jsonl"),
            tasks=read_metrics(workspace.run(sources.run))["tasks"],
            manifests=manifests,
            audit=audit,
        )


def _histogram(client: GraphClient, query: str) -> dict[int, int]:
    return {row["degree"]: row["articles"] for row in client.rows(named_query("graph", query))}


def _read_log(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise InputError(f"{path} is not there.", "Train again: citemesh train --force …")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _examples(
    client: GraphClient, workspace: Workspace, mined: str, strategies: Sequence[str]
) -> list[ShownExample]:
    """First picks of anchors, the strategies in turn, so that each is seen."""
    picked = first_examples(workspace, mined, strategies, EXAMPLES)
    places = zip_longest(*picked.values())
    in_turn = [example for place in places for example in place if example][:EXAMPLES]
    names = _heading_names(client, [example.negative for example in in_turn])
    return [
        ShownExample(
            anchor=example.anchor,
            negative=example.negative,
            title=example.title,
            headings=tuple(names[ui] for ui in _headings(example.negative)),
        )
        for example in in_turn
    ]


def _headings(negative: Negative) -> list[str]:
    found = (negative.start_heading, negative.parent, negative.negative_heading)
    return [ui for ui in found if ui] if all(found) else []


def _heading_names(client: GraphClient, negatives: Sequence[Negative]) -> dict[str, str]:
    uis = sorted({ui for negative in negatives for ui in _headings(negative)})
    rows = client.rows(named_query("graph", "descriptor_names"), ids=uis)
    return {row["ui"]: row["name"] for row in rows}
