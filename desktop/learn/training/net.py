"""The net that a training trains: diffusers' UNet2DModel with its costly parts at full resolution left out, and the whole one for others.

A whole UNet2DModel of the same channels needs half as much time again for each step. What is left out computes nothing that is learned:
in the whole model the same parts have weights that pass their input on, so both compute the same function.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from diffusers import UNet2DModel
from torch import nn

GROUPS = 8  # of every GroupNorm
TIME_CHANNELS = 128
HEAD = 16  # channels of an attention head


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a net is."""

    side: int  # px
    widths: tuple[int, ...]  # channels of each level, from full resolution down
    kinds: int  # labels; 0: none
    is_folded: bool = False  # the first level only folds 2 × 2 pixels into channels


class _Same(nn.Module):
    """Stands for a resnet that adds nothing."""

    def forward(self, hidden_states: torch.Tensor, temb: torch.Tensor | None = None) -> torch.Tensor:
        return hidden_states


class _First(nn.Module):
    """Stands for a resnet that takes the first `channels` of what it is given."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, hidden_states: torch.Tensor, temb: torch.Tensor | None = None) -> torch.Tensor:
        return hidden_states[:, : self.channels]


def new_net(shape: Shape, seed: int) -> UNet2DModel:
    """A net with first weights that are a function of `seed`. It begins by predicting zero.

    Called as `net(x, timesteps, class_labels)`, x N×3×side×side in -1…1; the label `shape.kinds` means none.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = _whole(shape, has_labels=shape.kinds > 0)
    # Ho et al. 2020: a residual branch begins at zero.
    for resnet in (module for module in net.modules() if hasattr(module, "time_emb_proj")):
        nn.init.zeros_(resnet.conv2.weight)
        nn.init.zeros_(resnet.conv2.bias)
    for last in (net.mid_block.attentions[0].to_out[0], net.conv_out):
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
    net.mid_block.resnets[1] = _Same()
    if shape.is_folded:
        first, second = shape.widths[:2]
        net.down_blocks[0].resnets[0] = _Same()
        net.up_blocks[-1].resnets = nn.ModuleList([_First(first), _First(first)])
        wide = net.up_blocks[-2].upsamplers[0].conv
        narrow = nn.Conv2d(second, first, 3, padding=1)
        narrow.load_state_dict({name: weights[:first] for name, weights in wide.state_dict().items()})
        net.up_blocks[-2].upsamplers[0].conv = narrow
    return net


def whole_net(net: UNet2DModel, shape: Shape, label: int) -> UNet2DModel:
    """The whole model without labels that computes what `net` does with `label`."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        whole = _whole(shape, has_labels=False)
    kept = dict(net.state_dict())
    state = whole.state_dict()
    if (labels := kept.pop("class_embedding.weight", None)) is not None:
        kept["time_embedding.linear_2.bias"] = kept["time_embedding.linear_2.bias"] + labels[label]
    _add_nothing(whole.mid_block.resnets[1])
    if shape.is_folded:
        first = shape.widths[0]
        _add_nothing(whole.down_blocks[0].resnets[0])
        for resnet in whole.up_blocks[-1].resnets:
            _add_nothing(resnet)
            nn.init.zeros_(resnet.conv_shortcut.bias)
            nn.init.dirac_(resnet.conv_shortcut.weight)  # its first channels, as they are
        wide = f"up_blocks.{len(shape.widths) - 2}.upsamplers.0.conv"
        for part in ("weight", "bias"):
            narrow = kept[f"{wide}.{part}"]
            kept[f"{wide}.{part}"] = torch.cat([narrow, torch.zeros_like(state[f"{wide}.{part}"][first:])])
    whole.load_state_dict(whole.state_dict() | kept)
    return whole.eval()


def _add_nothing(resnet: nn.Module) -> None:
    for name, weights in resnet.named_parameters():
        if name.startswith(("conv1", "conv2")):
            nn.init.zeros_(weights)


def _whole(shape: Shape, has_labels: bool) -> UNet2DModel:
    levels = len(shape.widths)
    return UNet2DModel(
        sample_size=shape.side,
        in_channels=3,
        out_channels=3,
        block_out_channels=shape.widths,
        layers_per_block=1,
        down_block_types=("DownBlock2D",) * levels,
        up_block_types=("UpBlock2D",) * levels,
        norm_num_groups=GROUPS,
        attention_head_dim=HEAD,
        resnet_time_scale_shift="scale_shift",
        time_embedding_dim=TIME_CHANNELS,
        num_class_embeds=shape.kinds + 1 if has_labels else None,
    )
