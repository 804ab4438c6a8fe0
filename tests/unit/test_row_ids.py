"""Ids of an export's rows as arrays: each row as it was written, each query with all it knows."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.errors import InputError
from citemesh.training.data.export import read_export
from citemesh.training.data.read_ids import dev_papers, known_papers, read_row_ids
from tests.unit.test_export_formats import ITEMS, exported

IN_TRAIN = ITEMS[:2]


def known_of(ids):
    return [ids.known.row(query).tolist() for query in ids.query.tolist()]


@pytest.mark.parametrize("layout", ["n-tuple", "triplet", "pair"])
def test_rows_are_those_of_the_texts_in_every_layout(tmp_path, layout):
    export = read_export(exported(tmp_path / "out", layout=layout, negatives=2))
    ids = read_row_ids(export, tmp_path / "cache")
    lists = {"n-tuple": lambda own: [own], "triplet": lambda own: [[n] for n in own],
             "pair": lambda own: [[]]}[layout]  # fmt: skip
    rows = [
        (item, positive, negatives)
        for item in IN_TRAIN for positive in item.positives
        for negatives in lists([n.negative_pmid for n in item.negatives])
    ]  # fmt: skip
    assert ids.positive.tolist() == [positive for _, positive, _ in rows]
    assert ids.negatives.tolist() == [negatives for _, _, negatives in rows]
    assert ids.negatives.shape == (export.rows, len(export.columns) - 2)
    assert known_of(ids) == [list(item.anchor.known_pmids) for item, _, _ in rows]
    same = [[one is other for one, _, _ in rows] for other, _, _ in rows]
    assert (ids.query[:, None] == ids.query[None, :]).tolist() == same


def test_arrays_are_mapped_from_the_cache(tmp_path):
    export = read_export(exported(tmp_path / "out", negatives=2))
    ids = read_row_ids(export, tmp_path / "cache")
    for values in (ids.query, ids.positive, ids.negatives, ids.known.indices):
        assert isinstance(values.base, np.memmap)
        assert not values.flags.writeable


def rewritten(folder, change):
    for file in (folder / "ids").glob("train-*.parquet"):
        pq.write_table(change(pq.read_table(file)), file)
    return read_export(folder)


def test_older_exports_do_not_name_the_query_s_own_paper(tmp_path):
    folder = exported(tmp_path / "out", negatives=2)
    export = rewritten(folder, lambda table: table.drop_columns(["anchor_pmid"]))
    assert known_of(read_row_ids(export, tmp_path / "cache")) == [[2, 3], [2, 3], [7]]


def test_rows_of_one_query_need_not_stand_together(tmp_path):
    folder = exported(tmp_path / "out", shard_rows=9, negatives=2)
    export = rewritten(folder, lambda table: table.take(pa.array([0, 2, 1])))
    ids = read_row_ids(export, tmp_path / "cache")
    assert known_of(ids) == [[1, 2, 3], [6, 7], [1, 2, 3]]
    assert ids.query[0] == ids.query[2] != ids.query[1]


@pytest.mark.parametrize("change", ["fewer rows", "another file", "none"])
def test_ids_of_other_rows_are_refused(tmp_path, change):
    folder = exported(tmp_path / "out", shard_rows=2, negatives=2)
    first, second = sorted((folder / "ids").glob("train-*.parquet"))
    if change == "fewer rows":
        pq.write_table(pq.read_table(first).slice(1), first)
    elif change == "another file":  # as many rows in all
        pq.write_table(pa.concat_tables(map(pq.read_table, (first, second))), first)
        second.unlink()
    else:
        first.unlink()
        second.unlink()
    words = "holds no ids/train" if change == "none" else "are not those of its texts"
    with pytest.raises(InputError, match=words):
        read_row_ids(read_export(folder), tmp_path / "cache")


def test_a_missing_column_is_named(tmp_path):
    folder = exported(tmp_path / "out", negatives=2)
    export = rewritten(folder, lambda table: table.drop_columns(["negative_pmid_2"]))
    with pytest.raises(InputError, match="lacks the column negative_pmid_2; it has query_id"):
        read_row_ids(export, tmp_path / "cache")


def test_a_paper_that_is_not_named_is_unknown(tmp_path):
    folder = exported(tmp_path / "out", shard_rows=9, negatives=2)

    def without(table):
        place = table.schema.get_field_index("negative_pmid_1")
        return table.set_column(place, "negative_pmid_1", pa.array([4, None, 4], pa.int64()))

    ids = read_row_ids(rewritten(folder, without), tmp_path / "cache")
    assert ids.negatives.tolist() == [[4, 5], [0, 5], [4, 8]]


def test_papers_of_the_dev_part_are_its_queries_positives_and_negatives(tmp_path):
    export = read_export(exported(tmp_path / "out", negatives=2))
    found = dev_papers(export)
    assert [pmid for pmid in range(1, 20) if pmid in found] == [9, 10, 11]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(0, 6)), min_size=1))
def test_known_papers_are_the_own_one_and_all_positives_once(rows):
    query, own, positive = np.array(rows, np.int64).T
    known = known_papers(query, own, positive)
    assert len(known) == query.max() + 1
    for number in range(len(known)):
        papers = [p for q, p, _ in rows if q == number] + [p for q, _, p in rows if q == number]
        expected = list(dict.fromkeys(pmid for pmid in papers if pmid))
        assert known.row(number).tolist() == expected
