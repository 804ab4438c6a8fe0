"""``bmretriever``: a decoder as retriever in two stages (Xu et al., EMNLP 2024)."""

from citemesh.training.recipes.recipe import Chosen, Recipe

_REPO = "BMRetriever's README and eval.py"
_STM = "stand-in: STM (2026) on the same data, table 1"
_INSTRUCTION = "Given a question, retrieve relevant documents that best answer the question"

BMRETRIEVER = Recipe(
    name="bmretriever",
    summary="A decoder, first on titles and abstracts, then on instructions with a hard negative.",
    paper="BMRetriever (Xu, Shi, Yu, Zhuang, Zhu, Wang, Ho, Zhang, Yang; EMNLP 2024)",
    base_model=Chosen("EleutherAI/pythia-410m", f"{_REPO}: 410M, 1B, 2B (Gemma), 7B (BioMistral)"),
    needs=(
        "citemesh graph load FILES",
        "citemesh mine --strategy dense=100 --model MODEL --name stage2",
        "citemesh export stage2 --negatives 100",
    ),
    values={
        "pooling": Chosen("last_token", _REPO),
        "attention": Chosen("causal", _REPO),
        "append_eos": Chosen(True, f"{_REPO}: appended by hand after cutting"),
        "passage_prompt": Chosen("Represent this passage\npassage: ", _REPO),
        "similarity": Chosen("dot", f"{_REPO}: no normalisation"),
        "scale": Chosen(0.01, "stand-in: SmolLM2's vectors are 46 long, so this is 20 for cosines"),
        "max_seq_length": Chosen(512, _REPO),
        "lora_rank": Chosen(16, f"{_STM}; REPAIR (2026) likewise"),
        "lora_alpha": Chosen(32.0, f"{_STM}; REPAIR (2026) likewise"),
        "lora_dropout": Chosen(0.05, "stand-in: REPAIR (2026), §Setup"),
        "lora_targets": Chosen("all-linear", _STM),
        "learning_rate": Chosen(5e-5, f"{_STM}: 5e-5 at 0.6B, 1e-5 to 2e-5 above"),
        "batch_size": Chosen(256, f"{_STM}: 256 at 0.6B"),
        "mini_batch_size": Chosen(16, "our choice: the batch fits into memory by caching"),
        "epochs": Chosen(1.0, _STM),
        "warmup_steps": Chosen(100, _STM),
        "precision": Chosen("auto", f"{_STM}: bf16"),
    },
    variants={
        "stage1": {
            "source": Chosen("titles", "BMRetriever figure 2: title to abstract"),
            "negatives": Chosen(0, "BMRetriever figure 2: in-batch only"),
            "query_prompt": Chosen("", "stand-in: the figure shows bare titles"),
        },
        "stage2": {
            "source": Chosen("export", "BMRetriever §Fine-tuning"),
            "negatives": Chosen(1, f"{_REPO}: one per row"),
            "negatives_choice": Chosen("sampled", f"{_REPO}: from the top 100 of E5"),
            "query_prompt": Chosen(
                f"{_INSTRUCTION}\nQuery: ", "BMRetriever's prompt.py: NFCorpus's instruction"
            ),
        },
    },
    departures=(
        "Learning rate, batch, epochs, warm-up, temperature and LoRA of the paper are unknown; each"
        " stand-in says where it comes from.",
        "The paper's corpora beyond PubMed and its 200 synthetic tasks are not part of it.",
        "One instruction for all queries; give another with --set query_prompt=….",
    ),
)
