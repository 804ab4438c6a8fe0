"""Labels by hand taken back into a real mined set, which is then audited and exported on."""

import json

import pytest

from citemesh.mining.audit.inputs.open_input import open_audit_input
from citemesh.mining.audit.labels.apply import apply_labels
from citemesh.mining.audit.labels.decisions import ApplySettings
from citemesh.mining.negatives import read_mined
from tests.support import run_citemesh


@pytest.fixture(scope="module")
def mined(real_workspace):
    done = run_citemesh(
        real_workspace.root, "mine", "--strategy", "cited=1", "--strategy", "sibling=2",
        "--limit", 300, "--name", "to-review",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return real_workspace


def label(query_id, pmid, said, reviewer):
    pair = {"query_id": query_id, "negative_pmid": pmid, "strategy": "sibling"}
    return {**pair, "label": said, "reviewer": reviewer, "audit": "to-review"}


@pytest.fixture(scope="module")
def labels(mined, tmp_path_factory):
    """Two people's labels of the first negatives of thirty anchors: every third is relevant."""
    folder = tmp_path_factory.mktemp("labels")
    pairs = [(a.query_id, own[0].negative_pmid)
             for a, own in read_mined(mined.mined("to-review")) if own][:30]  # fmt: skip
    said = ["relevant" if number % 3 == 0 else "not_relevant" for number in range(30)]
    for reviewer, given in (("ann", said), ("bo", ["not_relevant", *said[1:]])):
        rows = [label(*pair, own, reviewer) for pair, own in zip(pairs, given, strict=True)]
        text = "".join(json.dumps(row) + "\r\n" for row in rows)
        (folder / f"{reviewer}.jsonl").write_bytes(text.encode())
    return pairs, sorted(folder.iterdir())


def test_nothing_that_was_counted_changes_but_by_what_is_dropped(mined, labels):
    pairs, files = labels
    apply_labels(mined, "to-review", files, ApplySettings(promote=True), "reviewed")
    before, after = (mined.mined(name) for name in ("to-review", "reviewed"))
    drops = [json.loads((folder / "drops.json").read_text()) for folder in (before, after)]
    assert drops[0]["cited"] == drops[1]["cited"]  # its histograms are made anew
    assert drops[1]["sibling"]["kept"] == drops[0]["sibling"]["kept"] - 10
    assert drops[1]["sibling"]["dropped"]["labelled relevant"] == 9
    assert drops[1]["sibling"]["dropped"]["reviewers disagree"] == 1
    promoted = {pairs[number] for number in range(3, 30, 3)}
    for (anchor, own), (old, _) in zip(read_mined(after), read_mined(before), strict=True):
        new = set(anchor.positive_pmids) - set(old.positive_pmids)
        assert {(anchor.query_id, pmid) for pmid in new} <= promoted
        promoted -= {(anchor.query_id, pmid) for pmid in new}
        assert not new & {row.negative_pmid for row in own}
    assert not promoted


def test_what_was_reviewed_is_exported_and_can_be_audited_from_its_export(mined, labels):
    _, files = labels
    apply_labels(mined, "to-review", files, ApplySettings(promote=True), "go-on", force=True)
    done = run_citemesh(mined.root, "export", "go-on", "--format", "jsonl", "--name", "go-on")
    assert done.returncode == 0, done.stderr
    # A title that two articles have is one query there.
    exported = open_audit_input(mined, str(mined.export("go-on")))
    found = {
        (batch.anchors[anchor].query_id, pmid)
        for batch in exported.batches(100)
        for anchor, pmid in zip(batch.anchor.tolist(), batch.negative_pmid.tolist(), strict=True)
    }
    assert found == {
        (anchor.query_id, row.negative_pmid)
        for anchor, own in read_mined(mined.mined("go-on"))
        for row in own
    }
    lines = [
        json.loads(line)
        for path in sorted((mined.export("go-on") / "train").iterdir())
        for line in path.open(encoding="utf-8")
    ]
    assert sum(len(line["positives"]) > 1 for line in lines) == 9
