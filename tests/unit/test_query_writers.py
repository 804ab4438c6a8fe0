"""Models that write queries: what they are given, how they sample, which of them are refused."""

from collections import Counter
from types import SimpleNamespace

import pytest
import torch

from citemesh.errors import InputError, SettingsError
from citemesh.training.generation.load_generators import load_generators
from citemesh.training.generation.prompts import INSTRUCTIONS
from citemesh.training.generation.query_types import parse_types
from citemesh.training.generation.sampling import GumbelNoise
from citemesh.training.generation.settings import GenerationSettings
from citemesh.training.generation.transformer_generators import CausalGenerator
from citemesh.workspace import Workspace
from tests.unit.query_writers import write_tiny_t5

WORDS = [f"w{number}" for number in range(30)]
PASSAGES = ["w1 w2 w3", "w9 " * 20, "w4", " ".join(WORDS * 20)]


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Tensors this small are computed by one thread; waiting for another takes the time."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def t5(tmp_path_factory):
    folder = tmp_path_factory.mktemp("t5")
    write_tiny_t5(folder, [*WORDS, "generate", "query:"])
    return folder


def loaded(model, *types, **more):
    settings = GenerationSettings(types, (str(model),) if model else (), **more)
    return load_generators(Workspace(model), settings, parse_types(types))


def test_doc2query_writes_what_bica_s_call_writes(t5):
    generator = loaded(t5, "doc2query")["doc2query"]
    written = generator.generate(PASSAGES, None, [0] * 4)
    # The call of BiCA's build-corpus/pubmed-query-scoring.py, on the same batch.
    encoded = generator.tokenizer(
        [f"generate query: {passage}" for passage in PASSAGES],
        padding=True, truncation=True, max_length=512, return_tensors="pt",
    )  # fmt: skip
    assert encoded["input_ids"].shape[1] == 512
    tokens = generator.model.generate(
        input_ids=encoded["input_ids"], attention_mask=encoded["attention_mask"],
        max_length=64, num_beams=4, early_stopping=True,
    )  # fmt: skip
    expected = generator.tokenizer.batch_decode(tokens, skip_special_tokens=True)
    assert [output.text for output in written] == expected
    assert any(expected)
    ended = [1 in row for row in tokens.tolist()]
    assert [output.finished for output in written] == ended


def test_samples_differ_by_seed_and_not_by_what_is_in_the_batch(t5):
    generator = loaded(t5, "doc2query", temperature=1.0)["doc2query"]
    twice = generator.generate(["w1 w2 w3"] * 2, None, [5, 6])
    assert twice[0] != twice[1]
    assert all(output.text for output in twice)
    assert generator.generate(["w1 w2 w3"] * 2, None, [6, 5]) == twice[::-1]


def test_noise_makes_the_greatest_score_a_sample():
    scores = torch.log(torch.tensor([[0.5, 0.3, 0.15, 0.05]]))
    for temperature in (1.0, 2.0):
        wanted = torch.softmax(scores[0] / temperature, 0)
        picks: Counter[int] = Counter()
        rows = scores.expand(8_000, 4)
        noisy = GumbelNoise(range(8_000), temperature)(torch.empty(0), rows)
        picks.update(noisy.argmax(1).tolist())
        for token, share in enumerate(wanted.tolist()):
            # Four standard deviations of a count.
            assert abs(picks[token] - 8_000 * share) < 4 * (8_000 * share * (1 - share)) ** 0.5


def test_a_row_s_noise_is_its_seed_s_alone_and_forbidden_tokens_stay_so():
    rows = torch.zeros(2, 5)
    rows[:, 3] = -torch.inf
    both = GumbelNoise([7, 8], 1.0)(torch.empty(0), rows)
    alone = GumbelNoise([8], 1.0)(torch.empty(0), rows[:1])
    assert torch.equal(both[1], alone[0])
    assert (both[:, 3] == -torch.inf).all()
    assert torch.isfinite(both[:, [0, 1, 2, 4]]).all()


class EchoModel:
    """Gives back what it was asked, to its last word, and the end."""

    config = SimpleNamespace(is_encoder_decoder=False)
    generation_config = SimpleNamespace(eos_token_id=1)
    device = torch.device("cpu")

    def generate(self, input_ids, attention_mask, **_):
        assert attention_mask[:, -1].all(), "padding must be on the left"
        ends = torch.ones(len(input_ids), 1, dtype=torch.long)
        return torch.cat([input_ids, input_ids, ends], dim=1)


@pytest.fixture
def echo(t5, tmp_path):
    from transformers import AutoTokenizer

    words = {w for own in INSTRUCTIONS.values() for w in f"{own.text} {own.label}:".split()}
    write_tiny_t5(tmp_path, [*WORDS, "<user>", "<assistant>", *sorted(words)])
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    tokenizer.padding_side = "left"
    return CausalGenerator(EchoModel(), tokenizer, "echo", "none", 0.0, batch=2)


def test_a_long_passage_is_cut_and_not_the_instruction(echo):
    instruction = INSTRUCTIONS["claim"]
    written = echo.generate(PASSAGES, instruction, [0] * 4)
    for passage, output in zip(PASSAGES, written, strict=True):
        expected = [*passage.split()[:512], *instruction.text.split(), f"{instruction.label}:"]
        assert output.text.split() == expected
        assert output.finished


def test_the_chat_template_is_used_where_there_is_one(echo):
    echo.tokenizer.chat_template = (
        "{% for message in messages %}<{{ message.role }}> {{ message.content }}{% endfor %}"
        "{% if add_generation_prompt %} <assistant>{% endif %}"
    )
    instruction = INSTRUCTIONS["question"]
    (output,) = echo.generate(["w1 w2"], instruction, [0])
    assert output.text.split() == [
        "<user>", "w1", "w2", *instruction.text.split(), "<assistant>",
    ]  # fmt: skip


def test_what_does_not_end_by_itself_is_not_finished(echo):
    echo.model.generation_config = SimpleNamespace(eos_token_id=[99_999])
    assert not echo.generate(["w1"], INSTRUCTIONS["title"], [0])[0].finished


def test_models_that_do_not_fit_are_refused(t5, minilm, tmp_path):
    with pytest.raises(SettingsError, match="no --type uses one"):
        loaded(t5, "instruct:claim")
    with pytest.raises(SettingsError, match="needs a causal"):
        loads = GenerationSettings(("instruct:claim",))
        load_generators(Workspace(tmp_path), loads, parse_types(loads.types))
    with pytest.raises(InputError, match="cannot write: it is BertModel"):
        loaded(minilm, "instruct:claim")
    with pytest.raises(InputError, match="no model folder"):
        loaded(tmp_path / "gone", "doc2query")
    two = GenerationSettings(("doc2query",), (str(t5), str(t5)))
    with pytest.raises(SettingsError, match="Two --model"):
        load_generators(Workspace(tmp_path), two, parse_types(two.types))


def test_a_folder_with_damaged_or_missing_weights_is_refused(t5, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "t5"
    folder.mkdir()
    for file in t5.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    weights = load_file(folder / "model.safetensors")
    name = next(name for name in weights if "SelfAttention.q" in name)
    del weights[name]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(InputError, match="lacks weights"):
        loaded(folder, "doc2query")
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(InputError, match="cannot be loaded"):
        loaded(folder, "doc2query")
