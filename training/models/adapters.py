"""LoRA adapters: put into a model, and merged into its weights again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from citemesh.errors import SettingsError
from citemesh.training.recipes.settings import Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_ALL = "all-linear"


def add_lora(model: SentenceTransformer, settings: Settings) -> None:
    """Freeze a model and give it LoRA adapters, which then train alone.

    The adapters change nothing at first: of their two matrices one is drawn by the seed and one
    is 0 (Hu et al., 2022, LoRA, section 4.1).

    Args:
        model: changed in place.
        settings: rank, alpha, dropout, targets and seed.

    Raises:
        SettingsError: when the model takes no adapters or has no module of a target's name.
    """
    from peft import LoraConfig

    if not model.has_peft_compatible_model():
        raise SettingsError(
            f"LoRA was asked for, but a model made of {type(model[0]).__name__} takes no adapters.",
            "Leave lora_rank at 0.",
        )
    alpha: Any = settings.lora_alpha  # peft says int and multiplies with any number
    config = LoraConfig(
        task_type="FEATURE_EXTRACTION",
        r=settings.lora_rank,
        lora_alpha=alpha,
        lora_dropout=settings.lora_dropout,
        target_modules=_targets(model.transformers_model, settings.lora_targets),
    )
    model.requires_grad_(False)  # heads behind the transformer too
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)  # every process, and a run taken up, draws the same
        model.add_adapter(config)


def has_adapters(model: SentenceTransformer) -> bool:
    """Whether a model computes with adapters that are not merged."""
    return bool(getattr(model.transformers_model, "peft_config", None))


def merged(model: SentenceTransformer, weight: float = 1.0) -> SentenceTransformer:
    """Merge a model's adapters into its weights, in place; nothing of peft is left in it.

    Args:
        model: with adapters.
        weight: of the trained model in its average with the base. The adapters are what it has
            over the base, so that they are merged with this weight, and no copy of the base is
            needed (Wortsman et al., 2022, WiSE-FT, equation 1).

    Returns:
        The same model.
    """
    from peft.tuners.lora import LoraLayer

    network: Any = model.transformers_model
    for name, layer in list(network.named_modules()):
        if isinstance(layer, LoraLayer):
            layer.scale_layer(weight)
            layer.merge(safe_merge=True)
            parent, _, child = name.rpartition(".")
            setattr(network.get_submodule(parent), child, layer.get_base_layer())
    del network.peft_config
    network._hf_peft_config_loaded = False  # else `save_pretrained` looks for adapters
    return model.requires_grad_()


def _targets(network: Any, text: str) -> str | list[str]:
    """The modules to adapt: all linear ones, or those of the names given.

    peft takes a wrong name among right ones without a word, and less is trained than was asked.
    """
    if text == _ALL:
        return _ALL
    names = [name.strip() for name in text.split(",") if name.strip()]
    present = _adaptable(network)
    unknown = [name for name in names if not any(_is_called(full, name) for full in present)]
    if unknown or not names:
        known = sorted({full.rpartition(".")[2] for full in present})
        raise SettingsError(
            f"LoRA was asked for on {', '.join(map(repr, unknown)) or 'no module at all'}; the"
            f" model has no such module. It has {', '.join(known)}.",
            f"Give some of these as lora_targets, by commas, or {_ALL}.",
        )
    return names


def _adaptable(network: Any) -> list[str]:
    from transformers.pytorch_utils import Conv1D

    kinds = (torch.nn.Linear, torch.nn.Embedding, Conv1D)
    return [name for name, module in network.named_modules() if isinstance(module, kinds)]


def _is_called(full: str, name: str) -> bool:
    return full == name or full.endswith(f".{name}")
