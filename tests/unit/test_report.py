"""The report page from made-up data: what records say is text and never markup."""

import re
from dataclasses import asdict
from html import unescape

import pytest

from citemesh.evaluation.comparison import Difference
from citemesh.evaluation.report import render, verdict
from citemesh.evaluation.report_audit import ShownAudit
from citemesh.evaluation.report_data import ReportData, ReportSources, ShownExample
from citemesh.manifest import Manifest
from citemesh.mining.anchors import Anchor
from citemesh.mining.guards import SCORE_LABELS
from citemesh.mining.negatives import Negative

HOSTILE = [
    "<script>alert('x')</script>",
    "\"quoted\" & 'quoted' <b>bold</b>",
    "x</style><img src=x onerror=alert(1)>",
    "عنوان من اليمين \u202e reversed",
    "$\\frac{1}{2}$ {{ 7 * 7 }} {% raw %}",
]
NEGATIVE = Negative(
    query_id="1", start_pmid=1, negative_pmid=2, strategy="sibling", rank=1, score=None, hops=None,
    path=(), paths=None, shared_citers=0, shared_references=3, start_heading="D1",
    negative_heading="D2", parent="D3", tree_distance=2, shared_headings=0, shared_major=0,
    siml=None, max_siml=None, reason="Because.",
)  # fmt: skip
DROPS = {
    "asked": 4, "anchors": 10, "anchors_short": 1, "negatives_missing": 1,
    "negatives_per_anchor": {"4": 9, "3": 1},
    "found": 50, "kept": 39, "surplus": 1, "dropped": {"retracted": 10}, "siml_bin": 0.05,
    "siml_found": {"1": 40, "8": 10}, "siml_kept": {"1": 39}, "siml_unknown": 0,
    "evidence_kept": {"shared_references": {"0": 30, "1": 6, "4": 3}},
}  # fmt: skip


def audit(title="sibling", page="../../audits/m/page.html", negatives=40_000, flagged=13):
    row = {"negatives": negatives, "reject": 0, "likely_false_negative": flagged, "ambiguous": 7,
           "clean": negatives - flagged - 7, "flagged": flagged / negatives, "low": 0.000157,
           "high": 0.000459}  # fmt: skip
    manifest = Manifest(kind="audit", settings={}, command=f"citemesh audit run {title}")
    return ShownAudit(title, manifest, row, [{"group": title, **row}], [(title, 9)], page)


def difference(**changes):
    values = {
        "measure": "nDCG@10", "base": 0.5, "trained": 0.52, "difference": 0.02, "low": 0.01,
        "high": 0.03, "p": 0.01, "wins": 5, "ties": 3, "losses": 2,
    }  # fmt: skip
    return asdict(Difference(**{**values, **changes}))


def data(title="A title", **changes):
    example = {"query_id": "1", "query": title, "pmid": 2, "title": title, "siml": 0.4}
    drops = {**DROPS, "examples": {"retracted": [example]}}
    training = {"rows_seen": 640, "steps": 20, "max_learning_rate": 2e-5,
                "relative_weight_change": 1e-3, "masked": 1_234, "evidence_positives_asked": 50,
                "evidence_positives_found": 20}  # fmt: skip
    chosen = {"recipe": "citemesh", "variant": None, "merge_weight": 0.5, "warnings": [title]}
    manifests = {
        "mine": Manifest(kind="mine", settings={"max_siml": 0.3}, command=title),
        "train": Manifest(kind="train", settings=chosen, counts=training),
        "evaluate": Manifest(kind="evaluate", settings={}),
    }
    names = ["records", "CITES", "HAS_MESH"]
    values = {
        "stats": [{"kind": "nodes", "name": name, "count": 12_345} for name in names],
        "cited_degrees": {1: 100, 2: 10},
        "reference_degrees": {5: 20},
        "branches": [{"branch": "C08", "name": title, "headings": 10, "major": 4}],
        "drops": {"sibling": drops},
        "examples": [ShownExample(Anchor("1", title, 1, (1,)), NEGATIVE, title, (title, "b", "c"))],
        "training_log": [{"step": 1, "loss": 0.5, "learning_rate": 0.0},
                         {"step": 2, "loss": 0.4, "learning_rate": 2e-5}],
        "tasks": [{"task": title, "queries": 10, "documents": 100, "differences": [difference()]}],
        "manifests": manifests,
        "audit": audit(title),
    }  # fmt: skip
    return ReportData(**{**values, **changes})


SOURCES = ReportSources("m", "m", "m")


@pytest.mark.parametrize("title", HOSTILE)
def test_what_records_say_is_text(title):
    page = render(data(title), SOURCES)
    plain = render(data("A title"), SOURCES)
    # The same elements in the same order, whatever a title says.
    assert re.findall(r"<(/?\w+)", page) == re.findall(r"<(/?\w+)", plain)
    assert "<script" not in page
    assert " 49 " not in page


def test_an_audit_is_shown_with_its_page():
    page = render(data(audit=audit()), SOURCES)
    assert '<a href="../../audits/m/page.html">' in page
    # Few are not none.
    assert ">0.03 %</td>" in page
    assert "0.02 % to 0.05 %" in page


def test_a_training_is_told_with_its_recipe_masks_and_warnings():
    page = render(data("A title"), SOURCES)
    assert "<code>citemesh recipes show citemesh</code>" in page
    assert "1,234 pairs" in page
    assert "20 rows got a paper with strong evidence for their positive, of 50" in page
    assert "50 % of it trained" in page
    assert "<strong>Warning.</strong> A title" in page


def test_what_has_not_been_done_is_named_with_its_command():
    page = render(data(audit=audit(page=None)), SOURCES)
    assert "<code>citemesh audit page sibling</code>" in page
    assert "page.html" not in page
    page = render(data(audit=None), SOURCES)
    assert "<code>citemesh audit run m</code>" in page


def test_what_is_unknown_is_not_shown_as_a_number():
    one_query = difference(low=None, high=None)
    tasks = [{"task": "t", "queries": 1, "documents": 9, "differences": [one_query]}]
    page = render(data(tasks=tasks), SOURCES)
    assert "None" not in page
    assert "nan" not in page


def test_a_report_without_negatives_can_be_drawn():
    empty = {**DROPS, "found": 0, "kept": 0, "dropped": {}, "examples": {}, "siml_found": {},
             "siml_kept": {}}  # fmt: skip
    page = render(data(drops={"cited": empty}, examples=[]), SOURCES)
    assert "0 negatives, and why" in page


def test_every_drop_is_told_with_its_reason_whoever_dropped_it():
    reasons = {"labelled relevant": 3, "retracted": 10, SCORE_LABELS["cross_encoder"]: 2}
    page = render(data(drops={"cited": {**DROPS, "dropped": reasons, "examples": {}}}), SOURCES)
    rows = re.findall(r"<tr><td>([^<]+)</td><td class=\"number\">(\d+)</td>\s*<td><details>", page)
    rows = [(unescape(name), count) for name, count in rows]
    assert dict(rows) == {name: str(count) for name, count in reasons.items()}
    assert rows[-1][0] == "labelled relevant"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "better than the untouched base"),
        ({"difference": -0.02}, "worse than the untouched base"),
        ({"p": 0.05}, "no difference that these queries can tell from chance"),
    ],
)
def test_the_verdict_says_no_more_than_the_numbers(changes, words):
    task = {"task": "t", "queries": 10, "differences": [difference(**changes)]}
    assert words in verdict(task).sentence


def test_the_verdict_without_a_trained_model():
    assert "Only the untouched base" in verdict({"task": "t", "differences": []}).sentence
