"""The local server as a user meets it: through the command line, on a real Neo4j."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError

from citemesh.errors import ServerError
from citemesh.graph import homes, server
from citemesh.graph.connection import Connection
from citemesh.graph.java import SERVER_CLASS, run_admin
from citemesh.graph.server_process import free_port
from citemesh.graph.server_state import ServerState, home_argument, running_server, state_file
from citemesh.workspace import Workspace

LOCAL_ENVIRONMENT = {key: v for key, v in os.environ.items() if not key.startswith("NEO4J_")}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(tmp_path / "work space ö")
    yield workspace
    for process in servers_of(workspace):
        process.kill()


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Iterator[Workspace]:
    """One server for all tests that only look at it."""
    workspace = Workspace(tmp_path_factory.mktemp("shared"))
    try:
        done = citemesh(workspace, "start")
        assert done.returncode == 0, done.stderr
        yield workspace
    finally:
        for process in servers_of(workspace):
            process.kill()


def command(workspace: Workspace, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "citemesh", "--workspace", str(workspace.root),
            "server", *arguments]  # fmt: skip


def citemesh(
    workspace: Workspace, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(workspace, *arguments), env=LOCAL_ENVIRONMENT | environment, text=True,
        capture_output=True, timeout=150, check=False,
    )  # fmt: skip


def start_in_background(workspace: Workspace) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(workspace, "start"), env=LOCAL_ENVIRONMENT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def servers_of(workspace: Workspace) -> list[psutil.Process]:
    inside = home_argument(workspace.graph)
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if SERVER_CLASS in (line := process.info["cmdline"] or [])
        and any(argument.startswith(inside) for argument in line)
    ]


def nothing_is_left(workspace: Workspace) -> None:
    assert not servers_of(workspace) and not state_file(workspace).exists()


def until(found: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if result := found():
            return result
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def state_of(workspace: Workspace) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(state_file(workspace).read_text())
    return state


def connect(connection: Connection, password: str | None = None) -> Any:
    login = (connection.username, connection.password if password is None else password)
    return GraphDatabase.driver(connection.uri, auth=login)


def remote(workspace: Workspace, **changed: str) -> dict[str, str]:
    """The environment of somebody who uses a workspace's server by its address."""
    uri = f"bolt://127.0.0.1:{state_of(workspace)['bolt_port']}"
    return {"NEO4J_URI": uri, "NEO4J_PASSWORD": homes.read_password(workspace)} | changed


def test_survives_its_command_and_is_adopted_by_the_next_even_without_its_state_file(started):
    before = state_of(started)
    pid = before["pid"]
    assert citemesh(started, "start").returncode == 0
    assert state_of(started) == before and [p.pid for p in servers_of(started)] == [pid]
    state_file(started).unlink()
    assert citemesh(started, "start").returncode == 0
    assert state_of(started) == before and [p.pid for p in servers_of(started)] == [pid]
    assert os.getsid(pid) == pid, "it has a session of its own, so no terminal takes it along"


def test_wrong_password_is_refused(started):
    connection = server.ensure_running(started)
    with connect(connection) as driver:
        driver.verify_connectivity()
    with connect(connection, password="wrong") as driver, pytest.raises(AuthError):
        driver.verify_connectivity()


def test_secrets_are_readable_by_their_owner_only(started):
    def mode(path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    assert mode(started.graph) == 0o700
    assert mode(homes.password_file(started)) == 0o600
    assert mode(state_file(started)) == 0o600
    password = homes.read_password(started)
    shown = citemesh(started, "status").stdout + citemesh(started, "status", "--format=json").stdout
    assert password not in shown and str(homes.password_file(started)) in shown
    files = [path for path in started.graph.rglob("*") if path.is_file()]
    texts = [path for path in files if path.suffix in (".conf", ".args", ".log", ".json")]
    assert texts and not any(password in path.read_text(errors="replace") for path in texts)


def test_listens_on_loopback_only(started):
    process = psutil.Process(state_of(started)["pid"])
    listening = [c.laddr for c in process.net_connections("inet") if c.status == "LISTEN"]
    assert [address.port for address in listening] == [state_of(started)["bolt_port"]]
    assert {address.ip.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


def test_status_says_what_runs(started):
    [facts] = json.loads(citemesh(started, "status", "--format", "json").stdout)
    assert facts["running"] and facts["version"] == "5.26.31" and facts["memory_mb"] > 100
    assert facts["pid"] == state_of(started)["pid"] and facts["log"].endswith("neo4j.log")
    assert "Next: citemesh" in citemesh(started, "status").stdout


def test_other_port_than_the_running_one_is_refused(started):
    done = citemesh(started, "start", "--bolt-port", "1")
    assert done.returncode == 1
    assert "citemesh server stop" in done.stderr


def test_wrong_password_file_is_one_clear_line(started):
    file = homes.password_file(started)
    password = file.read_text()
    try:
        file.write_text("not-the-password\n")
        done = citemesh(started, "start")
    finally:
        file.write_text(password)
    assert done.returncode == 1
    assert str(file) in done.stderr and str(server.log_file(started)) in done.stderr
    assert servers_of(started), "a server that is in use is not ended"


def test_server_of_the_environment_is_used_and_none_started(started, tmp_path):
    other = Workspace(tmp_path / "other")
    for arguments in (["start"], ["status"], ["stop"]):
        done = citemesh(other, *arguments, **remote(started))
        assert done.returncode == 0, done.stderr
        assert remote(started)["NEO4J_URI"] in done.stdout
    assert not other.root.exists()
    assert psutil.pid_exists(state_of(started)["pid"]), "stop does nothing to a user's server"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"NEO4J_PASSWORD": "wrong"}, "refused the login"),
        ({"NEO4J_URI": "bolt://127.0.0.1:1"}, "does not answer"),
        ({"NEO4J_URI": "nonsense"}, "nonsense"),
        ({"NEO4J_DATABASE": "nosuch"}, "nosuch"),
        ({"NEO4J_PASSWORD": ""}, "NEO4J_PASSWORD is not set"),
    ],
)
def test_unusable_server_of_the_environment_is_one_line(started, tmp_path, changed, said):
    other = Workspace(tmp_path / "other")
    done = citemesh(other, "start", **remote(started, **changed))
    assert done.returncode == 1
    assert said in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert not other.root.exists()


def test_two_starts_at_once_a_kill_and_a_killed_starter(workspace):
    both = [start_in_background(workspace), start_in_background(workspace)]
    ends = [(process.communicate(timeout=150), process.returncode) for process in both]
    assert [code for _, code in ends] == [0, 0], ends
    [first] = servers_of(workspace)

    with connect(server.ensure_running(workspace)) as driver:
        driver.execute_query("CREATE (:Kept {name: 'before the kill'})")
    first.kill()
    until(lambda: not servers_of(workspace))
    assert not server.status(workspace).running

    starter = start_in_background(workspace)
    [second] = until(lambda: servers_of(workspace))
    starter.kill()
    starter.communicate()
    connection = server.ensure_running(workspace)
    assert [process.pid for process in servers_of(workspace)] == [second.pid]
    with connect(connection) as driver:
        rows, _, _ = driver.execute_query("MATCH (k:Kept) RETURN k.name AS name")
    assert [row["name"] for row in rows] == ["before the kill"]

    assert citemesh(workspace, "stop").stdout.startswith("Neo4j is stopped.")
    nothing_is_left(workspace)
    assert "Stopped." in server.log_file(workspace).read_text(), "it was not killed"
    assert citemesh(workspace, "stop").stdout.startswith("No Neo4j was running.")


def test_interrupt_while_starting_leaves_nothing_and_a_stale_file_counts_for_nothing(workspace):
    homes.switch_home(workspace, homes.create_home(workspace))
    me = psutil.Process()
    stale = ServerState(me.pid, me.create_time(), 7687, "home-1", "5.26.31", "today")
    state_file(workspace).write_text(json.dumps(vars(stale)))
    assert running_server(workspace) is None and not server.status(workspace).running

    starter = start_in_background(workspace)
    until(lambda: servers_of(workspace))
    starter.send_signal(signal.SIGINT)
    _, errors = starter.communicate(timeout=90)
    assert starter.returncode == 1 and "Interrupted" in errors
    nothing_is_left(workspace)


def test_busy_port_is_one_line_and_leaves_nothing(workspace):
    homes.switch_home(workspace, homes.create_home(workspace))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = citemesh(workspace, "start", "--bolt-port", port)
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr and done.stderr.count("\n") == 1
    nothing_is_left(workspace)


def test_port_taken_in_between_is_left_for_another(workspace, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.settimeout(0.01)
        ports = iter([taken.getsockname()[1], free_port()])
        monkeypatch.setattr("citemesh.graph.server.free_port", lambda: next(ports))
        server.ensure_running(workspace)
        with pytest.raises(TimeoutError):
            taken.accept()  # a stranger's port was never spoken to
    assert len(servers_of(workspace)) == 1 and next(ports, None) is None


def test_java_that_cannot_start_is_told_with_its_log(workspace):
    options = server.ServerOptions(heap="1k")
    homes.switch_home(workspace, homes.create_home(workspace))
    with pytest.raises(ServerError) as caught:
        server.ensure_running(workspace, options)
    assert str(server.log_file(workspace)) in str(caught.value)
    assert "heap" in str(caught.value).lower()
    nothing_is_left(workspace)


def test_homes_switch_whole_and_only_the_current_one_stays(workspace):
    old = homes.create_home(workspace)
    assert homes.current_home(workspace) is None
    homes.switch_home(workspace, old)
    new = homes.create_home(workspace)
    assert homes.current_home(workspace) == old
    with pytest.raises(ServerError) as caught:
        run_admin(new, ["database", "import", "full", "neo4j", "--nodes=/no/such.csv"], "256m")
    assert str(new.with_name("home-2.log")) in str(caught.value)
    assert "/no/such.csv" in str(caught.value)
    homes.switch_home(workspace, new)
    homes.remove_other_homes(workspace)
    assert [path.name for path in workspace.graph.glob("home-*")] == ["home-2", "home-2.log"]


@pytest.mark.parametrize("option", ["--heap", "--page-cache"])
def test_nonsense_size_is_refused_before_any_work(workspace, option):
    done = citemesh(workspace, "start", option, "lots")
    assert done.returncode == 1 and "'lots'" in done.stderr and not workspace.root.exists()
