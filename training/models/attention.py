"""Which tokens see which: causal or bidirectional attention, asked for and looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from citemesh.errors import SettingsError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

#: Hidden states this much apart, as a share of the largest, differ by more than rounding.
_ROUNDING = 1e-5


def set_attention(model: SentenceTransformer, attention: str) -> None:
    """Make a model's attention causal or bidirectional, for good: it is saved in its config.

    transformers switches decoders by `config.is_causal` (5.2 and later), where an architecture
    heeds it. Whether this one does is seen from what it computes.

    Args:
        model: changed in place.
        attention: ``causal`` or ``bidirectional``.

    Raises:
        SettingsError: when the architecture cannot.
    """
    network = model.transformers_model
    if network is None:
        raise _cannot(model, attention)
    wanted = attention == "bidirectional"
    if _sees_later_tokens(network) == {wanted}:
        return
    network.config.is_causal = not wanted
    if _sees_later_tokens(network) != {wanted}:
        raise _cannot(model, attention)


def _sees_later_tokens(network: Any) -> set[bool]:
    """Whether the first token's hidden state depends on the last token, with and without padding.

    Attention kernels take other paths without padding; an architecture that heeds the config in
    one of them only would compute something else for the same text in another batch.
    """
    middle = network.config.get_text_config().vocab_size // 2
    ids = torch.arange(middle, middle + 6, device=network.device).repeat(3, 1)
    ids[1, -1] += 1
    padded = torch.ones_like(ids)
    padded[2, -2:] = 0
    training = network.training
    network.eval()
    with torch.no_grad():
        states = [
            network(input_ids=ids[:2], attention_mask=padded[:2]).last_hidden_state,
            network(input_ids=ids, attention_mask=padded).last_hidden_state[:2],
        ]
    network.train(training)
    return {
        bool((one[0, 0] - one[1, 0]).abs().max() > _ROUNDING * one.abs().max()) for one in states
    }


def _cannot(model: SentenceTransformer, attention: str) -> SettingsError:
    kind = type(model.transformers_model or model[0]).__name__
    return SettingsError(
        f"The attention {attention!r} was asked for, but {kind} cannot be made so.",
        "Leave attention at 'model' or give another base model.",
    )
