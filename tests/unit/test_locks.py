"""One holder at a time, whoever comes and goes, and no file left behind."""

import subprocess
import sys

from citemesh.graph.locks import exclusive_lock

#: Reads a number, waits, writes the next: without the lock, steps of others are lost.
COUNT = """
import sys, time
from pathlib import Path
from citemesh.graph.locks import exclusive_lock
lock, number = map(Path, sys.argv[1:])
for _ in range(25):
    with exclusive_lock(lock, "Another"):
        seen = int(number.read_text())
        time.sleep(0.001)
        number.write_text(str(seen + 1))
"""


def test_no_step_is_lost_among_many_processes(tmp_path):
    number, lock = tmp_path / "number", tmp_path / "lock"
    number.write_text("0")
    command = [sys.executable, "-c", COUNT, str(lock), str(number)]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(6)]
    for process in processes:
        process.communicate(timeout=60)
    assert {process.returncode for process in processes} == {0}
    assert number.read_text() == "150"
    assert not lock.exists()


def test_a_file_of_a_killed_holder_is_taken_over(tmp_path):
    lock = tmp_path / "lock"
    lock.touch()
    with exclusive_lock(lock, "Another"):
        assert lock.exists()
    assert not lock.exists()
