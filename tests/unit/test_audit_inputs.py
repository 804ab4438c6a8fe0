"""What is audited: mined sets, all exports of ours, and the forms that others write."""

import gzip
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citemesh.errors import InputError, SettingsError
from citemesh.mining.anchors import Anchor
from citemesh.mining.audit.inputs.open_input import open_audit_input
from citemesh.mining.export.formats import open_format
from citemesh.mining.export.items import Item, Passage
from citemesh.mining.export.parts import Parts
from citemesh.mining.export.settings import ExportSettings
from citemesh.mining.export.splits import DEV, TRAIN
from citemesh.workspace import Workspace
from tests.unit.mined_sample import MINED, negative, write_mined


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "ws")


def read(workspace, given_name, qrels=(), size=3):
    """Anchors with their negatives (PMID, strategy, rank), checked batch by batch."""
    source = open_audit_input(workspace, str(given_name), qrels)
    found = []
    for batch in source.batches(size):
        assert (np.diff(batch.anchor) >= 0).all()
        assert set(batch.anchor.tolist()) == set(range(len(batch.anchors)))
        rows = zip(batch.negative_pmid.tolist(), batch.strategy, batch.rank.tolist(), strict=True)
        own: list[tuple[Anchor, list[tuple[int, str, int]]]]
        own = [(anchor, []) for anchor in batch.anchors]
        for anchor, row in zip(batch.anchor.tolist(), rows, strict=True):
            own[anchor][1].append(row)
        found += own
    assert len({anchor.query_id for anchor, _ in found}) == len(found)
    return found


def lines_file(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def as_mined(negatives):
    return [(n.negative_pmid, n.strategy, n.rank) for n in negatives]


@settings(max_examples=30)
@given(st.integers(1, 5), st.integers(1, 12))
def test_a_mined_set_is_read_whole_whatever_the_batches(tmp_path_factory, group, size):
    workspace = Workspace(tmp_path_factory.mktemp("mined"))
    write_mined(workspace.mined("some"), group=group)
    expected = [(anchor, as_mined(own)) for anchor, own in MINED if own]
    assert read(workspace, "some", size=size) == expected
    assert read(workspace, workspace.mined("some"), size=size) == expected
    source = open_audit_input(workspace, "some")
    assert (source.name, len(source.inputs), source.left_out) == ("some", 3, {})
    for batch in list(source.batches(size))[:-1]:
        assert size <= len(batch.negative_pmid) < size + 4  # no anchor has more than 4


def test_negatives_in_another_order_than_their_anchors_are_refused(workspace):
    write_mined(workspace.mined("turned"), [(MINED[2][0], MINED[3][1]), (MINED[3][0], MINED[2][1])])
    with pytest.raises(InputError, match="not in the order of its anchors: query 'q3'"):
        read(workspace, "turned")


ITEMS = [
    Item(MINED[0][0], TRAIN, (1, 2), (negative("q1", 14), negative("q1", 15, rank=2),
                                      negative("q1", 16, "cited"))),
    Item(replace(MINED[1][0], query='two "quoted"\u2028lines'), TRAIN, (3,),
         (negative("q2", 14), negative("q2", 18, rank=2))),
    Item(MINED[2][0], DEV, (4, 5, 6), (negative("q3", 19), negative("q3", 20, rank=2))),
]  # fmt: skip


def exported(folder, shard_rows=1, **asked):
    """ITEMS in one of our formats."""
    made = ExportSettings(shard_rows=shard_rows, dev=0.3, **asked)
    layout = open_format(made)
    pmids = {pmid for item in ITEMS for pmid in item.pmids}
    passages = {pmid: Passage(pmid, "A title", f"An abstract of {pmid}.") for pmid in pmids}
    fewest = made.fewest_negatives if made.laid_out == "n-tuple" else None
    with Parts(folder, shard_rows) as parts:
        for split in (TRAIN, DEV):
            items = [replace(item, negatives=item.negatives[:fewest])
                     for item in ITEMS if item.split == split]  # fmt: skip
            layout.write(parts, split, items, passages)
        if layout.has_corpus:
            layout.write_corpus(parts, iter(passages.values()))
    (folder / "manifest.json").write_text("{}")
    return folder


def found_by_query(found):
    return {anchor.query_id: (anchor.query, anchor.positive_pmids, rows) for anchor, rows in found}


@pytest.mark.parametrize("shard_rows", [1, 3, 100])
@pytest.mark.parametrize(
    ("asked", "names_strategies"),
    [
        ({"trainer": "jsonl"}, True),
        ({"trainer": "tevatron"}, False),
        ({"trainer": "tevatron", "layout": "ids"}, False),
        ({"layout": "triplet"}, True),
        ({"layout": "n-tuple", "negatives": 2}, True),
        ({"layout": "ids"}, False),
        ({"trainer": "beir"}, True),
    ],
)
def test_every_export_of_ours_is_read_back(
    tmp_path, workspace, shard_rows, asked, names_strategies
):
    folder = exported(tmp_path / "out", shard_rows, **asked)
    beir = asked.get("trainer") == "beir"
    found = found_by_query(read(workspace, folder, ("train", "dev") if beir else ()))
    assert set(found) == {"q1", "q2", "q3"}
    for item in ITEMS:
        own = item.negatives[: asked.get("negatives")]
        query, positives, rows = found[item.anchor.query_id]
        assert query == " ".join(item.anchor.query.split())
        assert positives == item.positives
        if names_strategies:
            assert rows == as_mined(own)
        else:
            expected = [(n.negative_pmid, "given", r) for r, n in enumerate(own, start=1)]
            assert rows == expected


def test_our_plain_lines_keep_the_article_of_a_query(tmp_path, workspace):
    folder = exported(tmp_path / "out", trainer="jsonl")
    for path, items in ((folder, ITEMS), (folder / "train", ITEMS[:2])):
        found = {a.query_id: a.anchor_pmid for a, _ in read(workspace, path)}
        assert found == {item.anchor.query_id: item.anchor.anchor_pmid for item in items}


def test_one_part_of_a_beir_folder_is_read_as_asked(tmp_path, workspace):
    folder = exported(tmp_path / "out", trainer="beir")
    assert [a.query_id for a, _ in read(workspace, folder, ("dev",))] == ["q3"]
    with pytest.raises(SettingsError, match="several judgments"):
        open_audit_input(workspace, str(folder))


def test_texts_without_ids_are_refused_with_what_is_needed(tmp_path, workspace):
    folder = exported(tmp_path / "out", trainer="flagembedding")
    with pytest.raises(InputError, match=r"line 1: 'pos' holds texts without ids.*need PMIDs"):
        open_audit_input(workspace, str(folder))


def test_an_export_without_negatives_is_refused(tmp_path, workspace):
    folder = exported(tmp_path / "out", layout="pair")
    with pytest.raises(InputError, match="names no negative, so there is nothing to audit"):
        open_audit_input(workspace, str(folder))


FORMS = [
    {"query_id": "a", "query": "Q", "positives": [1, "2"], "negatives": [5, "6"]},
    {"qid": "a", "query": "Q", "pos": [1, 2], "neg": {"given": [5, 6]}},
    {"query_id": "a", "query": "Q", "pos": ["one text", "two"], "neg": ["x y", "z"],
     "pos_id": ["1", "2"], "neg_id": ["5", "6"]},
    {"query_id": "a", "question": "Q", "positive_ctxs": [{"passage_id": "1"}, {"passage_id": "2"}],
     "hard_negative_ctxs": [{"passage_id": "5", "title": "T"}, {"passage_id": 6}]},
    {"query_id": "a", "query": "Q", "positive_passages": [{"docid": "1"}, {"docid": "2"}],
     "negative_passages": [{"docid": "5", "text": "t"}, {"docid": "6"}]},
    {"query_id": "a", "query": "Q", "positive_pmids": [1, 2],
     "negatives": [{"pmid": 5, "rank": 7}, {"_id": "6"}]},
]  # fmt: skip


@pytest.mark.parametrize("row", FORMS)
@pytest.mark.parametrize("packed", [False, True])
def test_forms_of_others(tmp_path, workspace, row, packed):
    content = json.dumps(row) + "\r\n"
    path = tmp_path / ("theirs.jsonl.gz" if packed else "theirs.jsonl")
    path.write_bytes(gzip.compress(content.encode()) if packed else content.encode())
    ((anchor, rows),) = read(workspace, path)
    assert (anchor.query_id, anchor.query, anchor.positive_pmids) == ("a", "Q", (1, 2))
    assert rows == [(5, "given", 1), (6, "given", 2)]
    assert open_audit_input(workspace, str(path)).name == "theirs"


def test_all_that_a_file_knows_of_a_query_is_known_on_each_of_its_lines(tmp_path, workspace):
    rows = [
        {"query": "One  query", "positive": 1, "negative": 5},
        {"query": "Another", "positive": 9, "negative": 5},
        {"query": "one query", "positive": 2, "negative": 6},
        {"query": "One query", "positive": 2, "negative": 5},  # once more
    ]
    found = read(workspace, lines_file(tmp_path / "triples.jsonl", *rows))
    assert [(a.query, a.positive_pmids, own) for a, own in found] == [
        ("One query", (1, 2), [(5, "given", 1), (6, "given", 2)]),
        ("Another", (9,), [(5, "given", 1)]),
    ]


def test_ids_of_equal_texts_share_what_is_known_but_not_their_negatives(tmp_path, workspace):
    rows = [{"query_id": "a", "query": "Same", "pos": [1], "neg": [5]},
            {"query_id": "b", "query": "same", "pos": [2], "neg": [6]}]  # fmt: skip
    found = read(workspace, lines_file(tmp_path / "two.jsonl", *rows))
    assert [(a.query_id, a.positive_pmids, own) for a, own in found] == [
        ("a", (1, 2), [(5, "given", 1)]), ("b", (1, 2), [(6, "given", 1)])
    ]  # fmt: skip


def test_strategies_that_alternate_are_ranked_each_for_itself(tmp_path, workspace):
    order = [(5, "x"), (6, "y"), (7, "x"), (5, "y"), (5, "x"), (8, "x")]
    mixed = [{"pmid": pmid, "strategy": name} for pmid, name in order]
    path = lines_file(tmp_path / "f", {"query": "Q", "pos": [1], "neg": mixed})
    ((_, rows),) = read(workspace, path)
    assert rows == [(5, "x", 1), (6, "y", 1), (7, "x", 2), (5, "y", 2), (8, "x", 3)]


GOOD = {"query_id": "a", "query": "Q", "pos": [1], "neg": [5]}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({**GOOD, "query_id": "b", "neg": ["x5"]}, "'x5' in 'neg' is no PMID"),
        ({**GOOD, "query_id": "b", "neg": [{"title": "T"}]}, "'neg' holds texts without ids"),
        ({**GOOD, "query_id": "b", "neg": ["Two words"]}, "'neg' holds texts without ids"),
        ({**GOOD, "query_id": "b", "neg": [True]}, "is no PMID"),
        ({**GOOD, "query_id": "b", "neg": [5.0]}, "is no PMID"),
        ({**GOOD, "query_id": "b", "neg": None}, "there is no 'neg'"),
        ({"query_id": "b", "query": "Q", "positives": [1], "neg": [2]}, "there is no 'pos'"),
        ({**GOOD, "query_id": "two words"}, "cannot be the id of a query"),
        ({**GOOD, "query_id": None}, "cannot be the id of a query"),
        ({**GOOD, "query_id": "b", "query": " "}, "the query has no text"),
        ({**GOOD, "query": "other text"}, "has another text further up"),
        ([], "not a JSON object"),
    ],
)
def test_a_fault_is_told_with_file_and_line(tmp_path, workspace, row, told):
    path = lines_file(tmp_path / "f.jsonl", GOOD, row)
    with pytest.raises(InputError, match=r"f\.jsonl, line 2: ") as error:
        open_audit_input(workspace, str(path))
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"query": "Q", "pos": [1]}, "no field holds the negatives; there are: query, pos"),
        ({"query": "Q", "neg": [1]}, "no field holds the positives"),
        ({"qid": "1", "pos": [1], "neg": [2]}, "no field holds the text of the query"),
    ],
)
def test_a_form_that_is_not_known_is_told_with_its_fields(tmp_path, workspace, row, told):
    with pytest.raises(InputError, match="line 1: ") as error:
        open_audit_input(workspace, str(lines_file(tmp_path / "f.jsonl", row)))
    assert told in str(error.value)


def beir_folder(folder, *judged, negatives=()):
    (folder / "qrels").mkdir(parents=True)
    queries = sorted({row[0] for row in judged} | {"lonely"})
    lines_file(folder / "queries.jsonl", *({"_id": q, "text": f"text {q}"} for q in queries))
    rows = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in judged)]
    (folder / "qrels" / "test.tsv").write_text("\n".join(rows) + "\n")
    if negatives:
        (folder / "negatives").mkdir()
        lines_file(folder / "negatives" / "test.jsonl", *negatives)
    return folder


def test_what_experts_judged_not_relevant_is_audited(tmp_path, workspace):
    judged = [("1", 11, 2), ("1", 12, 0), ("1", 13, -1), ("2", 14, 0), ("3", 15, 1)]
    path = beir_folder(tmp_path / "a set", *judged)
    ((anchor, rows),) = read(workspace, path)
    assert (anchor.query_id, anchor.positive_pmids) == ("1", (11,))
    assert rows == [(12, "judged", 1), (13, "judged", 2)]
    source = open_audit_input(workspace, str(path))
    assert source.left_out == {"negatives of queries without a known positive": 1}
    assert source.name == "a-set"
    assert len(source.inputs) == 2


def test_mined_lines_of_a_beir_folder_join_its_judgments(tmp_path, workspace):
    line = {"qid": "1", "pos": ["11", "21"], "neg": {"bm25": ["31"], "dense": ["12", "31"]}}
    path = beir_folder(tmp_path / "b", ("1", 11, 1), ("1", 12, 0), negatives=[line])
    ((anchor, rows),) = read(workspace, path)
    assert anchor.positive_pmids == (11, 21)
    assert rows == [(12, "judged", 1), (31, "bm25", 1), (12, "dense", 1), (31, "dense", 2)]
    wrong = beir_folder(tmp_path / "c", ("1", 11, 1), negatives=[{**line, "qid": "7"}])
    with pytest.raises(InputError, match=r"test\.jsonl, line 1: there is no query '7'"):
        open_audit_input(workspace, str(wrong))


def test_a_beir_folder_without_negatives_is_refused(tmp_path, workspace):
    path = beir_folder(tmp_path / "only-good", ("1", 11, 1))
    with pytest.raises(InputError, match="names no negative, so there is nothing"):
        open_audit_input(workspace, str(path))
    path = beir_folder(tmp_path / "apart", ("1", 11, 1), ("2", 12, 0))
    with pytest.raises(InputError, match="no negative of a query with a known positive"):
        open_audit_input(workspace, str(path))


def test_what_is_not_there_is_told_with_what_is(tmp_path, workspace):
    write_mined(workspace.mined("some"))
    with pytest.raises(InputError, match=r"'other' is neither a mined set .* sets are: some"):
        open_audit_input(workspace, "other")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no negatives in a form that is known"):
        open_audit_input(workspace, str(tmp_path / "empty"))
    with pytest.raises(SettingsError, match="--qrels is for BEIR folders"):
        open_audit_input(workspace, "some", ("test",))
    path = lines_file(tmp_path / "f.jsonl", GOOD)
    with pytest.raises(SettingsError, match="no BEIR folder"):
        open_audit_input(workspace, str(path), ("test",))
