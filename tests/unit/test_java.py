"""Running Neo4j's programs: what they say of a full disk ends them, whatever they do about it."""

import errno
import os
import sys

import psutil
import pytest

from citemesh.errors import NoSpaceError
from citemesh.graph import java


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_program_that_waits_on_a_full_disk_is_ended(tmp_path, number):
    """Neo4j's import tool writes its pages again and again when the disk is full."""
    home, log = tmp_path / "home-1", tmp_path / "home-1.log"
    home.mkdir()
    said = f"java.io.IOException: {os.strerror(number)}"
    code = f"import time\nprint({said!r}, flush=True)\ntime.sleep(600)"
    with pytest.raises(NoSpaceError, match="Neo4j could not write") as caught:
        java._run_logged([sys.executable, "-c", code], home, log, None)
    assert str(log) in str(caught.value)
    assert os.strerror(number) in log.read_text()
    assert not [child for child in psutil.Process().children() if child.is_running()]


def test_a_disk_with_room_is_not_blamed(tmp_path):
    assert java.full_disk_error(tmp_path, tmp_path / "log") is None


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("Import starting\nError importing csv file.\nRun with '--verbose' for more.\n",
         "Error importing csv file."),
        ("start\nCaused by: java.io.IOException: the cause\n\tat somewhere\n", "the cause"),
        ("", "it said nothing."),
    ],
)  # fmt: skip
def test_the_telling_line_of_a_log(tmp_path, log, line):
    path = tmp_path / "log"
    path.write_text(log)
    assert java.telling_line(path) == line
