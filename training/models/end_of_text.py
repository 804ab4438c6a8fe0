"""Every text ends with the end-of-sequence token, also one that was cut."""

from __future__ import annotations

import json
import tempfile
from typing import TYPE_CHECKING, Any

from citemesh.errors import SettingsError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def append_eos(model: SentenceTransformer) -> None:
    """Make a model's tokenizer end every text with one end-of-sequence token.

    The tokenizer's post-processor adds it, for which truncation leaves room: a text cut at
    `max_seq_length` ends with it too. Last-token pooling then always reads the same token
    (BMRetriever's code cuts at one token less and appends it by hand).

    Args:
        model: changed in place; one that ends its texts so already is left alone.

    Raises:
        SettingsError: when its tokenizer has no such token, or cannot be made to append it.
    """
    tokenizer = model.tokenizer
    if getattr(tokenizer, "eos_token_id", None) is None:
        raise SettingsError(
            "append_eos was asked for, but the model's tokenizer has no end-of-sequence token.",
            "Encoders such as BERT need none: leave append_eos at false.",
        )
    if "message" in getattr(model[0], "modality_config", {}):
        raise SettingsError(
            "append_eos was asked for, but the model puts every text into a chat template.",
            "Leave append_eos at false or give the plain transformers model as the base.",
        )
    if not _ends_texts(tokenizer):
        backend = tokenizer.backend_tokenizer
        backend.post_processor = _with_eos(backend, tokenizer.eos_token, tokenizer.eos_token_id)
        if not (_ends_texts(tokenizer) and _ends_texts(_saved_and_loaded(tokenizer))):
            raise SettingsError(
                f"append_eos was asked for, but {type(tokenizer).__name__} does not keep it.",
                "Give another base model.",
            )
    _let_eos_learn(model, tokenizer.eos_token_id)


def _ends_texts(tokenizer: Any) -> bool:
    """Whether a short and a cut text end with the token once."""
    for text in ("a", "a b c d e f g h " * 4):
        ids = tokenizer(text, truncation=True, max_length=8)["input_ids"]
        if len(ids) > 8 or ids[-1] != tokenizer.eos_token_id or ids[-2] == ids[-1]:
            return False
    return True


def _with_eos(backend: Any, token: str, token_id: int) -> Any:
    """The tokenizer's post-processor with one more token at the end.

    A template behind a template takes the first's pieces for texts; so an existing one is made
    longer.
    """
    from tokenizers import Tokenizer

    whole = json.loads(backend.to_str())
    steps = _steps(whole["post_processor"])
    templates = [step for step in steps if step["type"] == "TemplateProcessing"]
    if templates:
        template = templates[-1]
    else:
        template = {"type": "TemplateProcessing", "special_tokens": {}}
        template["single"] = [{"Sequence": {"id": "A", "type_id": 0}}]
        template["pair"] = [*template["single"], {"Sequence": {"id": "B", "type_id": 1}}]
        steps.append(template)
    for form, type_id in (("single", 0), ("pair", 1)):
        template[form].append({"SpecialToken": {"id": token, "type_id": type_id}})
    template["special_tokens"][token] = {"id": token, "ids": [token_id], "tokens": [token]}
    whole["post_processor"] = {"type": "Sequence", "processors": steps}
    return Tokenizer.from_str(json.dumps(whole)).post_processor


def _steps(processor: dict[str, Any] | None) -> list[dict[str, Any]]:
    if processor is None:
        return []
    if processor["type"] == "Sequence":
        return [inner for step in processor["processors"] for inner in _steps(step)]
    return [processor]


def _saved_and_loaded(tokenizer: Any) -> Any:
    # Some tokenizers make their post-processor anew from flags when they are loaded.
    from transformers import AutoTokenizer

    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder)
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)


def _let_eos_learn(model: SentenceTransformer, token_id: int) -> None:
    # Where the token pads as well, torch gives its embedding no gradient.
    network: Any = model.transformers_model
    embeddings = network.get_input_embeddings()
    if getattr(embeddings, "padding_idx", None) == token_id:
        embeddings.padding_idx = None
