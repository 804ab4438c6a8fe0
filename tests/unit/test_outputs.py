"""Nothing half-written stands under its final name."""

import errno
import os
import stat

import pytest

from citemesh.cli import as_citemesh_error
from citemesh.errors import InputError, NoSpaceError, OutputExistsError
from citemesh.manifest import Manifest, read_manifest
from citemesh.outputs import new_folder, remove_leftovers, write_text
from citemesh.workspace import Workspace, checked_name


def test_a_folder_gets_its_name_when_it_is_whole(tmp_path):
    final = tmp_path / "out"
    with new_folder(final) as folder:
        (folder / "a").write_text("1")
        assert not final.exists()
    assert (final / "a").read_text() == "1"
    assert list(tmp_path.iterdir()) == [final]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_failure_keeps_the_older_output_and_leaves_nothing(tmp_path, failure):
    final = tmp_path / "out"
    with new_folder(final) as folder:
        (folder / "a").write_text("old")
    with pytest.raises(failure), new_folder(final, force=True) as folder:
        (folder / "a").write_text("new")
        raise failure
    assert (final / "a").read_text() == "old"
    assert list(tmp_path.iterdir()) == [final]


def test_an_output_is_not_replaced_without_force(tmp_path):
    final = tmp_path / "out"
    final.mkdir()
    with pytest.raises(OutputExistsError, match="--force"), new_folder(final):
        raise AssertionError("the block must not run")


def test_what_a_killed_run_left_is_removed_and_what_it_was_replacing_put_back(tmp_path):
    gone = 2**22 + 1  # above the greatest process id
    (tmp_path / f".out~{gone}.partial").mkdir()
    (tmp_path / f".out~{gone}.replaced").mkdir()
    (tmp_path / f".out~{os.getpid()}.partial").mkdir()
    (tmp_path / f".out.{gone}.partial").mkdir()  # of an output named out.4194305
    (tmp_path / ".out.notes").mkdir()
    remove_leftovers(tmp_path / "out")
    assert {p.name for p in tmp_path.iterdir()} == {
        "out", f".out~{os.getpid()}.partial", f".out.{gone}.partial", ".out.notes",
    }  # fmt: skip


def test_a_text_file_has_its_mode_from_the_first_moment(tmp_path):
    write_text(tmp_path / "secret", "word", mode=0o600)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["secret"]


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "../up", ".hidden", "-x", "a b", "ü", "a" * 101]
)
def test_a_name_cannot_lead_out_of_the_workspace(tmp_path, name):
    with pytest.raises(InputError, match="name"):
        Workspace(tmp_path).mined(name)


def test_names_that_are_fine():
    for name in ("demo", "demo-quick", "a.b_c", "7"):
        assert checked_name(name) == name


def test_a_manifest_comes_back_as_it_was(tmp_path):
    written = Manifest(kind="mine", settings={"a": 1}, counts={"n": 2}, dropped={"why": 3}, seed=4)
    written.write(tmp_path)
    assert read_manifest(tmp_path, "mine", "citemesh mine") == written


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", '{"kind": "mine"}', '{"kind": 1, "x": 2}']
)
def test_a_manifest_that_is_missing_or_broken_names_the_command(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(InputError, match="citemesh mine"):
        read_manifest(tmp_path, "mine", "citemesh mine")


def test_a_manifest_of_another_kind_is_refused(tmp_path):
    Manifest(kind="export", settings={}).write(tmp_path)
    with pytest.raises(InputError, match="was made by `export`"):
        read_manifest(tmp_path, "mine", "citemesh mine")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_said_in_words_even_when_wrapped(number):
    try:
        try:
            raise OSError(number, os.strerror(number))
        except OSError as cause:
            raise RuntimeError("writing failed") from cause
    except RuntimeError as wrapped:
        told = as_citemesh_error(wrapped)
    assert isinstance(told, NoSpaceError)
    assert "Free some space" in str(told)
