"""Every text ends with one end-of-sequence token, whatever the tokenizer adds by itself."""

from typing import Any

import pytest
from tokenizers import processors

from citemesh.errors import SettingsError
from citemesh.training.models.base import load_model, save_model
from citemesh.training.models.open import open_model
from citemesh.training.recipes.settings import Settings
from tests.tiny_models import WORDS, write_tiny_model

BOS, EOS = 1, 2
BEGIN = processors.TemplateProcessing(
    single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", BOS)]
)
TWICE = processors.TemplateProcessing(single="<s> <s> $A", special_tokens=[("<s>", BOS)])
#: What the tokenizer adds by itself, and the tokens before a text.
TOKENIZERS: dict[str, Any] = {
    "nothing": ({}, []),
    "byte level": ({"post_processor": processors.ByteLevel()}, []),
    "a beginning": ({"post_processor": BEGIN}, [BOS]),
    "a long beginning": ({"post_processor": TWICE}, [BOS, BOS]),
    "both": ({"post_processor": processors.Sequence([processors.ByteLevel(), BEGIN])}, [BOS]),
    "a flag": ({"add_bos_token": True, "add_eos_token": False}, [BOS]),
    "an end": ({"add_eos_token": True}, []),
    "no padding": ({"pad_token": None}, []),
}


@pytest.mark.parametrize("name", TOKENIZERS)
def test_every_tokenizer_ends_every_text_once(tmp_path, name):
    flags, begin = TOKENIZERS[name]
    write_tiny_model(tmp_path / "base", **flags)
    plain = load_model(str(tmp_path / "base")).tokenizer("w0 w1")["input_ids"]
    model = open_model(str(tmp_path / "base"), Settings(append_eos=True))
    save_model(model, tmp_path / "saved")
    again = open_model(str(tmp_path / "saved"), Settings(append_eos=True))
    for each in (model, load_model(str(tmp_path / "saved")), again):
        each.max_seq_length = 6
        full = 5 - len(begin)
        for words in (0, 1, 2, full - 1, full, full + 1, 40):
            ids = each.preprocess([" ".join(WORDS[:words])])["input_ids"][0].tolist()
            assert ids == [*begin, *range(3, 3 + min(words, full)), EOS]
    assert plain == [*begin, 3, 4, *[EOS] * (name == "an end")]


def test_texts_of_unlike_length_can_be_padded(tmp_path):
    write_tiny_model(tmp_path, pad_token=None)
    model = open_model(str(tmp_path), Settings())
    together, alone = model.encode(["w1", "w1 w2 w3"]), model.encode(["w1"])
    assert together[0] == pytest.approx(alone[0], abs=1e-5)


def test_the_token_is_learned_also_where_it_pads(tmp_path):
    write_tiny_model(tmp_path)
    model = open_model(str(tmp_path), Settings(append_eos=True))
    model(model.preprocess(["w1 w2", "w3"]))["sentence_embedding"].sum().backward()
    network: Any = model.transformers_model
    weight = network.get_input_embeddings().weight
    assert weight.grad[EOS].abs().max() > 0


def test_a_tokenizer_without_such_a_token_is_refused(minilm):
    with pytest.raises(SettingsError, match="no end-of-sequence token"):
        open_model(str(minilm), Settings(append_eos=True))
