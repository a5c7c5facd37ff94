"""The torch calls of UnCLIP: in its first stage the latents are one embedding, which has no picture."""

from __future__ import annotations

import torch

from ..recipe import Size
from .calls import Calls


class UnclipCalls(Calls):
    def grid(self, latents: torch.Tensor, size: Size) -> torch.Tensor:
        """An embedding becomes a row of grey positions."""
        return latents[:, None, None].expand(-1, 3, 1, -1) if latents.ndim == 2 else latents


CALLS = UnclipCalls
