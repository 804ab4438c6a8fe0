"""Tasks side by side: what comes back, what an error does, and that no process is left behind."""

import os
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import psutil
import pytest
from distributed import LocalCluster
from lxml import etree

from citemesh.errors import CitemeshError, InputError, SettingsError
from citemesh.graph.tasks import dask_runner
from citemesh.graph.tasks.runner import open_runner, usable_cpus
from citemesh.workspace import checked_name

HERE = Path(__file__).parent


@pytest.fixture
def tasks(monkeypatch):
    """Worker processes get this process's sys.path, and so find runner_tasks."""
    monkeypatch.syspath_prepend(HERE)
    return import_module("runner_tasks")


@pytest.mark.parametrize("workers", [1, 2])
def test_each_result_comes_once_with_the_index_of_its_item(workers):
    items = [-n for n in range(30)]  # more than are handed out ahead
    with open_runner(workers) as runner:
        found = list(runner.map(abs, items))
    assert sorted(found) == [(n, n) for n in range(30)]


def test_nothing_to_do_is_done():
    with open_runner(2) as runner:
        assert list(runner.map(abs, [])) == []


def test_one_item_or_one_worker_needs_no_other_process_and_two_have_them(tasks):
    with open_runner(1) as one, open_runner(2) as two:
        assert {found for _, found in one.map(tasks.pid, [1, 2])} == {os.getpid()}
        assert {found for _, found in two.map(tasks.pid, [1])} == {os.getpid()}
        assert os.getpid() not in {found for _, found in two.map(tasks.pid, [1, 2])}


def test_the_default_is_the_cpus_this_process_may_use():
    assert usable_cpus() == len(os.sched_getaffinity(0))
    with pytest.raises(SettingsError, match="0 workers"), open_runner(0):
        pass


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_arrives_unchanged(workers):
    with open_runner(workers) as runner, pytest.raises(InputError) as caught:
        list(runner.map(checked_name, ["fine", "../not"]))
    with pytest.raises(InputError) as direct:
        checked_name("../not")
    assert (caught.value.message, caught.value.hint) == (direct.value.message, direct.value.hint)


def test_an_error_cancels_the_rest(tmp_path):
    paths = [tmp_path / "none" / "x", *(tmp_path / str(n) for n in range(300))]
    with open_runner(2) as runner, pytest.raises(FileNotFoundError):
        list(runner.map(Path.touch, paths))
    assert len(list(tmp_path.iterdir())) < 200
    assert children() == []


def test_an_error_that_cannot_travel_is_not_taken_for_a_killed_worker():
    with open_runner(2) as runner, pytest.raises(Exception, match="StartTag") as caught:
        list(runner.map(etree.fromstring, [b"<", b"<"]))
    assert not isinstance(caught.value, CitemeshError)


def test_a_killed_worker_is_said_in_words_and_the_others_end():
    with open_runner(2) as runner, pytest.raises(CitemeshError, match="killed") as caught:
        list(runner.map(signal.raise_signal, [signal.SIGKILL, signal.SIGKILL]))
    assert "--workers 1" in caught.value.hint
    assert children() == []


def test_results_that_nobody_reads_leave_no_process(tasks):
    with open_runner(2) as runner:
        results = runner.map(tasks.pid, range(50))
        assert next(results)
        assert children()
    assert children() == []


def children():
    """Worker processes of this one; the pool's resource tracker lives as long as Python."""
    found = psutil.Process().children(recursive=True)
    return [p for p in found if "spawn_main" in " ".join(p.cmdline())]


@pytest.fixture
def holding(tmp_path):
    """A process of its own group, with two workers in mid-task, and those workers."""
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from citemesh.graph.tasks.runner import open_runner\n"
        "from runner_tasks import hold\n"
        "with open_runner(2) as runner: list(runner.map(hold, [Path(a) for a in sys.argv[1:]]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a"), str(tmp_path / "b")]
    process = subprocess.Popen(
        command, cwd=HERE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    errors = process.stderr
    assert errors is not None
    while len(list(tmp_path.glob(".*/begun"))) < 2:
        assert process.poll() is None, errors.read()
        time.sleep(0.02)
    yield process, psutil.Process(process.pid).children(recursive=True)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    errors.close()


def test_ctrl_c_ends_all_processes_and_half_written_outputs(holding, tmp_path):
    process, workers = holding
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process
    _, errors = process.communicate(timeout=30)
    assert psutil.wait_procs(workers, timeout=10)[1] == []
    assert errors.count("Traceback") == 1  # the caller's own, none from workers
    assert "KeyboardInterrupt" in errors
    assert list(tmp_path.iterdir()) == []


def test_workers_of_a_killed_process_end_and_tidy_up(holding, tmp_path):
    process, workers = holding
    process.kill()
    assert psutil.wait_procs(workers, timeout=10)[1] == []
    assert list(tmp_path.iterdir()) == []


def test_dask_does_the_task_of_a_killed_worker_again(tasks, tmp_path):
    with open_runner(1, "local") as runner:
        assert dict(runner.map(tasks.kill_once, [tmp_path / "flag"])) == {0: "done again"}
        with pytest.raises(InputError, match="cannot be used as a name"):
            list(runner.map(checked_name, ["fine", "../not"]))
    assert children() == []


def test_a_scheduler_must_have_the_same_version_on_its_machines(monkeypatch):
    with LocalCluster(n_workers=1, processes=False, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        with open_runner(None, address) as runner:
            assert sorted(runner.map(abs, [-1, -1])) == [(0, 1), (1, 1)]
        monkeypatch.setattr(dask_runner, "__version__", "0.0.other")
        with (
            pytest.raises(InputError, match="Install the same version"),
            open_runner(None, address),
        ):
            pass


def test_a_scheduler_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(dask_runner, "_CONNECT_TIMEOUT", "0.2s")
    address = "tcp://127.0.0.1:9"  # the discard port: nobody listens
    with pytest.raises(InputError, match=address), open_runner(None, address):
        pass
    with pytest.raises(SettingsError, match="workers of its own"), open_runner(2, address):
        pass
