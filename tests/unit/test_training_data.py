import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from citemesh.errors import InputError
from citemesh.manifest import Manifest
from citemesh.training.data.export import read_export
from citemesh.training.models.base import find_model
from citemesh.workspace import Workspace


@pytest.fixture
def export(tmp_path):
    def write(columns, kind="export"):
        folder = tmp_path / "export"
        (folder / "texts").mkdir(parents=True)
        pq.write_table(pa.table(columns), folder / "texts" / "train-00000.parquet")
        Manifest(kind=kind, settings={}).write(folder)
        return folder

    return write


def test_columns_come_anchor_first_and_negatives_by_number(export):
    names = ["negative_10", "positive", "note", "negative_2", "anchor"]
    found = read_export(export({name: ["a text", "another"] for name in names}))
    assert found.columns == ("anchor", "positive", "negative_2", "negative_10")
    assert found.rows == 2


def test_the_triplet_layout_and_pairs_are_read_too(export):
    folder = export({"anchor": ["a"], "positive": ["b"], "negative": ["c"]})
    assert read_export(folder).columns == ("anchor", "positive", "negative")
    pq.write_table(
        pa.table({"anchor": ["a"], "positive": ["b"]}), folder / "texts" / "train-00000.parquet"
    )
    assert read_export(folder).columns == ("anchor", "positive")


def test_the_hash_follows_the_texts(export):
    folder = export({"anchor": ["a"], "positive": ["b"]})
    before = read_export(folder).sha256
    assert read_export(folder).sha256 == before
    pq.write_table(
        pa.table({"anchor": ["a"], "positive": ["c"]}), folder / "texts" / "train-00000.parquet"
    )
    assert read_export(folder).sha256 != before


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no export folder at .*nowhere"):
        read_export(tmp_path / "nowhere")


def test_another_commands_output_is_refused(export):
    folder = export({"anchor": ["a"], "positive": ["b"]}, kind="mine")
    with pytest.raises(InputError, match="was made by `mine`"):
        read_export(folder)


def test_an_export_for_another_trainer_is_refused(tmp_path):
    Manifest(kind="export", settings={}).write(tmp_path)
    with pytest.raises(InputError, match=r"no texts/train-\*\.parquet"):
        read_export(tmp_path)


def test_missing_columns_are_named_with_what_is_there(export):
    with pytest.raises(InputError, match="lacks the column positive; it has anchor, answer"):
        read_export(export({"anchor": ["a"], "answer": ["b"]}))


def test_no_rows_are_refused(export):
    empty = pa.array([], pa.string())
    with pytest.raises(InputError, match="has no rows"):
        read_export(export({"anchor": empty, "positive": empty}))


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_row_without_a_text_is_refused(export, nothing):
    with pytest.raises(InputError, match="without a text in the column negative_1"):
        read_export(
            export({"anchor": ["a", "b"], "positive": ["c", "d"], "negative_1": ["e", nothing]})
        )


def test_a_column_that_is_no_text_is_refused(export):
    with pytest.raises(InputError, match=r"column positive .* no texts"):
        read_export(export({"anchor": ["a"], "positive": [7]}))


def test_a_broken_file_is_named(export):
    folder = export({"anchor": ["a"], "positive": ["b"]})
    file = folder / "texts" / "train-00000.parquet"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        read_export(folder)


@pytest.mark.parametrize("path", ["./gone", "/no/model", "~/gone", "a/b/c"])
def test_a_path_without_a_model_is_refused(path, tmp_path):
    with pytest.raises(InputError, match=f"no model folder at {path}"):
        find_model(path, Workspace(tmp_path))


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no model"):
        find_model(str(tmp_path), Workspace(tmp_path))


def test_a_trained_model_is_found_by_its_name(tmp_path):
    (tmp_path / "models" / "one").mkdir(parents=True)
    (tmp_path / "models" / "one" / "modules.json").write_text("[]")
    assert find_model("one", Workspace(tmp_path)) == str((tmp_path / "models" / "one").resolve())


def test_a_hub_name_stays_as_it_is(tmp_path):
    assert find_model("thenlper/gte-base", Workspace(tmp_path)) == "thenlper/gte-base"
