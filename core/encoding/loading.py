"""Loading models: the libraries kept quiet, and what they say of a failure put into one line."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from citemesh.errors import InputError


@contextmanager
def loading(name: str, hint: str) -> Iterator[None]:
    """Load a model in the block.

    Args:
        name: the folder or hub name, for the message.
        hint: what to give instead.

    Raises:
        InputError: when the libraries cannot load it.
    """
    from huggingface_hub.errors import HfHubHTTPError
    from safetensors import SafetensorError
    from transformers.utils import logging as transformers_logging

    # Their bars, reports and retries would drown the lines that say what is going on.
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    try:
        yield
    except (OSError, ValueError, KeyError, ImportError, SafetensorError, HfHubHTTPError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InputError(
            f"The model {name} cannot be loaded: {first.rstrip('.')}.", hint
        ) from error
