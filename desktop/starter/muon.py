"""Muon for convolutions: a step is the momentum made orthogonal (Jordan et al. 2024, kellerjordan.github.io/posts/muon)."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

MOMENTUM, WEIGHT_DECAY = 0.95, 0.01
STEPS = 5  # of the Newton–Schulz iteration
COEFFICIENTS = 3.4445, -4.7750, 2.0315  # of its quintic polynomial


class Muon(torch.optim.Optimizer):
    """For weights of shape O×I×h×w, used as matrices of shape O × (I·h·w). torch.optim.Muon accepts only 2-D weights."""

    def __init__(self, weights: Iterable[nn.Parameter], lr: float) -> None:
        super().__init__(weights, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # no training here passes a closure
        """Update every weight that has a gradient."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(weight)
                momentum = state["momentum"]
                momentum.lerp_(weight.grad, 1 - MOMENTUM)
                update = orthogonal(weight.grad.lerp(momentum, MOMENTUM).reshape(len(weight), -1))
                scale = max(1, update.shape[0] / update.shape[1]) ** 0.5
                weight.mul_(1 - group["lr"] * WEIGHT_DECAY).add_(update.reshape(weight.shape), alpha=-group["lr"] * scale)


def orthogonal(matrix: torch.Tensor) -> torch.Tensor:
    """Replace the singular values of a matrix by values of about 1 (0.7…1.2)."""
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    wide = wide / (wide.norm() + 1e-7)
    a, b, c = COEFFICIENTS
    for _ in range(STEPS):
        product = wide @ wide.T
        wide = a * wide + (b * product + c * product @ product) @ wide
    return wide if wide.shape == matrix.shape else wide.T
