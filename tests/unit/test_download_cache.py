"""What lies in the folder: finished files need no network, and a kill leaves what can be used."""

import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from citemesh.graph.download.crew import THREAD_NAME
from citemesh.graph.download.download import Options, download
from citemesh.graph.download.numbers import parse_numbers
from citemesh.graph.download.sources import PubmedSource
from citemesh.graph.download.transfer import State
from tests import http_server as bad
from tests.download_world import CONTENT, HALF, NAME, OTHER, PATH, Naps, fetched, get, publish
from tests.http_server import misbehaving_server
from tests.support import clean_environment, command_line


@pytest.fixture
def server():
    with misbehaving_server() as running:
        publish(running)
        yield running


def test_a_file_that_is_there_needs_no_network(server, tmp_path):
    fetched(server, tmp_path)
    nowhere = PubmedSource(2026, parse_numbers("1"), "http://127.0.0.1:9/pubmed")
    report = download(tmp_path, nowhere, Options(patience=Naps().patience()))
    assert report.count(State.KEPT) == 1


def test_files_brought_by_other_means_count_when_their_md5_lies_beside_them(server, tmp_path):
    (tmp_path / NAME).write_bytes(CONTENT)
    (tmp_path / f"{NAME}.md5").write_bytes(server.files[f"{PATH}.md5"])
    assert fetched(server, tmp_path).count(State.KEPT) == 1
    assert server.asked == []


def test_a_file_without_its_md5_is_held_against_the_servers(server, tmp_path):
    (tmp_path / NAME).write_bytes(CONTENT)
    assert fetched(server, tmp_path).count(State.UNCHANGED) == 1
    assert server.requests_of(PATH) == []


@pytest.mark.parametrize("sidecar", [True, False])
def test_a_file_that_rotted_on_the_disk_is_fetched_again(server, tmp_path, sidecar):
    if not sidecar:
        del server.files[f"{PATH}.md5"]
    fetched(server, tmp_path)
    (tmp_path / NAME).write_bytes(CONTENT[:-1] + b"?")
    assert fetched(server, tmp_path).count(State.FETCHED) == 1


@pytest.mark.parametrize("sidecar", [True, False])
def test_refresh_asks_and_fetches_only_what_changed(server, tmp_path, sidecar):
    if not sidecar:
        del server.files[f"{PATH}.md5"]
    fetched(server, tmp_path)
    assert fetched(server, tmp_path, refresh=True).count(State.UNCHANGED) == 1
    server.put(PATH, OTHER, sidecar=sidecar)
    server.modified[PATH] = bad.PUBLISHED + 60
    assert get(server, tmp_path).count(State.KEPT) == 1
    assert (tmp_path / NAME).read_bytes() == CONTENT
    assert fetched(server, tmp_path, refresh=True).count(State.FETCHED) == 1


# Side by side.


def test_three_files_arrive_at_the_same_time(server, tmp_path):
    barrier = threading.Barrier(3)
    for path in [p for p in server.files if p.endswith(".gz")]:
        server.script(path, bad.together(barrier))
    get(server, tmp_path, "1-3").raise_for_failures()
    assert not barrier.broken


def test_two_commands_do_not_write_into_each_others_files(server, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: get(server, tmp_path), range(2)))
    assert sorted(r.count(State.FETCHED) for r in reports) == [0, 1]
    assert len(server.requests_of(PATH)) == 1


# What a kill leaves.


def stalled_command(server, tmp_path):
    """The command in a process of its own, in the middle of a file from a server that stalls."""
    server.script(PATH, bad.stall(100_000))
    arguments = ("graph", "download", "pubmed", "--files", "1", "--year", "2026")
    command = command_line(tmp_path, *arguments, "--base-url", f"{server.url}/pubmed")
    process = subprocess.Popen(
        command, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    partial = tmp_path / "downloads" / f"{NAME}.partial"
    while not (partial.exists() and partial.stat().st_size >= 65_536):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    server.asked.clear()
    return process


def test_nothing_is_written_after_the_work_was_called_off(server, tmp_path):
    go_on = threading.Event()

    def slow(handler, content):
        handler.start(200, len(content))
        handler.wfile.write(content[:HALF])
        go_on.wait(10)
        handler.wfile.write(content[HALF:])

    listing = "".join(f'<a href="pubmed26n{n:04d}.xml.gz">' for n in (1, 6, 7, 8))
    server.put("/pubmed/baseline/", listing.encode())
    server.script(PATH, slow)
    report = get(server, tmp_path, "1,6-8", patience=Naps().patience(read_timeout=10))
    assert (len(report.failed), report.untried) == (3, 1)
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == THREAD_NAME:
            thread.join(10)
    assert (tmp_path / f"{NAME}.partial").stat().st_size <= HALF
    assert not (tmp_path / NAME).exists()


def test_goes_on_after_kill_9(server, tmp_path):
    process = stalled_command(server, tmp_path)
    process.kill()
    process.communicate()
    fetched(server, tmp_path / "downloads")
    [request] = server.requests_of(PATH)
    assert int(request["Range"].removeprefix("bytes=").rstrip("-")) >= 65_536


def test_ctrl_c_ends_at_once_and_keeps_what_has_arrived(server, tmp_path):
    process = stalled_command(server, tmp_path)
    process.send_signal(signal.SIGINT)
    # The server sends nothing for as long as the test lasts: waiting for it would never end.
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Interrupted" in errors
    assert "Traceback" not in errors
    fetched(server, tmp_path / "downloads")
    assert "Range" in server.requests_of(PATH)[0]
