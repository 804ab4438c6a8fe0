"""Attention made causal or bidirectional, on every architecture that can, and refused elsewhere."""

from typing import Any

import pytest
import torch

from citemesh.errors import SettingsError
from citemesh.training.models.attention import set_attention
from citemesh.training.models.base import load_model, save_model
from citemesh.training.models.open import open_model
from citemesh.training.recipes.settings import Settings
from tests.tiny_models import write_tiny_model

DECODERS = ("llama", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text", "mistral", "gpt_neox")


def config_of(model: Any) -> Any:
    return model.transformers_model.config


def compute(model, texts):
    """What a model makes of texts of token numbers, padded on the right."""
    length = max(map(len, texts))
    features = {
        "input_ids": torch.tensor([[*text, *[2] * (length - len(text))] for text in texts]),
        "attention_mask": torch.tensor([[n < len(text) for n in range(length)] for text in texts]),
    }
    features["attention_mask"] = features["attention_mask"].long()
    with torch.no_grad():
        return model.eval()(features)


def sees_later(model, *, padded):
    """Whether the first token's hidden state depends on the last token."""
    texts = [[5, 6, 7, 8], [5, 6, 7, 9], *[[5, 6]] * padded]
    states = compute(model, texts)["token_embeddings"]
    return bool((states[0, 0] - states[1, 0]).abs().max() > 1e-4)


@pytest.mark.parametrize("kind", DECODERS)
def test_a_decoder_becomes_bidirectional_and_stays_so_when_reloaded(tmp_path, kind):
    write_tiny_model(tmp_path / "base", kind)
    model = open_model(str(tmp_path / "base"), Settings(pooling="mean", attention="bidirectional"))
    save_model(model, tmp_path / "saved")
    for each in (model, load_model(str(tmp_path / "saved"))):
        assert sees_later(each, padded=False)
        assert sees_later(each, padded=True)
    # What a text's vector is does not depend on what else is in the batch.
    alone, together = compute(model, [[5, 6]]), compute(model, [[5, 6], [5, 6, 7, 8, 9]])
    difference = alone["sentence_embedding"][0] - together["sentence_embedding"][0]
    assert difference.abs().max() < 1e-5


@pytest.mark.parametrize("kind", DECODERS)
def test_a_decoder_is_causal_and_becomes_so_again(tmp_path, kind):
    model = load_model(str(write_tiny_model(tmp_path, kind)))
    set_attention(model, "causal")
    assert not hasattr(config_of(model), "is_causal")  # nothing had to be changed
    set_attention(model, "bidirectional")
    set_attention(model, "causal")
    assert not sees_later(model, padded=False)
    assert not sees_later(model, padded=True)


@pytest.mark.parametrize(("kind", "attention"), [("mamba", "bidirectional"), ("bert", "causal")])
def test_an_architecture_that_cannot_is_refused(tmp_path, kind, attention):
    model = load_model(str(write_tiny_model(tmp_path, kind)))
    with pytest.raises(SettingsError, match=f"{attention}.*cannot be made so"):
        set_attention(model, attention)


def test_an_encoder_is_bidirectional_already(tmp_path):
    model = load_model(str(write_tiny_model(tmp_path, "bert")))
    set_attention(model, "bidirectional")
    assert not hasattr(config_of(model), "is_causal")
