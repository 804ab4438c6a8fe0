"""A toy training: an export of 16 rows, options for 8 steps, and the command with them."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from citemesh.demo import carried_model
from citemesh.manifest import Manifest
from citemesh.training.checkpoints import SEEN_FILE
from citemesh.training.plan import TrainingPlan
from citemesh.training.recipes.settings import Settings
from citemesh.workspace import Workspace
from tests.support import clean_environment, command_line, run_citemesh

BASE = str(carried_model())
SENTINEL = "quuxological"
ROWS, BATCH, STEPS, WARMUP, RATE = 16, 8, 8, 2, 1e-4
OPTIONS: dict[str, Any] = {
    "steps": STEPS,
    "batch_size": BATCH,
    "warmup_steps": WARMUP,
    "learning_rate": RATE,
    "max_seq_length": 32,
    "precision": "fp32",
    "save_steps": 2,
}
_CARD = """---
configs:
- {config_name: default, default: true, data_files: [{split: train, path: texts/train-*.parquet}]}
- {config_name: ids, data_files: [{split: train, path: ids/train-*.parquet}]}
---
"""
#: Threads only wait for each other on so small a model, most of all on a busy machine.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1"}


def write_export(folder: Path) -> None:
    """Pairs that MiniLM cannot know, so that the loss starts high and can be learned by heart."""
    herbs = ["thyme", "sage", "mint", "dill", "basil", "chive", "sorrel", "fennel"]
    stars = ["Vega", "Rigel", "Deneb", "Altair", "Spica", "Antares", "Capella", "Mira"]
    numbers = range(ROWS)
    texts = {
        "anchor": [f"{SENTINEL} {herbs[i % 8]} {i // 8}" for i in numbers],
        "positive": [f"{SENTINEL} star {stars[(3 * i + 1) % 8]}, part {i // 8}" for i in numbers],
        "negative_1": [f"{SENTINEL} herb {herbs[i % 8]} of row {i}" for i in numbers],
    }
    ids = {
        "query_id": [str(i) for i in numbers],
        "positive_pmid": [i + 1 for i in numbers],
        "negative_pmid_1": [i + 101 for i in numbers],
    }
    for name, columns in (("texts", texts), ("ids", ids)):
        (folder / name).mkdir(parents=True)
        pq.write_table(pa.table(columns), folder / name / "train-00000.parquet")
    (folder / "README.md").write_text(_CARD)
    Manifest(kind="export", settings={}).write(folder)


def toy_plan(workspace: Workspace, base_model: str = BASE, **changes: Any) -> TrainingPlan:
    return TrainingPlan(Settings(**{**OPTIONS, **changes}), base_model, workspace.export("toy"))


def arguments(name: str, base: object = BASE, **changes: object) -> list[object]:
    words: list[object] = ["train", "--recipe", "plain", "--data", "toy", "--base", base]
    for key, value in {**OPTIONS, **changes}.items():
        words += ["--set", f"{key}={value}"]
    return [*words, "--name", name]


def call(workspace: Workspace, name: str, **changes: object) -> subprocess.CompletedProcess[str]:
    return run_citemesh(workspace.root, *arguments(name, **changes), environment=_ENVIRONMENT)


def start(workspace: Workspace, name: str, **changes: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command_line(workspace.root, *arguments(name, **changes)),
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(**_ENVIRONMENT),
        # A test run in the background passes on an ignored SIGINT.
        preexec_fn=heed_interrupts,
    )


def heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    """Wait until a file has a content; fail with what the process said when it ends before."""
    deadline = time.monotonic() + 120
    while not (path.exists() and path.stat().st_size):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.005)


def stop_at(workspace: Workspace, name: str, step: int, by: signal.Signals) -> tuple[int, str]:
    """Start a run and stop it once the checkpoint of a step is whole."""
    process = start(workspace, name=name)
    checkpoints = partial(workspace, name) / "checkpoints"
    wait_for(checkpoints / f"checkpoint-{step}" / SEEN_FILE, process)
    process.send_signal(by)
    _, errors = process.communicate(timeout=120)
    return process.returncode, errors


def partial(workspace: Workspace, name: str) -> Path:
    return workspace.root / "models" / f".{name}.partial"


def log_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "training_log.jsonl").read_text().splitlines()]
