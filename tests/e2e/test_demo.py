"""The demo as a user runs it: interrupted, finished, run again; and its report in a browser."""

import re
import shutil
import signal
import subprocess

import pytest

from citemesh.demo import QUICK
from citemesh.graph import server
from citemesh.workspace import Workspace
from tests.support import clean_environment, command_line, one_clear_line, run_citemesh


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A quick demo that was interrupted once in its first stage."""
    workspace = Workspace(tmp_path_factory.mktemp("demo"))
    try:
        process = subprocess.Popen(
            command_line(workspace.root, "demo", "--quick"), env=clean_environment(), text=True,
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stderr is not None
        next(line for line in process.stderr if "Reading" in line)
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=120)[1]
        assert process.returncode == 1
        assert "Traceback" not in rest
        assert not workspace.corpus.exists()
        finished = run_citemesh(workspace.root, "demo", "--quick")
        assert finished.returncode == 0, finished.stderr
        yield workspace, finished
    finally:
        server.stop(workspace)


def test_every_stage_is_a_command_that_was_shown(demo):
    _, finished = demo
    shown = [line for line in finished.stderr.splitlines() if line.startswith("$ citemesh ")]
    words = [line.split()[2] for line in shown]
    assert words == ["graph", "graph", "holdout", "mine", "audit", "audit", "export", "train",
                     "evaluate", "report"]  # fmt: skip
    assert "Report: file://" in finished.stdout


def test_the_base_model_stands_beside_the_trained_one(demo):
    workspace, finished = demo
    from citemesh.evaluation.evaluate import read_metrics

    tasks = read_metrics(workspace.run(QUICK.name))["tasks"]
    assert [task["task"] for task in tasks] == ["title-abstract", "title-cited"]
    for task in tasks:
        assert [s["system"] for s in task["systems"]] == ["base", "trained"]
        # MiniLM was trained on a billion pairs: it finds most titles' own abstracts untouched.
        assert task["systems"][0]["metrics"]["nDCG@10"] > 0.5
        assert task["systems"][0]["weights"] != task["systems"][1]["weights"]
    assert "nDCG@10" in finished.stdout


def test_a_second_run_does_nothing_again(demo):
    workspace, _ = demo
    report = workspace.run(QUICK.name) / "report.html"
    before = report.stat().st_mtime_ns
    again = run_citemesh(workspace.root, "demo", "--quick")
    assert again.returncode == 0, again.stderr
    assert again.stderr.count("done before") == 9
    assert "$ citemesh" not in again.stderr
    assert report.stat().st_mtime_ns == before


def test_a_lost_stage_is_done_again_with_all_that_follow(demo):
    workspace, _ = demo
    shutil.rmtree(workspace.run(QUICK.name))
    again = run_citemesh(workspace.root, "demo", "--quick")
    assert again.returncode == 0, again.stderr
    shown = [line.split()[2] for line in again.stderr.splitlines() if line.startswith("$ ")]
    assert shown == ["evaluate", "report"]


def test_an_interrupted_report_keeps_the_older_page(demo):
    workspace, _ = demo
    folder = workspace.run(QUICK.name)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    process = subprocess.Popen(
        command_line(workspace.root, "report", "--name", QUICK.name, "--force"),
        env=clean_environment(), text=True, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stderr is not None
    next(line for line in process.stderr if "Gathering" in line)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_another_graph_in_the_workspace_is_not_touched(demo, tmp_path):
    other = tmp_path / "corpus"
    shutil.copytree(demo[0].corpus, other)
    manifest = other / "manifest.json"
    manifest.write_text(manifest.read_text().replace("pubmed20n0014", "pubmed20n0015"))
    refused = run_citemesh(tmp_path, "demo", "--quick")
    assert "holds another graph" in one_clear_line(refused)


def test_the_report_needs_nothing_from_outside(demo):
    folder = demo[0].run(QUICK.name)
    page = (folder / "report.html").read_text(encoding="utf-8")
    # The one way out is the page for reviewing, beside it on the disk.
    (link,) = re.findall(r"""(?:src|href)=["'](?!#)([^"']*)""", page)
    assert (folder / link).resolve() == demo[0].audit(QUICK.name) / "page.html"
    assert (folder / link).is_file()
    assert not re.search(r"https?://|url\((?!#)|@import|<script", page)
    assert page.count("<svg") >= 6
    assert "Content-Security-Policy" in page


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_report_in_a_browser(demo, browser, scheme, width):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((demo[0].run(QUICK.name) / "report.html").as_uri())
    assert said == []
    assert len(asked) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("article.example").count() == 10
    for svg in page.locator("svg").all():
        box = svg.bounding_box()
        assert box["width"] > 200
        assert box["height"] > 80
    colours = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    ink, paper = (sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in colours)
    assert (ink > paper) == (scheme == "dark")
    assert abs(ink - paper) > 400  # of 765: readable
    page.close()
