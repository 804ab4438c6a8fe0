"""Finding, loading and saving a model."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from citemesh.errors import InputError
from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def find_model(model: str, workspace: Workspace) -> str:
    """Say what a user's word for a model stands for.

    Args:
        model: a folder, the name of a model trained in the workspace, or a name on the Hugging
            Face hub.
        workspace: where trained models lie.

    Returns:
        The absolute path of a folder, else the name unchanged.

    Raises:
        InputError: when it can only be a path and is not there, or holds no model.
    """
    for folder in (Path(model).expanduser(), workspace.root / "models" / model):
        if folder.is_dir():
            if not any((folder / part).is_file() for part in ("modules.json", "config.json")):
                raise InputError(
                    f"The folder {folder} holds no model: no modules.json, no config.json.",
                    "Give the folder of a sentence-transformers model, or a name on the hub.",
                )
            return str(folder.resolve())
    if _can_only_be_path(model):
        raise InputError(
            f"There is no model folder at {model}.",
            "Give the folder of a sentence-transformers model, or a name on the hub.",
        )
    return model


def _can_only_be_path(text: str) -> bool:
    # A hub name is NAME or OWNER/NAME.
    return text.startswith((".", "/", "~")) or "\\" in text or text.count("/") > 1


def load_model(name_or_folder: str) -> SentenceTransformer:
    """Load a model for training, on the CPU, with float32 weights.

    A model saved in bfloat16 would be loaded so, and steps of 2e-5 are lost in its 8 bits of
    precision. A folder is loaded without a look at the network.

    Raises:
        InputError: when it cannot be loaded; says so when that is for being offline.
    """
    import torch
    from huggingface_hub.constants import HF_HUB_OFFLINE
    from huggingface_hub.errors import HfHubHTTPError
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer

    is_folder = Path(name_or_folder).is_dir()
    try:
        return SentenceTransformer(
            name_or_folder,
            device="cpu",
            local_files_only=is_folder or HF_HUB_OFFLINE,
            model_kwargs={"dtype": torch.float32},
        )
    except (OSError, ValueError, KeyError, SafetensorError, HfHubHTTPError) as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        if is_folder:
            raise InputError(
                f"The model in {name_or_folder} cannot be loaded: {reason}."
            ) from error
        offline = " while offline (HF_HUB_OFFLINE is set)" if HF_HUB_OFFLINE else ""
        raise InputError(
            f"No model {name_or_folder!r} could be loaded{offline}: it is neither a folder here nor"
            f" in the cache of the Hugging Face hub ({reason}).",
            "Give the folder of a model with --base.",
        ) from error


def restore_checkpoint(model: SentenceTransformer, checkpoint: Path) -> None:
    """Put the weights of a checkpoint, or the adapters of one, into the model it was written of.

    sentence-transformers loads it in the precision of the base: adapters trained in float32 on a
    base that was saved in bfloat16 would lose 16 bits, and a run taken up would not be the same.
    """
    model.load_state_dict(load_model(str(checkpoint)).state_dict())


def save_model(model: SentenceTransformer, folder: Path) -> None:
    """Save a model without sentence-transformers' card, readable for whom the folder is.

    safetensors gives its files mode 0600 whatever the user's umask.
    """
    model.save_pretrained(str(folder), create_model_card=False)
    mode = (folder / "modules.json").stat().st_mode
    for file in folder.rglob("*.safetensors"):
        file.chmod(mode)


def weights_sha256(model: SentenceTransformer) -> str:
    """The SHA-256 of a model's weights: names, shapes and float32 values."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        array = tensor.detach().cpu().contiguous().numpy()
        digest.update(f"{name} {array.dtype} {array.shape}\n".encode())
        digest.update(array.data)
    return digest.hexdigest()
