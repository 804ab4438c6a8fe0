"""Loading what generates: which model serves which types, refused early when one cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from citemesh.encoding.encoder import weights_of
from citemesh.encoding.loading import loading
from citemesh.errors import InputError, SettingsError
from citemesh.precision import resolve_precision
from citemesh.training.generation.generator import Generator
from citemesh.training.generation.query_types import QueryType
from citemesh.training.generation.settings import DOC2QUERY_MODEL, GenerationSettings
from citemesh.training.generation.transformer_generators import CausalGenerator, Seq2SeqGenerator
from citemesh.training.models.base import find_model
from citemesh.workspace import Workspace

GeneratorWay = Literal["doc2query", "instruct"]
#: What a model with a head that writes is called in its config ("architectures").
_WRITERS = ("CausalLM", "LMHead", "ConditionalGeneration")
_INSTEAD = "Give the folder of a model, or a hub name that can be reached, with --model."
_ROLES: dict[GeneratorWay, str] = {"doc2query": "a seq2seq model", "instruct": "a causal model"}


def load_generators(
    workspace: Workspace, settings: GenerationSettings, types: Sequence[QueryType]
) -> dict[str, Generator]:
    """The models that a run's types need, by the way they are used.

    Raises:
        SettingsError: for a model that no type uses, two for one way, or none for ``instruct``.
        InputError: when one cannot be loaded, or is no model that writes.
    """
    names = _assigned(workspace, settings, types)
    return {way: _load(name, way, settings.sampled_at) for way, name in names.items()}


def _assigned(
    workspace: Workspace, settings: GenerationSettings, types: Sequence[QueryType]
) -> Mapping[GeneratorWay, str]:
    """Which model is for which way: the config says what a model is."""
    ways = {own.way for own in types}
    names: dict[GeneratorWay, str] = {}
    for given in settings.models:
        name = find_model(given, workspace)
        with loading(name, _INSTEAD):
            config = _config(name)
        way: GeneratorWay = "doc2query" if config.is_encoder_decoder else "instruct"
        if way in names:
            raise SettingsError(f"Two --model are {_ROLES[way]}.", "Give at most one of each.")
        if way not in ways:
            raise SettingsError(
                f"--model {given} is {_ROLES[way]}, but no --type uses one.",
                f"It is for --type {'doc2query' if way == 'doc2query' else 'instruct:KIND'}.",
            )
        names[way] = name
    if "doc2query" in ways and "doc2query" not in names:
        names["doc2query"] = DOC2QUERY_MODEL
    if "instruct" in ways and "instruct" not in names:
        raise SettingsError(
            "--type instruct:KIND needs a causal language model.",
            "Give its folder or hub name with --model.",
        )
    return names


def _config(name: str) -> Any:
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(name, local_files_only=_is_local(name))
    heads = getattr(config, "architectures", None) or []
    if not any(writer in head for head in heads for writer in _WRITERS):
        raise InputError(
            f"The model {name} cannot write: it is {', '.join(heads) or 'without a named head'}.",
            "Give a model with a language model's head, such as a T5 or a Llama.",
        )
    return config


def _load(name: str, way: GeneratorWay, temperature: float) -> Generator:
    import torch
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

    kind: Any = AutoModelForSeq2SeqLM if way == "doc2query" else AutoModelForCausalLM
    dtype = torch.bfloat16 if resolve_precision("auto") == "bf16" else torch.float32
    local = _is_local(name)
    with loading(name, _INSTEAD):
        if name == DOC2QUERY_MODEL:
            _config(name)
        tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=local)
        model, report = kind.from_pretrained(
            name, local_files_only=local, dtype=dtype, output_loading_info=True
        )
    if report["missing_keys"]:
        first = sorted(report["missing_keys"])[0]
        raise InputError(f"The model {name} lacks weights, {first} among them.")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "right" if way == "doc2query" else "left"
    device = "cuda" if torch.cuda.is_available() else "cpu"
    source = Path(name).name if Path(name).is_dir() else name
    generator = Seq2SeqGenerator if way == "doc2query" else CausalGenerator
    return generator(
        model.to(device).eval(), tokenizer, source, weights_of(name), temperature,
        batch=16 if device == "cpu" else 128,
    )  # fmt: skip


def _is_local(name: str) -> bool:
    from huggingface_hub.constants import HF_HUB_OFFLINE

    return HF_HUB_OFFLINE or Path(name).is_dir()
