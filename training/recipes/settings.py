"""Every setting of a training run: its type, what it means, and why its default is what it is.

Recipes (`recipe.py`) give values for some; the defaults stand for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


def _setting(
    default: Any, group: str, meaning: str, source: str, least: float | None = None
) -> Any:
    """A field with what `citemesh recipes show` prints of it.

    Args:
        default: its value unless a recipe or the user gives another.
        group: under which heading it is shown.
        meaning: what it does, with its unit.
        source: where the default comes from.
        least: the smallest number allowed; None for no bound.
    """
    return field(
        default=default,
        metadata={"group": group, "meaning": meaning, "source": source, "least": least},
    )


_ST = "sentence-transformers' default"
_OFF = "off unless a recipe asks for it"


@dataclass(frozen=True)
class Settings:
    """All settings of a training run; `citemesh recipes show NAME` prints them with their sources.

    Raises:
        SettingsError: for a value outside its range, or two that exclude each other.
    """

    # The model
    pooling: Literal["model", "mean", "cls", "last_token"] = _setting(
        "model", "model", "how tokens become one vector; model: as it was made", _ST
    )
    attention: Literal["model", "causal", "bidirectional"] = _setting(
        "model", "model", "which tokens see which; model: as it was made", _ST
    )
    append_eos: bool = _setting(
        False, "model", "end every text with the end-of-sequence token", "encoders need none"
    )
    query_prompt: str = _setting("", "model", "put before every query", "none: MiniLM, GTE")
    passage_prompt: str = _setting("", "model", "put before every passage", "none: MiniLM, GTE")
    max_seq_length: int | None = _setting(
        None, "model", "tokens per text in training; none: what the model is made for", _ST, 1
    )
    lora_rank: int = _setting(0, "model", "rank of LoRA adapters; 0: all weights train", _OFF, 0)
    lora_alpha: float = _setting(32.0, "model", "scale of LoRA: alpha / rank", "STM (2026), §4", 0)
    lora_dropout: float = _setting(0.0, "model", "dropout before LoRA", "peft's default", 0)
    lora_targets: str = _setting(
        "all-linear", "model", "modules that get LoRA, by commas", "STM (2026), §4"
    )
    gradient_checkpointing: bool = _setting(
        False, "model", "recompute activations: less memory, slower steps", "transformers' default"
    )

    # The data
    source: Literal["export", "titles", "documents"] = _setting(
        "export", "data",
        "what is trained on: an export; titles with their abstracts, or documents with MeSH, both"
        " from the corpus", "negatives come from exports",
    )  # fmt: skip
    rows: int | None = _setting(
        None, "data", "rows to use at most, chosen by h; none: all", "all that there is", 1
    )
    negatives: int | None = _setting(
        None, "data", "negatives per row; none: as many as the export has", "the export decides", 0
    )
    negatives_choice: Literal["first", "sampled"] = _setting(
        "first", "data", "which of a row's negatives: the first, or drawn by the seed",
        "the miner puts its best first",
    )  # fmt: skip
    exploded: bool = _setting(
        False, "data", "one row per negative instead of all negatives in one row",
        "grouped rows embed each query once",
    )  # fmt: skip
    evidence_positives: float = _setting(
        0.0, "data", "share of rows whose positive is a paper with strong evidence", _OFF, 0
    )

    # The batch
    batch_size: int = _setting(32, "batch", "rows per step and process", "MedCPT's code: 32", 2)
    mini_batch_size: int | None = _setting(
        None, "batch", "texts embedded at once by gradient caching (Gao et al., 2021); none: all",
        _OFF, 1,
    )  # fmt: skip
    batches: Literal["no_duplicates", "shuffled", "composed"] = _setting(
        "no_duplicates", "batch",
        "no_duplicates: no text twice in a batch; composed: each document with a partner that is"
        " similar by MeSH", "a repeated positive would be a negative of its own query",
    )  # fmt: skip
    zero_overlap_negatives: int = _setting(
        1, "batch", "documents without a label in common that each anchor of a composed batch has",
        "with none the contrastive term has no denominator", 0,
    )  # fmt: skip
    group_by_length: bool = _setting(
        False, "batch", "batches of texts of similar length: less padding, less mixing", _ST
    )
    in_batch_mask: Literal["none", "known", "evidence"] = _setting(
        "known", "batch",
        "which documents of other rows are no negatives of a query: its known positives; or also"
        " those that the graph's evidence calls probably relevant",
        "a known positive is never a negative",
    )  # fmt: skip
    mask_probability: float = _setting(
        0.5, "batch", "from this probability on evidence masks", "more probably relevant than not",
        0,
    )  # fmt: skip

    # The loss
    loss: Literal["ranking", "biohicl", "mulsupcon", "himulcon"] = _setting(
        "ranking", "loss", "ranking is InfoNCE over negatives and batch (MNRL)", _ST
    )
    similarity: Literal["cosine", "dot"] = _setting("cosine", "loss", "of two embeddings", _ST)
    scale: float = _setting(
        20.0, "loss", "similarities are multiplied by it; 1 / temperature", f"{_ST}, SimCSE"
    )
    hardness: float = _setting(
        0.0, "loss", "weight of a row's own negatives by their similarity (EmbeddingGemma uses 5)",
        _OFF, 0,
    )  # fmt: skip
    contrastive_variant: Literal["literal", "weighted_outside", "sum_inside"] = _setting(
        "weighted_outside", "loss", "form of BioHiCL's contrastive term",
        "the printed form gives its weights no gradient",
    )  # fmt: skip
    contrastive_weight: float = _setting(
        0.1, "loss", "λ of BioHiCL's contrastive term", "BioHiCL (2026), §Method", 0
    )
    siml_weight: float = _setting(
        0.0, "loss", "weight of a regression of cosines on SimL beside the ranking loss", _OFF, 0
    )

    # MeSH labels
    beta: float = _setting(
        0.3, "labels", "documents more similar than this by SimL are positives of each other",
        "BioHiCL (2026), §Method", 0,
    )  # fmt: skip
    check_tags: bool = _setting(
        False, "labels", "keep check tags such as Humans among the labels",
        "with them a third of random pairs are positives",
    )  # fmt: skip
    ancestors: bool = _setting(
        True, "labels", "labels are headings and all above them", "BioHiCL (2026), §Method"
    )
    label_weights: Literal["log_depth", "depth", "ic", "none"] = _setting(
        "log_depth", "labels", "weight of a label: log(depth + 1), depth, information content or 1",
        "BioHiCL (2026), §Method",
    )  # fmt: skip

    # The optimizer
    steps: int | None = _setting(
        None, "optimizer", "optimizer steps, instead of epochs", "epochs decide", 1
    )
    epochs: float | None = _setting(
        None, "optimizer", "passes over the data; 1 when steps are not given either", _ST
    )
    learning_rate: float = _setting(
        2e-5, "optimizer", "the highest rate, reached after the warm-up", f"{_ST}, MedCPT's code"
    )
    warmup_steps: int | None = _setting(
        None,
        "optimizer",
        "steps in which the rate climbs; none: warmup_share of all",
        "as below",
        0,
    )
    warmup_share: float = _setting(
        0.1, "optimizer", "share of the steps in which the rate climbs",
        "sentence-transformers' training guide", 0,
    )  # fmt: skip
    endless_warmup: bool = _setting(
        False, "optimizer", "allow a warm-up that is longer than the run",
        "only to reproduce a run that never trained",
    )  # fmt: skip
    weight_decay: float = _setting(
        0.01, "optimizer", "AdamW's", "sentence-transformers' fit, BiCA's train.py", 0
    )
    max_grad_norm: float = _setting(
        1.0, "optimizer", "gradients are clipped to this length", "transformers' default, BiCA's"
    )
    base_pull: float = _setting(
        0.0, "optimizer", "share of the way from the base that a run takes back by itself", _OFF, 0
    )
    merge_weight: float = _setting(
        1.0, "optimizer", "weight of the trained model in the average with its base that is saved",
        "1: the trained model itself", 0,
    )  # fmt: skip
    precision: Literal["auto", "fp32", "bf16"] = _setting(
        "auto", "optimizer", "auto: bfloat16 where the hardware has it; weights stay float32",
        "as fast as the hardware allows",
    )  # fmt: skip
    seed: int = _setting(
        42, "optimizer", "of dropout, of the order of rows and of what is drawn",
        "transformers' default", 0,
    )  # fmt: skip

    # Watching
    save_steps: int | None = _setting(
        None, "watching", "steps between checkpoints; none: a fifth of all, at most 500",
        "transformers' default is 500", 1,
    )  # fmt: skip
    eval_steps: int | None = _setting(
        None, "watching", "steps between evaluations on the dev part; none: a fifth of all",
        "five points make a curve", 1,
    )  # fmt: skip
    patience: int | None = _setting(
        3, "watching", "evaluations without a better one after which a run ends; none: never",
        "BiCA's ablation code: 3", 1,
    )  # fmt: skip

    def __post_init__(self) -> None:
        from citemesh.training.recipes.checks import check_settings

        check_settings(self)
