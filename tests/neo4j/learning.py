"""A weakened start and a held-out measure, to see whether a recipe teaches a model anything.

The start is MiniLM cut to its first two layers of six: its words are known to it, what they say
together hardly. SmolLM2 is cut to its first four of thirty; last tokens of a language model say
little of what a text is about to begin with.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from citemesh.training.plan import TrainingPlan
from citemesh.training.recipes.shelf import RECIPES
from citemesh.training.train import train
from citemesh.workspace import Workspace

HELD_OUT = 400
MINILM_LAYERS, SMOLLM2_LAYERS = 2, 4


def weakened_minilm(minilm: Path, folder: Path) -> Path:
    """The first layers of MiniLM as a model of its own."""
    model = SentenceTransformer(str(minilm), device="cpu", local_files_only=True)
    network: Any = model.transformers_model
    network.encoder.layer = network.encoder.layer[:MINILM_LAYERS]
    network.config.num_hidden_layers = MINILM_LAYERS
    model.save_pretrained(str(folder), create_model_card=False)
    return folder


def weakened_smollm2(smollm2: Path, folder: Path) -> Path:
    """The first layers of SmolLM2 as a plain decoder."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(smollm2, dtype=torch.float32)
    model.model.layers = model.model.layers[:SMOLLM2_LAYERS]
    model.config.num_hidden_layers = SMOLLM2_LAYERS
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(smollm2).save_pretrained(folder)
    return folder


def trained(
    workspace: Workspace, base: Path, name: str, recipe: str, variant: str | None = None,
    data: str | None = None, **changes: Any,
) -> SentenceTransformer:  # fmt: skip
    """A model trained by a recipe, without the held-out documents."""
    settings = RECIPES[recipe].settings(variant, {"max_seq_length": 48, "seed": 7, **changes})
    plan = TrainingPlan(
        settings, str(base), workspace.export(data) if data else None, recipe, variant, changes,
        deny=(workspace.tasks("learning") / "pmids.txt",),
    )  # fmt: skip
    folder = train(workspace, plan, name, force=True)
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def reciprocal_rank(task: Path) -> Callable[[SentenceTransformer], float]:
    """Mean reciprocal rank of each held-out document's abstract for its title."""
    rows = [json.loads(line) for line in (task / "corpus.jsonl").read_text().splitlines()]
    asked = [json.loads(line) for line in (task / "queries.jsonl").read_text().splitlines()]
    place = {row["_id"]: number for number, row in enumerate(rows)}
    own = np.array([place[row["_id"].removeprefix("title-")] for row in asked])

    def measure(model: SentenceTransformer) -> float:
        model.max_seq_length = 48
        queries = model.encode_query([row["text"] for row in asked], convert_to_tensor=True)
        passages = model.encode_document([row["text"] for row in rows], convert_to_tensor=True)
        scores = model.similarity(queries.float(), passages.float()).numpy()
        right = scores[np.arange(len(own)), own]
        return float((1 / (1 + (scores > right[:, None]).sum(axis=1))).mean())

    return measure
