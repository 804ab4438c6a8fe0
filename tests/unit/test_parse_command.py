"""`citemesh graph parse`: tables that are read at once, in one folder, whole or not at all."""

import json
import os
import shutil
from collections import Counter

import pandas as pd
import pyarrow.parquet as pq
import pytest

from citemesh.errors import InputError, OutputExistsError
from citemesh.graph.pubmed.parse import parse_files, stage_files
from citemesh.graph.pubmed.staging import stage_file
from citemesh.graph.pubmed.tables import SCHEMAS
from citemesh.workspace import Workspace
from tests.support import DATA, one_clear_line, run_citemesh

FILES = [DATA / "two_versions.xml", DATA / "nested_reference_lists.xml", DATA / "book_record.xml"]


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "w")


def read_all(out):
    return {name: pd.read_parquet(out / f"{name}.parquet") for name in SCHEMAS}


@pytest.mark.parametrize("workers", [1, 2])
def test_staged_files_come_in_the_order_given(workspace, workers):
    given = [FILES[0], FILES[1], FILES[0], FILES[2]]
    staged = stage_files(workspace, given, workers)
    assert [file.name for file in staged] == [path.name for path in given]
    assert staged == [stage_file(workspace, path) for path in given]


def test_copies_in_different_folders_never_meet(workspace, tmp_path):
    copies = []
    for name in "abcdefgh":
        (tmp_path / name).mkdir()
        copies.append(shutil.copy(FILES[0], tmp_path / name / "same.xml"))
    staged = stage_files(workspace, [tmp_path / n / "same.xml" for n in "abcdefgh"], workers=2)
    assert len({file.folder for file in staged}) == 1
    assert len(list(workspace.staged.iterdir())) == 1


def test_every_row_of_every_file_is_in_the_tables_once(workspace, tmp_path):
    out = tmp_path / "tables"
    manifest = parse_files(workspace, [*FILES, FILES[0]], out, workers=2)
    tables = read_all(out)
    staged = [stage_file(workspace, path) for path in FILES]
    for name, table in tables.items():
        rows = sum(pq.read_metadata(file.table(name)).num_rows for file in staged)
        assert len(table) == rows, name
        assert list(table.columns) == SCHEMAS[name].names
    assert manifest.counts["records"] == len(tables["articles"])
    assert manifest.counts["references"] == len(tables["references"])
    assert manifest.dropped == dict(sum((Counter(file.skipped) for file in staged), Counter()))
    assert json.loads((out / "manifest.json").read_text())["counts"] == manifest.counts


def test_names_that_readers_pass_over_are_read_too(workspace, tmp_path):
    # pyarrow takes files that begin with a dot or an underscore for its own.
    for name in ("_hidden.xml", ".dotted.xml", "a=b.xml"):
        shutil.copy(FILES[0], tmp_path / name)
    files = [tmp_path / "_hidden.xml", tmp_path / ".dotted.xml", tmp_path / "a=b.xml"]
    parse_files(workspace, files, tmp_path / "out", workers=1)
    table = pd.read_parquet(tmp_path / "out" / "articles.parquet")
    assert len(table) == 6
    assert list(table.columns) == SCHEMAS["articles"].names


def test_parts_share_their_space_with_the_workspace_or_are_copied(workspace, tmp_path, monkeypatch):
    parse_files(workspace, FILES[:1], tmp_path / "linked")
    (part,) = (tmp_path / "linked" / "articles.parquet").iterdir()
    assert part.samefile(stage_file(workspace, FILES[0]).table("articles"))

    def no_links(_source, _target):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", no_links)
    parse_files(workspace, FILES[:1], tmp_path / "copied")
    left, right = read_all(tmp_path / "linked"), read_all(tmp_path / "copied")
    assert all(left[name].equals(right[name]) for name in SCHEMAS)


def test_a_missing_file_is_named(workspace, tmp_path):
    with pytest.raises(InputError, match=r"none\.xml"):
        parse_files(workspace, [FILES[0], tmp_path / "none.xml"], tmp_path / "out", workers=1)


@pytest.mark.parametrize("workers", [1, 2])
def test_one_bad_file_is_named_and_leaves_no_output(workspace, tmp_path, workers):
    bad = tmp_path / "bad.xml"
    bad.write_text("<PubmedArticleSet><PubmedArticle>")
    with pytest.raises(InputError, match=r"bad\.xml"):
        parse_files(workspace, [FILES[0], bad], tmp_path / "out", workers=workers)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.xml", "w"]


def test_only_an_earlier_parse_is_replaced_and_only_with_force(workspace, tmp_path):
    out = tmp_path / "out"
    parse_files(workspace, FILES[:1], out)
    with pytest.raises(OutputExistsError, match="--out"):
        parse_files(workspace, FILES[1:2], out)
    assert set(read_all(out)["articles"]["pmid"]) == {106}
    parse_files(workspace, FILES[1:2], out, force=True)
    assert set(read_all(out)["articles"]["pmid"]) == {103}
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="not made by"):
        parse_files(workspace, FILES[:1], home, force=True)
    assert (home / "thesis.txt").read_text() == "years of work"


def test_the_command_prints_counts_skips_and_the_next_command(workspace, tmp_path):
    result = run_citemesh(
        workspace.root, "graph", "parse", *FILES, "--out", "tables", "--workers", 2, cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["files", "3"] in lines
    assert ["records", "4"] in lines
    assert ["book", "record", "1"] in lines
    assert result.stdout.splitlines()[-1].startswith("Next: citemesh graph load ")
    assert "Reading files" in result.stderr
    assert "two_versions" not in result.stderr  # workers show no bars of their own
    again = run_citemesh(workspace.root, "graph", "parse", FILES[0], "--out", tmp_path / "tables")
    assert "--force" in one_clear_line(again)


def test_one_file_shows_its_own_bar(workspace, tmp_path):
    result = run_citemesh(workspace.root, "graph", "parse", FILES[0], "--out", tmp_path / "one")
    assert "two_versions" in result.stderr
