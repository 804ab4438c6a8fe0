"""Opening a base model and making it what the settings ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from citemesh.errors import SettingsError
from citemesh.training.models.adapters import add_lora, has_adapters, merged
from citemesh.training.models.attention import set_attention
from citemesh.training.models.base import load_model
from citemesh.training.models.end_of_text import append_eos
from citemesh.training.recipes.settings import Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_POOLING = {"mean": "mean", "cls": "cls", "last_token": "lasttoken"}
_NO_PROMPTS: Mapping[str, str] = MappingProxyType({})


def open_model(place: str, settings: Settings) -> SentenceTransformer:
    """Load a model for training in float32, and make it what the settings ask for.

    What a setting leaves to the model stays as it was made. All that is changed here is saved with
    the model: `SentenceTransformer(folder)` needs nothing of this package.

    Args:
        place: the folder or hub name of a sentence-transformers model, or of a plain transformers
            model, encoder or decoder.
        settings: of the run.

    Raises:
        InputError: when it cannot be loaded.
        SettingsError: when the model cannot be what the settings ask for.
    """
    model = load_model(place)
    if has_adapters(model):  # an adapter's folder: new adapters go on top of what it computes
        merged(model)
    if _has_chat_template(model) and not _is_sentence_transformer(place):
        _take_plain_text(model)
    if settings.pooling != "model":
        _set_pooling(model, settings.pooling)
    if settings.attention != "model":
        set_attention(model, settings.attention)
    if settings.append_eos:
        append_eos(model)
    _ensure_padding(model)
    _set_prompts(model, settings)
    _set_similarity(model, settings.similarity)
    _check_gradient_checkpointing(model, settings)
    if settings.lora_rank:
        add_lora(model, settings)
    return model


def column_prompts(
    settings: Settings, columns: Sequence[str], made_with: Mapping[str, str] = _NO_PROMPTS
) -> dict[str, str]:
    """Which prompt each text column gets in training.

    Args:
        settings: of the run.
        columns: the text columns; ``anchor`` holds queries, all others hold passages.
        made_with: the model's own prompts, which stand where the settings give none, so that it
            trains on what `encode_query` and `encode_document` will give it.

    Returns:
        The prompts of the columns that have one.
    """
    query = settings.query_prompt or made_with.get("query", "")
    passage = settings.passage_prompt or made_with.get("document", "")
    prompts = {column: query if column == "anchor" else passage for column in columns}
    return {column: prompt for column, prompt in prompts.items() if prompt}


def _has_chat_template(model: SentenceTransformer) -> bool:
    return "message" in getattr(model[0], "modality_config", {})


def _is_sentence_transformer(place: str) -> bool:
    if Path(place).is_dir():
        return (Path(place) / "modules.json").is_file()
    from huggingface_hub.constants import HF_HUB_OFFLINE
    from sentence_transformers.util import is_sentence_transformer_model

    return bool(is_sentence_transformer_model(place, local_files_only=HF_HUB_OFFLINE))


def _take_plain_text(model: SentenceTransformer) -> None:
    """Keep texts out of a chat model's template.

    sentence-transformers would make each of them a user's message after a system prompt, and the
    last token would be that of the template (Transformer.preprocess).
    """
    transformer: Any = model[0]
    texts_only = {"text": transformer.modality_config["text"]}
    transformer.modality_config = texts_only
    transformer.input_formatter.supported_modalities = list(texts_only)


def _set_pooling(model: SentenceTransformer, pooling: str) -> None:
    from sentence_transformers.sentence_transformer.modules import Pooling

    places = [name for name, module in model.named_children() if isinstance(module, Pooling)]
    if not places:
        raise SettingsError(
            f"The pooling {pooling!r} was asked for, but the model has no pooling of tokens.",
            "Leave pooling at 'model'.",
        )
    old = model[int(places[0])]
    new = Pooling(old.embedding_dimension, _POOLING[pooling], old.include_prompt)
    if new.pooling_output_dimension != old.pooling_output_dimension:
        raise SettingsError(
            f"The model joins several poolings, and {pooling!r} alone gives shorter vectors.",
            "Leave pooling at 'model'.",
        )
    model[int(places[0])] = new


def _ensure_padding(model: SentenceTransformer) -> None:
    """Let a decoder's tokenizer pad: many have no token for it, and any will do behind the mask."""
    tokenizer = model.tokenizer
    if getattr(tokenizer, "pad_token", "") is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token


def _set_prompts(model: SentenceTransformer, settings: Settings) -> None:
    given = {"query": settings.query_prompt, "document": settings.passage_prompt}
    model.prompts.update({name: prompt for name, prompt in given.items() if prompt})


def _set_similarity(model: SentenceTransformer, similarity: Literal["cosine", "dot"]) -> None:
    from sentence_transformers.sentence_transformer.modules import Normalize

    model.similarity_fn_name = similarity
    if similarity == "dot":  # of vectors of length 1 it would be the cosine
        for name, module in reversed(list(model.named_children())):
            if isinstance(module, Normalize):
                del model[int(name)]


def _check_gradient_checkpointing(model: SentenceTransformer, settings: Settings) -> None:
    able = getattr(model.transformers_model, "supports_gradient_checkpointing", False)
    if settings.gradient_checkpointing and not able:
        raise SettingsError(
            "Gradient checkpointing was asked for, but this kind of model has none.",
            "Leave gradient_checkpointing at false; mini_batch_size saves memory as well.",
        )
