"""Queries of real documents by a real language model, from the command to mined negatives."""

import json

import pytest

from citemesh.graph.corpus import Corpus
from tests.support import one_clear_line, run_citemesh

TYPES = ["titles", "instruct:question", "instruct:keywords"]


def generate(workspace, *words):
    return run_citemesh(workspace.root, "queries", "generate", *words)


def rows_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def made(real_workspace, smollm2, model):
    words = [word for name in TYPES for word in ("--type", name)]
    done = generate(
        real_workspace, *words, "--model", smollm2, "--limit", 3, "--filter-model", model,
        "--keep-top", 200, "--name", "made",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done, real_workspace.queries("made")


def test_real_documents_get_real_queries(real_workspace, made, smollm2):
    done, folder = made
    assert [line.split()[0] for line in done.stdout.splitlines()[2:5]] == TYPES
    counts = json.loads((folder / "drops.json").read_text())
    assert [own["generated"] for own in counts.values()] == [3, 3, 3]
    kept, dropped = rows_of(folder / "queries.jsonl"), rows_of(folder / "dropped.jsonl")
    assert len(kept) + len(dropped) == 9
    pmids = {pmid for row in (*kept, *dropped) for pmid in row["positive_pmids"]}
    assert len(Corpus(real_workspace.corpus).documents(pmids)) == 3
    written = [row for row in kept if row["type"] != "titles"]
    assert written, "the model wrote nothing that leads back"
    # The model's name, without its place on this machine.
    assert {row["source"] for row in written} == {smollm2.name}


def test_mine_takes_them_as_anchors(real_workspace, made):
    _, folder = made
    file = folder / "queries.jsonl"
    done = run_citemesh(
        real_workspace.root, "mine", "--anchors", file, "--strategy", "random=1", "--name", "made"
    )
    assert done.returncode == 0, done.stderr
    kept = rows_of(file)
    assert f"{len(kept)} negatives for {len(kept)} anchors" in done.stdout


def test_the_last_line_is_the_next_command(real_workspace, made):
    last = made[0].stdout.splitlines()[-1]
    assert last == (
        f"Next: citemesh mine --anchors {made[1] / 'queries.jsonl'} --strategy sibling=4"
    )
    again = generate(real_workspace, "--no-filter", "--name", "made")
    assert "--force" in one_clear_line(again)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--no-filter"),
        (["--no-filter", "--keep-top", 3], "--no-filter goes with neither"),
        (["--no-filter", "--type", "instruct:claim"], "needs a causal language model"),
        (["--no-filter", "--type", "doc2query"], "doc2query/all-t5-base-v1 cannot be loaded"),
        (["--filter-model", "./none"], "no model folder"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_work_is_said_in_one_line(real_workspace, words, said):
    done = generate(real_workspace, *words, "--name", "refused")
    assert said in one_clear_line(done)
    assert not real_workspace.queries("refused").exists()
