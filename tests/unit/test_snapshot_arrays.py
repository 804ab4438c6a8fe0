"""Arrays in files: what is appended is what is mapped, and a transpose is that of an oracle."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.graph.pmid_set import order_key
from citemesh.graph.snapshot import by_key
from citemesh.graph.snapshot import transpose as snapshot_transpose
from citemesh.graph.snapshot.arrays import (
    ArrayFile,
    Csr,
    CsrFile,
    csr_of,
    find_sorted,
    map_array,
    map_csr,
)
from citemesh.graph.snapshot.by_key import (
    first_at_least,
    write_documents_by_h,
    write_major_documents,
)
from citemesh.graph.snapshot.rows import title_keys
from citemesh.graph.snapshot.transpose import transpose

#: Lists of column numbers below 7, one list per row.
ROWS = st.lists(st.lists(st.integers(0, 6), max_size=5).map(sorted), max_size=12)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("arrays")


def write_rows(folder, name, rows):
    with CsrFile(folder, name) as file:
        for row in rows:
            file.append(np.array([len(row)]), np.array(row, dtype=np.int64))


def lists(csr):
    return [csr.row(i).tolist() for i in range(len(csr))]


@pytest.mark.parametrize("lengths", [[], [0], [3], [1, 0, 100_000, 7]])
def test_an_array_that_grew_is_mapped_whole(tmp_path, lengths):
    with ArrayFile(tmp_path / "a.npy", "<i4") as file:
        for length in lengths:
            file.append(np.arange(length))
    mapped = map_array(tmp_path, "a")
    assert mapped.dtype == np.dtype("<i4")
    assert mapped.tolist() == [i for length in lengths for i in range(length)]
    assert not mapped.flags.writeable


@pytest.mark.parametrize(("dtype", "value"), [("<i2", 40_000), ("<i4", 1 << 31), ("|u1", -1)])
def test_a_value_that_does_not_fit_is_refused_and_not_wrapped(tmp_path, dtype, value):
    with ArrayFile(tmp_path / "a.npy", dtype) as file, pytest.raises(OverflowError, match=dtype[1]):
        file.append([1, value])


@given(rows=ROWS, chunk=st.integers(1, 9))
def test_the_transpose_is_that_of_an_oracle_whatever_the_chunk(folder, rows, chunk):
    write_rows(folder, "forth", rows)
    marks = [(row * 7 + column) % 3 == 0 for row, columns in enumerate(rows) for column in columns]
    with ArrayFile(folder / "forth.mark.npy", "|b1") as file:
        file.append(np.array(marks, dtype=bool))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot_transpose, "CHUNK", chunk)
        transpose(folder, "forth", "back", 7, marks="mark")
    back, mark = map_csr(folder, "back"), map_array(folder, "back.mark")
    expected = [
        [row for row, columns in enumerate(rows) for column in columns if column == wanted]
        for wanted in range(7)
    ]
    assert lists(back) == expected
    assert mark.tolist() == [
        (row * 7 + column) % 3 == 0 for column, found in enumerate(expected) for row in found
    ]
    assert not (folder / "cursor.npy").exists()


@given(values=st.sets(st.integers(1, 50)), wanted=st.lists(st.integers(0, 60)))
def test_positions_are_found_or_minus_one(values, wanted):
    known = sorted(values)
    found = find_sorted(np.array(known, dtype=np.int64), np.array(wanted, dtype=np.int64))
    assert found.tolist() == [known.index(w) if w in values else -1 for w in wanted]


@given(rows=ROWS)
def test_lists_from_pairs_are_those_lists(rows):
    pairs = [(row, value) for row, values in enumerate(rows) for value in values]
    index, values = np.array(pairs, np.int64).reshape(-1, 2).T
    assert lists(csr_of(index, values, len(rows))) == rows


@given(rows=ROWS.filter(bool), data=st.data())
def test_entries_of_many_rows_come_one_list_after_the_other(rows, data):
    wanted = data.draw(st.lists(st.integers(0, len(rows) - 1)))
    csr = Csr(
        np.cumsum([0, *map(len, rows)]), np.array([c for row in rows for c in row], dtype=np.int32)
    )
    owner, values = csr.rows(np.array(wanted, dtype=np.int64))
    expected = [(i, value) for i, row in enumerate(wanted) for value in rows[row]]
    assert list(zip(owner.tolist(), values.tolist(), strict=True)) == expected


def test_the_memory_of_a_transpose_is_that_of_a_chunk(tmp_path, monkeypatch):
    monkeypatch.setattr(snapshot_transpose, "CHUNK", 1_000)
    peaks = []
    for entries in (20_000, 200_000):
        with CsrFile(tmp_path, "forth") as file:
            file.append(np.full(entries // 10, 10), np.arange(entries) % 500)
        tracemalloc.start()
        transpose(tmp_path, "forth", "back", 500)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


@given(
    headed=st.lists(st.dictionaries(st.integers(0, 11), st.booleans(), max_size=9), max_size=6),
    documents=st.frozensets(st.integers(0, 11)),
    chunk=st.integers(1, 9),
)
def test_documents_by_key_are_those_of_an_oracle_whatever_the_chunk(
    folder, headed, documents, chunk
):
    h = order_key(np.arange(1, 13) * 1_000_003)
    rows = [sorted(row.items()) for row in headed]
    write_rows(folder, "headed", [[article for article, _ in row] for row in rows])
    columns = {
        "headed.major": ("|b1", [major for row in rows for _, major in row]), "h": ("<i8", h),
        # Bits of other flags must not make a document.
        "flags": ("|u1", [(place in documents) + 6 * (place % 2) for place in range(12)]),
    }  # fmt: skip
    for name, (dtype, values) in columns.items():
        with ArrayFile(folder / f"{name}.npy", dtype) as file:
            file.append(np.array(values, dtype=np.dtype(dtype)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_key, "CHUNK", chunk)
        write_documents_by_h(folder)
        write_major_documents(folder)
    in_order = sorted(documents, key=lambda place: int(h[place]))
    assert map_array(folder, "documents_by_h").tolist() == in_order
    assert lists(map_csr(folder, "major_documents")) == [
        [place for place in in_order if row.get(place)] for row in headed
    ]


@given(runs=st.lists(st.lists(st.integers(0, 9)), min_size=1, max_size=5), data=st.data())
def test_many_searches_at_once_are_single_searches(runs, data):
    wanted = data.draw(st.lists(st.integers(-1, 10), min_size=len(runs), max_size=len(runs)))
    ends = np.cumsum([len(run) for run in runs])
    keys = np.array([key for run in runs for key in sorted(run)], dtype=np.int64)
    listed = np.arange(len(keys))[::-1]  # not in the order of positions
    lengths = np.array([len(run) for run in runs])
    found = first_at_least(keys[listed], listed, ends - lengths, ends, np.array(wanted))
    expected = [
        end - len(run) + sum(key < least for key in run)
        for run, end, least in zip(runs, ends.tolist(), wanted, strict=True)
    ]
    assert found.tolist() == expected


@given(st.lists(st.one_of(st.none(), st.text(max_size=5))))
def test_title_keys_are_equal_for_equal_titles_and_zero_for_none(titles):
    keys = title_keys(titles).tolist()
    folded = [(title or "").casefold() for title in titles]
    assert [key == 0 for key in keys] == [not text for text in folded]
    assert len(set(keys)) == len(set(folded))


def test_title_keys_see_no_case_and_every_letter():
    one, upper, other = title_keys(["On the Stra\u00dfe", "ON THE STRASSE", "On the Strasse."])
    assert one == upper != other
