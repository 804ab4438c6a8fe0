"""One short run of every recipe on a loaded graph: what moved, what it cost, and the dev curves.

Dev part and task are held out by PMID and need no labels. Short runs on a general encoder show that
a recipe runs and moves the weights, not which recipe is better: nothing is repeated over seeds.

    python -m benchmarks.recipe_runs --workspace WORKSPACE --encoder MINILM --decoder SMOLLM2 \
        [--trials biohicl,bmretriever-stage1] [--picture runs.svg]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt

from citemesh.manifest import read_manifest
from citemesh.training.log import read_dev_log, read_log
from citemesh.workspace import Workspace

_ENCODER = ("batch_size=32", "mini_batch_size=none", "max_seq_length=64")
_DECODER = (
    "batch_size=16", "mini_batch_size=8", "max_seq_length=64", "warmup_steps=3", "eval_steps=5",
)  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """One run.

    Args:
        recipe: its name.
        variant: of it.
        data: the export; None for recipes that train on the corpus.
        steps: optimizer steps.
        settings: other changes.
        decoder: whether it trains the decoder.
    """

    recipe: str
    variant: str | None = None
    data: str | None = None
    steps: int | None = 25
    settings: Sequence[str] = _ENCODER
    decoder: bool = False

    @property
    def name(self) -> str:
        """A name for the run."""
        return "-".join(dict.fromkeys(filter(None, [self.recipe, self.variant])))


TRIALS = (
    Trial("plain", data="runs"),
    Trial("citemesh", data="runs"),
    Trial("bica", "as_intended", data="walks"),
    Trial("bica", "as_published", "walks", None, ("max_seq_length=64",)),
    Trial("biohicl", "biohicl"),
    Trial("biohicl", "mulsupcon"),
    Trial("biohicl", "himulcon"),
    Trial("bmretriever", "stage1", None, 10, _DECODER, decoder=True),
    Trial("bmretriever", "stage2", "runs", 10, _DECODER, decoder=True),
)


def make_data(call: Sequence[str], deny: Path, trials: Sequence[Trial]) -> None:
    """Hold out, mine and export what the trials train on."""
    titles = ("mine", "--anchors", "titles", "--deny", str(deny), "--force")
    words: tuple[str, ...]
    for words in (
        ("holdout", "--documents", "250", "--queries", "100", "--name", "runs", "--force"),
        (*titles, "--strategy", "sibling=1", "--strategy", "random=1", "--name", "runs"),
        ("audit", "run", "runs", "--force"),
        ("export", "runs", "--negatives", "1", "--force"),
        (*titles, "--strategy", "walk=3", "--model", call[-1], "--name", "walks"),
        ("export", "walks", "--negatives", "1", "--force"),
        ("graph", "snapshot"),
    ):
        if "walks" not in words or any(trial.data == "walks" for trial in trials):
            subprocess.run([*call[:-1], *words], check=True)


def train(call: Sequence[str], trial: Trial, base: str, task: Path, deny: Path) -> None:
    """Train by a recipe, measured on the held-out citations."""
    words = [
        "train", "--recipe", trial.recipe, "--base", base, "--name", trial.name, "--force",
        "--dev", str(task), "--deny", str(deny),
    ]  # fmt: skip
    if trial.variant:
        words += ["--variant", trial.variant]
    if trial.data:
        words += ["--data", trial.data]
    steps = [] if trial.steps is None else [f"steps={trial.steps}"]
    for setting in (*trial.settings, *steps, "patience=none", "seed=1"):
        words += ["--set", setting]
    subprocess.run([*call, *words], check=True)


def line(workspace: Workspace, trial: Trial) -> str:
    """A row of the table."""
    folder = workspace.model(trial.name)
    counts = read_manifest(folder, "train", "citemesh train").counts
    log, dev = read_log(folder / "training_log.jsonl"), read_dev_log(folder / "dev_log.jsonl")
    curve = " ".join(f"{point.ndcg:.3f}".lstrip("0") for point in dev[:-1])
    return (
        f"| {trial.name} | {counts['steps']} | {counts['unique_anchors']} | {counts['masked']} | "
        f"{log[0].loss:.3f} → {log[-1].loss:.3f} | {counts['max_learning_rate']:.1e} | "
        f"{counts['relative_weight_change']:.1e} | {curve} | "
        f"{dev[-1].ndcg:.3f} ({dev[-1].ndcg - dev[0].ndcg:+.3f}) |"
    )


def draw(workspace: Workspace, trials: Sequence[Trial], picture: Path) -> None:
    """Dev curves as differences from the base, so that encoder and decoder fit on one picture."""
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    axes.axhline(0, color="0.6", linewidth=1)
    for trial in trials:
        dev = read_dev_log(workspace.model(trial.name) / "dev_log.jsonl")[:-1]
        share = [100 * point.step / dev[-1].step for point in dev]
        axes.plot(share, [p.ndcg - dev[0].ndcg for p in dev], marker="o", ms=3, label=trial.name)
    axes.set(xlabel="share of the run, %", ylabel="nDCG@10, difference from the base")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(picture, metadata={"Date": None})


def main() -> None:
    """Run all trials, print a table and draw the curves."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--decoder")
    parser.add_argument("--trials", default=",".join(trial.name for trial in TRIALS))
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    workspace = Workspace(options.workspace.absolute())
    call = [sys.executable, "-m", "citemesh", "--workspace", str(workspace.root)]
    tasks = workspace.tasks("runs")
    names = options.trials.split(",")
    chosen = [trial for trial in TRIALS if trial.name in names]
    make_data([*call, options.encoder], tasks / "pmids.txt", chosen)
    for trial in chosen:
        base = options.decoder if trial.decoder else options.encoder
        train(call, trial, base, tasks / "title-cited", tasks / "pmids.txt")
    print("\n| run | steps | queries seen | masked | loss | rate | weight change | dev | saved |")
    print("| --- | ---: | ---: | ---: | --- | --- | --- | --- | --- |")
    for trial in chosen:
        print(line(workspace, trial))
    if options.picture:
        draw(workspace, chosen, options.picture)
    told = {trial.name: dict(read_manifest(workspace.model(trial.name), "train", "").counts)
            for trial in chosen}  # fmt: skip
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
