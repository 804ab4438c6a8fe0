"""Neo4j Browser from the local server: on this machine only, and not without the password."""

import json
import re
import socket

import psutil
import pytest
import requests

from citemesh.graph import homes, server
from citemesh.graph.client import GraphClient
from citemesh.graph.server_state import running_server, started_with, state_file
from citemesh.workspace import Workspace
from tests.support import one_clear_line, run_citemesh

HEAP = "700m"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A server that was started without HTTP."""
    workspace = Workspace(tmp_path_factory.mktemp("browser") / "citemesh-data")
    try:
        server.ensure_running(workspace, server.ServerOptions(heap=HEAP))
        yield workspace
    finally:
        server.stop(workspace)


@pytest.fixture(scope="module")
def served(workspace):
    """The same after `citemesh server browser`: what was before, what was said, what is now."""
    before = running_server(workspace)
    with GraphClient(server.ensure_running(workspace)):
        busy = run_citemesh(workspace.root, "server", "browser")
    assert running_server(workspace) == before
    done = run_citemesh(workspace.root, "server", "browser")
    assert done.returncode == 0, done.stderr
    return before, busy, done, running_server(workspace)


def query(state, **options):
    return requests.post(
        f"http://127.0.0.1:{state.http_port}/db/neo4j/tx/commit",
        json={"statements": [{"statement": "RETURN 42"}]}, timeout=30, **options,
    )  # fmt: skip


def test_a_server_in_use_is_not_stopped_for_it(served):
    _, busy, _, _ = served
    assert "another program is connected" in one_clear_line(busy)


def test_a_server_without_http_is_started_anew_as_it_was(workspace, served):
    before, _, done, now = served
    assert before.http_port is None and "started again" in done.stderr
    assert now.pid != before.pid and now.bolt_port == before.bolt_port
    assert started_with(workspace.graph / now.home) == (HEAP, server.ServerOptions().page_cache)


def test_what_is_printed_leads_in_and_holds_no_password(workspace, served):
    _, _, done, now = served
    password = homes.read_password(workspace)
    assert now.browser in done.stdout and now.uri in done.stdout
    assert str(homes.password_file(workspace)) in done.stdout
    assert password not in done.stdout + done.stderr
    shown = run_citemesh(workspace.root, "server", "browser", "--show-password")
    assert password in shown.stdout
    assert running_server(workspace) == now
    [facts] = json.loads(run_citemesh(workspace.root, "server", "status", "--format=json").stdout)
    assert facts["browser"] == now.browser and facts["uri"] == now.uri


def test_later_commands_adopt_it_even_without_its_state_file(workspace, served):
    now = served[3]
    state_file(workspace).unlink()
    server.ensure_running(workspace)
    assert running_server(workspace) == now


@pytest.mark.parametrize("login", [None, ("neo4j", "neo4j"), ("neo4j", ""), ("nobody", "x")])
def test_nobody_gets_in_without_the_password(served, login):
    answer = query(served[3], auth=login)
    assert answer.status_code == 401
    assert "42" not in answer.text


def test_the_password_lets_in(workspace, served):
    answer = query(served[3], auth=("neo4j", homes.read_password(workspace)))
    assert answer.json()["results"][0]["data"][0]["row"] == [42]


def test_it_listens_on_loopback_only(served):
    now = served[3]
    listening = [c.laddr for c in now.process().net_connections("inet") if c.status == "LISTEN"]
    assert {address.port for address in listening} == {now.bolt_port, now.http_port}
    assert {address.ip.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}
    addresses = [a.address for cards in psutil.net_if_addrs().values() for a in cards
                 if a.family == socket.AF_INET and not a.address.startswith("127.")]  # fmt: skip
    for address in addresses:
        with pytest.raises(OSError):
            socket.create_connection((address, now.http_port), timeout=2)


def test_another_page_may_not_read_its_answers(served):
    answer = query(served[3], headers={"Origin": "http://elsewhere.example"})
    allowed = answer.headers.get("Access-Control-Allow-Origin")
    assert allowed in (None, f"http://127.0.0.1:{served[3].http_port}")


def test_another_port_than_the_one_in_use_is_refused(workspace, served):
    error = one_clear_line(run_citemesh(workspace.root, "server", "browser", "--http-port", 1))
    assert str(served[3].http_port) in error and "citemesh server stop" in error


def test_a_port_that_is_taken_is_one_line(tmp_path):
    other = Workspace(tmp_path / "citemesh-data")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_citemesh(other.root, "server", "browser", "--http-port", port)
    assert f"Port {port}" in one_clear_line(done) and "--http-port" in done.stderr
    assert running_server(other) is None


def test_a_server_of_the_environment_is_left_alone(tmp_path):
    environment = {"NEO4J_URI": "bolt://example.org:7687", "NEO4J_PASSWORD": "x"}
    done = run_citemesh(tmp_path / "none", "server", "browser", environment=environment)
    assert "bolt://example.org:7687" in one_clear_line(done)
    assert not (tmp_path / "none").exists()


@pytest.mark.browser
def test_the_page_draws_logs_in_and_asks_nobody_else(workspace, served, browser):
    [url] = re.findall(r"http://\S+", served[2].stdout)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    failed, answered = {}, []
    page.on("requestfailed", lambda request: failed.update({request.url: request.failure}))
    page.on("response", lambda response: answered.append(response.url))
    page.goto(url)
    page.locator("input[type=password]").fill(homes.read_password(workspace), timeout=60_000)
    page.locator("button[type=submit]").click()
    page.get_by_text("You are connected as user").wait_for(timeout=60_000)
    page.locator(".monaco-editor").first.click()
    page.keyboard.type("RETURN 40 + 2 AS answer")
    page.keyboard.press("Control+Enter")
    page.get_by_role("cell", name="42").first.wait_for(timeout=60_000)
    page.close()
    assert all(address.startswith("http://127.0.0.1:") for address in answered)
    outside = {k: v for k, v in failed.items() if not k.startswith("http://127.0.0.1:")}
    assert outside and set(outside.values()) == {"csp"}, "what it asks others for is not sent"
