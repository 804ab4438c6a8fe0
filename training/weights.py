"""Weights kept aside: to see how far training moved them, and to come back to the best."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file


def weight_snapshot(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Copy the weights that training may change, as float32 in main memory."""
    return {
        name: weight.detach().to("cpu", torch.float32, copy=True)
        for name, weight in model.named_parameters()
        if weight.requires_grad
    }


def relative_weight_change(before: dict[str, torch.Tensor], model: torch.nn.Module) -> float:
    """‖after - before‖ / ‖before‖ over all weights kept; one weight at a time leaves the GPU."""
    after = dict(model.named_parameters())
    moved = length = 0.0
    for name, old in before.items():
        new = after[name].detach().to("cpu", torch.float32)
        start = old.detach().double()
        moved += float((new.double() - start).square().sum())
        length += float(start.square().sum())
    return math.sqrt(moved / length) if length else math.inf


def keep_trained(model: torch.nn.Module, path: Path) -> None:
    """Write the weights that are trained, whole or not at all; of a LoRA run the adapters."""
    trained = {
        name: weight.detach().cpu().contiguous()
        for name, weight in model.named_parameters()
        if weight.requires_grad
    }
    partial = path.with_name(f".{path.name}.partial")
    save_file(trained, partial)
    partial.replace(path)


def load_trained(model: torch.nn.Module, path: Path) -> None:
    """Put kept weights in the place of a model's own."""
    weights = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in load_file(path).items():
            weights[name].copy_(value)
