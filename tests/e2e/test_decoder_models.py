"""A real decoder, SmolLM2, as a retriever: end of text, attention, prompts, LoRA, reloading."""

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest
import torch

from citemesh.errors import SettingsError
from citemesh.training.models.adapters import has_adapters, merged
from citemesh.training.models.attention import set_attention
from citemesh.training.models.base import load_model, restore_checkpoint, save_model
from citemesh.training.models.merge import average
from citemesh.training.models.open import column_prompts, open_model
from citemesh.training.recipes.settings import Settings
from tests.support import clean_environment

QUERY, PASSAGE = "Find the paper\nQuery: ", "Represent this passage\npassage: "
RETRIEVER: dict[str, Any] = {
    "pooling": "last_token", "attention": "causal", "append_eos": True, "similarity": "dot",
    "query_prompt": QUERY, "passage_prompt": PASSAGE,
}  # fmt: skip
TEXTS = ["The heart pumps blood.", "Aspirin", "Sepsis in newborn mice: a study of six markers"]
LORA = Settings(**RETRIEVER, lora_rank=4, seed=3)


@pytest.fixture(scope="module")
def saved(smollm2, tmp_path_factory, one_thread):
    """SmolLM2 made into a retriever and saved, as sentence-transformers loads it."""
    folder = tmp_path_factory.mktemp("decoder") / "saved"
    save_model(open_model(str(smollm2), Settings(**RETRIEVER)), folder)
    return folder


@pytest.fixture(scope="module")
def decoder(saved):
    """The retriever, loaded again."""
    return load_model(str(saved)).eval()


@pytest.fixture(scope="module")
def short(smollm2, tmp_path_factory, one_thread):
    """SmolLM2's first two layers: adapters are put into, and merged with, each layer by itself."""
    from transformers import AutoModel, AutoTokenizer

    folder = tmp_path_factory.mktemp("short")
    AutoModel.from_pretrained(smollm2, num_hidden_layers=2).save_pretrained(folder)
    AutoTokenizer.from_pretrained(smollm2).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def trained(short):
    """The short retriever with LoRA adapters after one step, and its weights before."""
    model = open_model(str(short), LORA)
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    take_step(model)
    return model, before


def take_step(model):
    """A step that pushes two vectors apart, with activations computed anew."""
    model.transformers_model.activation_checkpointing_enable()
    one, other = model.train()(model.preprocess(TEXTS[:2]))["sentence_embedding"]
    optimizer = torch.optim.SGD([w for w in model.parameters() if w.requires_grad], lr=1.0)
    torch.cosine_similarity(one, other, dim=0).backward()
    optimizer.step()
    model.zero_grad()
    model.transformers_model.activation_checkpointing_disable()
    model.eval()


def vectors(model):
    return model.encode(TEXTS, convert_to_tensor=True)


def test_the_weights_are_a_language_model(smollm2):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(smollm2)
    question = tokenizer("The capital of France is", return_tensors="pt")
    model: Any = AutoModelForCausalLM.from_pretrained(smollm2, dtype=torch.float32)
    answer = model.generate(**question, max_new_tokens=1, do_sample=False)
    assert str(tokenizer.decode(answer[0])).endswith(" is Paris")


def test_it_trains_in_float32_though_saved_in_bfloat16(decoder, smollm2):
    assert json.loads((smollm2 / "config.json").read_text())["dtype"] == "bfloat16"
    assert {weight.dtype for weight in decoder.parameters()} == {torch.float32}


@pytest.mark.parametrize("words", [0, 1, 6, 7, 8, 30])
def test_every_text_ends_with_one_end_of_text(decoder, words):
    own, decoder.max_seq_length = decoder.max_seq_length, 8
    try:
        ids = decoder.preprocess(["the" + " the" * (words - 1) if words else ""])["input_ids"][0]
    finally:
        decoder.max_seq_length = own
    end = decoder.tokenizer.eos_token_id
    assert len(ids) == min(words, 7) + 1
    assert ids[-1] == end
    assert (ids == end).sum() == 1


def test_texts_stay_out_of_the_chat_template(decoder):
    ids = decoder.preprocess(["Aspirin"], prompt=PASSAGE)["input_ids"][0]
    assert decoder.tokenizer.decode(ids) == f"{PASSAGE}Aspirin{decoder.tokenizer.eos_token}"


@pytest.mark.parametrize("side", ["left", "right"])
def test_padding_changes_no_vector(decoder, side):
    own, decoder.tokenizer.padding_side = decoder.tokenizer.padding_side, side
    try:
        together = decoder.encode(TEXTS, convert_to_tensor=True, normalize_embeddings=True)
    finally:
        decoder.tokenizer.padding_side = own
    alone = torch.stack([
        decoder.encode(text, convert_to_tensor=True, normalize_embeddings=True) for text in TEXTS
    ])  # fmt: skip
    assert (together - alone).abs().max() < 1e-5


def test_only_bidirectional_attention_sees_later_tokens(decoder):
    features = decoder.preprocess(["The heart pumps blood", "The heart pumps air"])
    seen = {}
    for attention in ("causal", "bidirectional", "causal"):
        set_attention(decoder, attention)
        with torch.no_grad():
            one, other = decoder(dict(features))["token_embeddings"][:, :3]
        seen[attention] = (one - other).abs().max()
    assert seen["causal"] == 0
    assert seen["bidirectional"] > 0.1


def test_queries_and_passages_get_their_templates(decoder):
    for encode, prompt in ((decoder.encode_query, QUERY), (decoder.encode_document, PASSAGE)):
        assert encode("Aspirin") == pytest.approx(decoder.encode(f"{prompt}Aspirin"), abs=1e-4)
    columns = ["anchor", "positive", "negative_1"]
    expected = dict(zip(columns, (QUERY, PASSAGE, PASSAGE), strict=True))
    assert column_prompts(Settings(**RETRIEVER), columns) == expected
    assert column_prompts(Settings(), columns, decoder.prompts) == expected
    assert column_prompts(Settings(), columns) == {}


def test_it_is_made_for_dot_products(decoder):
    assert decoder.similarity_fn_name == "dot"
    one = vectors(decoder)
    assert decoder.similarity(one, one) == pytest.approx(one @ one.T, rel=1e-4)
    assert one.norm(dim=1).min() > 2


def test_opening_it_again_changes_nothing(decoder, saved):
    again = open_model(str(saved), Settings(**RETRIEVER))
    assert vectors(again).equal(vectors(decoder))


def test_only_adapters_train(trained, short):
    model, before = trained
    moved = {n for n, w in model.named_parameters() if not w.equal(before[n])}
    assert moved == {n for n in before if "lora_B" in n}  # A's gradient is 0 while B is 0
    assert {n for n, w in model.named_parameters() if w.requires_grad} == {
        n for n in before if "lora_" in n
    }
    untrained = vectors(open_model(str(short), Settings(**RETRIEVER)))
    assert (vectors(model) - untrained).abs().max() > 0.01


def test_adapters_are_drawn_by_the_seed(short, trained):
    _, before = trained
    torch.rand(1)
    again = dict(open_model(str(short), LORA).named_parameters())
    assert all(again[name].equal(weight) for name, weight in before.items())


def test_a_checkpoint_of_adapters_comes_back_bit_by_bit(short, trained, tmp_path):
    model, _ = trained
    save_model(model, tmp_path)
    sizes = [file.stat().st_size for file in tmp_path.rglob("*.safetensors")]
    assert sum(sizes) < 10_000_000  # the adapters alone
    fresh = open_model(str(short), LORA)
    restore_checkpoint(fresh, tmp_path)
    state = fresh.state_dict()
    assert all(state[name].equal(weight) for name, weight in model.state_dict().items())


def test_merged_it_needs_neither_its_base_nor_peft(short, trained, tmp_path):
    base = tmp_path / "base"
    shutil.copytree(short, base)
    model = open_model(str(base), LORA)
    model.load_state_dict(trained[0].state_dict())
    unmerged = vectors(model.eval())
    merged(model)
    assert not has_adapters(model)
    assert (vectors(model) - unmerged).abs().max() < 1e-3 * unmerged.abs().max()
    save_model(model, tmp_path / "merged")
    shutil.rmtree(base)
    assert not list((tmp_path / "merged").rglob("*adapter*"))
    code = (
        "import sys, torch; sys.modules['peft'] = None\n"
        "from sentence_transformers import SentenceTransformer\n"
        "torch.set_num_threads(1)\n"
        "model = SentenceTransformer(sys.argv[1], device='cpu', local_files_only=True)\n"
        "torch.save(model.encode(eval(sys.argv[2]), convert_to_tensor=True), sys.argv[3])"
    )
    command = [sys.executable, "-c", code, tmp_path / "merged", repr(TEXTS), tmp_path / "v.pt"]
    done = subprocess.run(
        command, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (torch.load(tmp_path / "v.pt") - vectors(model)).abs().max() < 1e-5


def test_merging_by_half_is_the_average_with_the_base(short, trained):
    half, whole = (open_model(str(short), LORA) for _ in range(2))
    for model in (half, whole):
        model.load_state_dict(trained[0].state_dict())
    merged(half, 0.5)
    average(dict(load_model(str(short)).named_parameters()), merged(whole), 0.5)
    for (name, one), (_, other) in zip(
        half.named_parameters(), whole.named_parameters(), strict=True
    ):
        assert (one - other).abs().max() < 1e-6, name


def test_a_wrong_target_is_named_with_those_there_are(short):
    with pytest.raises(SettingsError, match=r"'k_porj'.*down_proj, .*q_proj") as refused:
        open_model(str(short), Settings(lora_rank=4, lora_targets="q_proj, k_porj"))
    assert "'q_proj'" not in str(refused.value)


def test_an_encoder_takes_adapters_too(minilm):
    model = open_model(str(minilm), Settings(lora_rank=2, lora_targets="query,value"))
    names = [name.split(".lora_")[0] for name, _ in model.named_parameters() if ".lora_" in name]
    adapted = {name.rpartition(".")[2] for name in names}
    assert adapted == {"query", "value"}
    assert vectors(merged(model)).allclose(vectors(load_model(str(minilm))), atol=1e-6)


def test_a_model_that_is_made_already_stays_as_it_is(minilm):
    opened, plain = open_model(str(minilm), Settings()), load_model(str(minilm))
    assert repr(opened) == repr(plain)
    assert opened.prompts == plain.prompts
    assert opened.max_seq_length == plain.max_seq_length
    assert vectors(opened).equal(vectors(plain))
    dotted = open_model(str(minilm), Settings(similarity="dot", pooling="cls"))
    assert dotted[1].pooling_mode == "cls"
    assert "Normalize" not in repr(dotted)
