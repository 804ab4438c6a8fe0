"""Work folders: a job finds its own again, and removes what no job will go on with."""

import json
import os
import time

import pytest

from citemesh.graph.locks import exclusive_lock
from citemesh.mining.work_folders import KEPT_DAYS, work_folder

JOB = {"settings": {"limit": 5, "off": frozenset({"b", "a"})}}
OTHER = {"settings": {"limit": 6, "off": frozenset[str]()}}


def killed(root, graph="one", job=JOB):
    """A job that ends before it is done; its folder."""
    with pytest.raises(KeyboardInterrupt), work_folder(root, graph, job) as work:
        (work / "range").write_text("finished")
        raise KeyboardInterrupt
    return work


def done(root, graph="one", job=OTHER):
    with work_folder(root, graph, job) as work:
        assert json.loads((work / "key.json").read_text())["graph"] == graph


def age(folder, days):
    then = time.time() - days * 86_400
    os.utime(folder, (then, then))


def test_a_job_finds_what_it_had_finished_and_leaves_nothing_when_it_is_done(tmp_path):
    work = killed(tmp_path)
    assert killed(tmp_path) == work
    with work_folder(tmp_path, "one", JOB) as again:
        assert (again / "range").read_text() == "finished"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("other", [{"graph": "two"}, {"job": OTHER}])
def test_another_job_or_another_graph_has_another_folder(tmp_path, other):
    work = killed(tmp_path)
    with work_folder(tmp_path, **{"graph": "one", "job": JOB, **other}) as own:
        assert own != work
        assert not (own / "range").exists()


def test_a_job_removes_those_of_another_state_of_the_graph(tmp_path):
    outdated, fresh = killed(tmp_path, graph="before"), killed(tmp_path)
    assert not outdated.exists()  # by the job that came next
    done(tmp_path)
    assert fresh.exists()
    done(tmp_path, graph="after")
    assert list(tmp_path.iterdir()) == []


def test_a_job_removes_old_ones_but_not_its_own(tmp_path):
    old, recent, own = (killed(tmp_path, job={"n": n}) for n in range(3))
    age(old, KEPT_DAYS + 1)
    age(recent, KEPT_DAYS - 1)
    age(own, KEPT_DAYS + 1)
    with work_folder(tmp_path, "one", {"n": 2}) as work:
        assert (work / "range").exists()
    assert list(tmp_path.iterdir()) == [recent]


def test_a_folder_without_a_key_is_of_no_use(tmp_path):
    bare = tmp_path / "0123"
    bare.mkdir()
    broken = killed(tmp_path, job={"n": 1})
    (broken / "key.json").write_text('{"graph": ')
    done(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_running_job_keeps_its_folder_whatever_the_others_think_of_it(tmp_path):
    work = killed(tmp_path, graph="before")
    age(work, 2 * KEPT_DAYS)
    with exclusive_lock(work.with_suffix(".lock"), "never"):  # as the running job has it
        done(tmp_path)
        assert (work / "range").exists()
    done(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_lock_of_a_killed_job_does_not_save_its_folder(tmp_path):
    work = killed(tmp_path, graph="before")
    work.with_suffix(".lock").touch()  # it stays when its holder is killed
    done(tmp_path)
    assert list(tmp_path.iterdir()) == []
