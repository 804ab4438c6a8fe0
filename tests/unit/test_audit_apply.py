"""Labels and verdicts taken back into a mined set: what is left is whole, and is counted."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from citemesh.errors import InputError, OutputExistsError, SettingsError
from citemesh.manifest import Manifest, read_manifest
from citemesh.mining.audit.inputs.whole_queries import whole_queries
from citemesh.mining.audit.labels.apply import apply_labels
from citemesh.mining.audit.labels.apply_command import apply as apply_command
from citemesh.mining.audit.labels.decisions import ApplySettings
from citemesh.mining.audit.verdicts import VERDICT_SCHEMA, VERDICTS, VerdictWriter
from citemesh.mining.negatives import read_mined
from citemesh.workspace import Workspace
from tests.unit.mined_sample import ASKED, MINED, strategy_drops, write_mined

ROWS = [own for _, negatives in MINED for own in negatives]


def label_file(path, *labels):
    rows = [
        {"query_id": query_id, "negative_pmid": pmid, "label": label, "reviewer": reviewer,
         "audit": "mined"}
        for query_id, pmid, label, reviewer in labels
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path / "ws")
    write_mined(made.mined("mined"), group=1)
    return made


def applied(workspace, *labels, force=False, **asked):
    """Apply labels; the second is what was mined, the third what became of it."""
    path = label_file(workspace.root / "labels.jsonl", *labels)
    paths = [path] if labels else []
    found = apply_labels(workspace, "mined", paths, ApplySettings(**asked), "new", force)
    return (
        found,
        list(read_mined(workspace.mined("mined"))),
        list(read_mined(workspace.mined("new"))),
    )


def check_sound(workspace, found):
    """All counts of a new mined set say what its tables say."""
    folder = workspace.mined("new")
    mined = list(read_mined(folder))
    rows = [own for _, negatives in mined for own in negatives]
    assert len(rows) == pq.read_metadata(folder / "negatives.parquet").num_rows == found.kept
    assert [a.query_id for a, _ in mined] == [a.query_id for a, _ in MINED]
    drops = json.loads((folder / "drops.json").read_text())
    for name in ASKED:
        own, expected = drops[name], strategy_drops(mined, name, rows)
        for field in ("kept", "anchors_short", "negatives_missing", "negatives_per_anchor",
                      "siml_kept", "evidence_kept"):  # fmt: skip
            assert own[field] == expected[field], (name, field)
        assert own["kept"] + own["surplus"] + sum(own["dropped"].values()) == own["found"]
    manifest = read_manifest(folder, "mine", "")
    assert manifest.counts["negatives"] == len(rows)
    assert manifest.counts["dropped"] == len(ROWS) - len(rows) == found.dropped.total()
    assert manifest.counts["anchors short of cited"] == drops["cited"]["anchors_short"]
    assert manifest.inputs["graph"] == "load"
    return manifest


LABELLED = st.lists(
    st.tuples(
        st.sampled_from([(row.query_id, row.negative_pmid) for row in ROWS]),
        st.sampled_from(["relevant", "not_relevant", "unsure"]),
        st.sampled_from(["ann", "bo", "cy"]),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=30)
@given(LABELLED, st.booleans(), st.sampled_from(["keep", "drop"]),
       st.sampled_from(["keep", "drop", "majority"]), st.integers(1, 5))  # fmt: skip
def test_whatever_people_say_rows_stay_as_mined_and_counts_add_up(
    tmp_path_factory, said, promote, unsure, conflict, group
):
    workspace = Workspace(tmp_path_factory.mktemp("any"))
    write_mined(workspace.mined("mined"), group=group)
    labels = [(*pair, label, reviewer) for pair, label, reviewer in said]
    found, before, after = applied(
        workspace, *labels, promote=promote, unsure=unsure, conflict=conflict
    )
    check_sound(workspace, found)
    kept = [row for _, own in after for row in own]
    rows = [row for _, own in before for row in own]
    left = iter(rows)
    assert all(row in left for row in kept)  # a part of them, in their order, ranks and all
    labelled = {pair for pair, _, _ in said}
    assert {row for row in rows if (row.query_id, row.negative_pmid) not in labelled} <= set(kept)
    for (anchor, own), (as_mined, _) in zip(after, before, strict=True):
        known = as_mined.positive_pmids
        assert anchor.positive_pmids[: len(known)] == known
        assert len(set(anchor.positive_pmids)) == len(anchor.positive_pmids)
        assert not set(anchor.positive_pmids) & {row.negative_pmid for row in own}
        assert promote or anchor == as_mined


def test_a_promoted_negative_is_one_of_no_strategy_and_of_no_other_anchor(workspace):
    found, before, after = applied(workspace, ("q1", 14, "relevant", "ann"), promote=True)
    manifest = check_sound(workspace, found)
    assert after[0][0].positive_pmids == (1, 2, 14)
    assert [row.negative_pmid for row in after[0][1]] == [15, 16]
    assert [row.rank for row in after[0][1]] == [2, 3]
    assert after[2] == before[2]  # q3 has 14 too, and nobody spoke of that
    assert found.dropped == {"labelled relevant": 2}
    assert manifest.counts["promoted"] == 1
    assert manifest.counts["unlabelled"] == 6
    assert manifest.dropped == {
        "sibling: retracted": 2, "sibling: labelled relevant": 1, "cited: retracted": 2,
        "cited: labelled relevant": 1,
    }  # fmt: skip


def test_nothing_is_promoted_unasked(workspace):
    _, _, after = applied(workspace, ("q1", 14, "relevant", "ann"))
    assert [anchor for anchor, _ in after] == [anchor for anchor, _ in MINED]


def test_labels_of_other_pairs_are_counted_and_refused_when_there_are_no_others(workspace):
    other = ("q1", 18, "relevant", "ann")  # a negative, but of q3
    found, _, _ = applied(workspace, other, ("q1", 15, "not_relevant", "ann"))
    assert found.unmatched == 1
    assert check_sound(workspace, found).counts["labels without a negative"] == 1
    before = sorted(workspace.mined("new").parent.iterdir())
    with pytest.raises(InputError, match="None of the 1 labelled pairs is a negative of 'mined'"):
        applied(workspace, other, force=True)
    assert sorted(workspace.mined("new").parent.iterdir()) == before


def test_conflicts_are_listed_with_what_became_of_them(workspace):
    labels = [("q1", 15, "relevant", "ann"), ("q1", 15, "not_relevant", "bo"),
              ("q3", 99, "relevant", "ann"), ("q3", 99, "not_relevant", "bo")]  # fmt: skip
    found, _, after = applied(workspace, *labels, promote=True)
    manifest = check_sound(workspace, found)
    (row,) = (workspace.mined("new") / "conflicts.jsonl").read_text().splitlines()
    assert json.loads(row) == {
        "query_id": "q1", "negative_pmid": 15, "labels": {"ann": "relevant", "bo": "not_relevant"},
        "dropped": True, "promoted": False,
    }  # fmt: skip
    assert manifest.counts["conflicts"] == 1
    assert after[0][0].positive_pmids == (1, 2)


def write_audit(workspace, verdicts, rows=ROWS, name="mined"):
    folder = workspace.audit(name)
    folder.mkdir(parents=True)
    columns = dict.fromkeys(VERDICT_SCHEMA.names)
    table = pa.Table.from_pylist(
        [{**columns, "query_id": row.query_id, "negative_pmid": row.negative_pmid,
          "strategy": row.strategy, "verdict": verdict}
         for row, verdict in zip(rows, verdicts, strict=True)],
        VERDICT_SCHEMA,
    )  # fmt: skip
    with VerdictWriter(folder) as writer:
        for start in range(0, len(rows), 3):  # row groups unlike those of the negatives
            writer.write(table.slice(start, 3))
    Manifest("audit", {}).write(folder)


def test_verdicts_drop_only_when_asked_and_labels_overrule_them(workspace):
    verdicts = [VERDICTS[1], VERDICTS[1], VERDICTS[3], VERDICTS[0], *([VERDICTS[1]] * 3), "clean"]
    write_audit(workspace, verdicts)
    found, _, _ = applied(workspace, ("q1", 16, "not_relevant", "ann"))
    assert found.kept == len(ROWS)
    found, _, after = applied(
        workspace, ("q1", 15, "not_relevant", "ann"), ("q3", 18, "unsure", "ann"),
        drop_verdicts=("likely_false_negative",), force=True,
    )  # fmt: skip
    manifest = check_sound(workspace, found)
    kept = [(row.query_id, row.negative_pmid, row.strategy) for _, own in after for row in own]
    assert kept == [("q1", 15, "sibling"), ("q1", 16, "sibling"), ("q1", 14, "cited"),
                    ("q4", 20, "sibling")]  # fmt: skip
    assert found.dropped == {"verdict likely_false_negative": 4}
    assert any(name.endswith("audits/mined/verdicts.parquet") for name in manifest.inputs)


def test_verdicts_alone_may_leave_nothing(workspace):
    write_audit(workspace, ["reject"] * len(ROWS))
    found, _, after = applied(workspace, drop_verdicts=("reject",))
    check_sound(workspace, found)
    assert [anchor for anchor, _ in after] == [anchor for anchor, _ in MINED]
    assert found.kept == 0


@pytest.mark.parametrize("rows", [ROWS[:-1], [*ROWS, ROWS[0]], [ROWS[1], ROWS[0], *ROWS[2:]]])
def test_verdicts_of_another_mined_set_are_refused(workspace, rows):
    write_audit(workspace, ["clean"] * len(rows), rows)
    with pytest.raises(InputError, match="is not an audit of"):
        applied(workspace, drop_verdicts=("reject",))
    assert not workspace.mined("new").exists()


def test_what_cannot_be_is_refused_before_anything_is_read(workspace):
    with pytest.raises(SettingsError, match="nothing to apply"):
        applied(workspace)
    with pytest.raises(InputError, match="no finished output of `citemesh audit run"):
        applied(workspace, drop_verdicts=("reject",))
    with pytest.raises(SettingsError, match="is the mined set itself"):
        apply_labels(workspace, "mined", [], ApplySettings(), "mined", force=True)
    applied(workspace, ("q1", 15, "unsure", "ann"))
    with pytest.raises(OutputExistsError):
        applied(workspace, ("q1", 15, "unsure", "ann"))


def test_a_table_with_other_columns_is_refused(workspace):
    path = workspace.mined("mined") / "negatives.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["siml"]), path)
    with pytest.raises(InputError, match="was mined by another version"):
        applied(workspace, ("q1", 15, "unsure", "ann"))


def test_a_second_review_goes_on_from_the_first(workspace):
    applied(workspace, ("q1", 15, "relevant", "ann"))
    path = label_file(workspace.root / "more.jsonl", ("q3", 18, "relevant", "bo"))
    apply_labels(workspace, "new", [path], ApplySettings(), "newer")
    manifest = read_manifest(workspace.mined("newer"), "mine", "")
    assert [step["mined"] for step in manifest.settings["applied"]] == ["mined", "new"]
    assert manifest.dropped["sibling: labelled relevant"] == 2
    assert manifest.counts["negatives"] == len(ROWS) - 2


def test_the_command_says_what_was_done(workspace):
    ann = label_file(workspace.root / "ann", ("q1", 14, "relevant", "ann"),
                     ("q1", 15, "relevant", "ann"), ("q1", 99, "unsure", "ann"))  # fmt: skip
    bo = label_file(workspace.root / "bo", ("q1", 14, "relevant", "bo"),
                    ("q1", 15, "not_relevant", "bo"))  # fmt: skip
    given_arguments = ["mined", str(ann), str(bo), "--promote"]
    done = CliRunner().invoke(apply_command, given_arguments, obj=workspace, catch_exceptions=False)
    assert done.exit_code == 0
    for told in ("1 conflicts", "query q1, PMID 15: ann: relevant, bo: not_relevant", "0.00",
                 "3 of 8 negatives are labelled, 5 are not", "1 labelled pairs are no negatives",
                 "mined (3)", "Dropped: 2 labelled relevant", "Dropped: 1 reviewers disagree",
                 "Promoted: 1", "Next: citemesh audit run mined-reviewed"):  # fmt: skip
        assert told in done.output, told


@settings(max_examples=50)
@given(st.lists(st.integers(1, 5), max_size=12), st.integers(1, 7), st.integers(1, 9))
def test_no_query_is_parted(tmp_path_factory, counts, rows, group):
    ids = np.repeat([f"q{number}" for number in range(len(counts))], counts).tolist()
    path = tmp_path_factory.mktemp("parts") / "t.parquet"
    table = pa.table({"query_id": pa.array(ids, pa.string()), "n": list(range(len(ids)))})
    pq.write_table(table, path, row_group_size=group)
    parts = list(whole_queries(path, rows=rows))
    assert [n for part in parts for n in part["n"].to_pylist()] == list(range(len(ids)))
    seen = [set(part["query_id"].to_pylist()) for part in parts]
    assert sum(map(len, seen)) == len(counts)
