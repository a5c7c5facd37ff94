"""Distil the starter model's preview decoder from its autoencoder: `python -m desktop.starter.distill [--minutes N]`.

The material is what it will see: the estimates of every step and the final latents of pictures that the starter itself
develops from prompts in both languages. The target is what its own autoencoder makes of them.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import time

import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline

from desktop.diffusion.preview import PreviewDecoder
from desktop.resources import STARTER

STEPS, BATCH = 20, 8
OBJECTS = (
    ("mouse", "老鼠"), ("cat", "猫"), ("panda", "熊猫"), ("fox", "狐狸"), ("frog", "青蛙"), ("rabbit", "兔子"), ("penguin", "企鹅"),
    ("owl", "猫头鹰"), ("elephant", "大象"), ("fish", "鱼"), ("butterfly", "蝴蝶"), ("red apple", "红苹果"), ("banana", "香蕉"),
    ("watermelon", "西瓜"), ("strawberry", "草莓"), ("carrot", "胡萝卜"), ("mushroom", "蘑菇"), ("hamburger", "汉堡"),
    ("pizza", "披萨"), ("birthday cake", "生日蛋糕"), ("rose", "玫瑰"), ("sunflower", "向日葵"), ("cactus", "仙人掌"),
    ("palm tree", "棕榈树"), ("rainbow", "彩虹"), ("snowman", "雪人"), ("house", "房子"), ("castle", "城堡"),
    ("automobile", "汽车"), ("bus", "公交车"), ("airplane", "飞机"), ("rocket", "火箭"), ("sailboat", "帆船"), ("balloon", "气球"),
    ("guitar", "吉他"), ("drum", "鼓"), ("camera", "相机"), ("umbrella", "雨伞"), ("crown", "皇冠"), ("teddy bear", "泰迪熊"),
    ("volcano", "火山"), ("Christmas tree", "圣诞树"),
)
GROUNDS = (
    *((f"on a {english} background", f"{chinese}背景") for english, chinese in (
        ("white", "白色"), ("black", "黑色"), ("red", "红色"), ("blue", "蓝色"), ("green", "绿色"), ("yellow", "黄色"), ("pink", "粉色"),
        ("purple", "紫色"), ("orange", "橙色"), ("gray", "灰色"))),
    ("on the beach", "在沙滩上"), ("in the ocean", "在大海里"), ("on the meadow", "在草地上"), ("under the night sky", "夜空下"),
    ("at sunset", "日落时"), ("in the snow", "在雪地里"), ("in the desert", "在沙漠里"), ("in the forest", "在森林里"),
    ("in space", "在太空中"),
)


def prompts(seed: int) -> list[str]:
    """Every object on every ground, in one language or the other, shuffled."""
    chance = random.Random(seed)
    pairs = list(itertools.product(OBJECTS, GROUNDS))
    chance.shuffle(pairs)
    return [chance.choice((f"a {thing[0]} {ground[0]}", f"一个{thing[1]}，{ground[1]}")) for thing, ground in pairs]


def collect(pipeline: StableDiffusionPipeline, seconds: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Latents N×4×h×w and the autoencoder's pictures of them, N×H×W×3 uint8, the newest prompts last."""
    latents: list[torch.Tensor] = []
    step = pipeline.scheduler.step

    def recording_step(*arguments: object, **keywords: object) -> object:
        result = step(*arguments, **keywords)
        latents.append(result[1])      # x0 as DDIM estimates it
        return result

    pipeline.scheduler.step = recording_step
    generator = torch.Generator().manual_seed(1)
    wanted, end = prompts(seed=1), time.monotonic() + seconds
    while time.monotonic() < end and len(wanted) >= BATCH:
        batch, wanted = wanted[:BATCH], wanted[BATCH:]
        latents.append(pipeline(batch, num_inference_steps=STEPS, guidance_scale=random.Random(len(wanted)).uniform(3, 7),
                                generator=generator, output_type="latent").images)
    del pipeline.scheduler.step
    everything = torch.cat(latents)
    return everything, torch.cat([decode(pipeline, part) for part in everything.split(32)])


@torch.no_grad()
def decode(pipeline: StableDiffusionPipeline, latents: torch.Tensor) -> torch.Tensor:
    pictures = pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor).sample.permute(0, 2, 3, 1)
    return pictures.float().add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)


def train(decoder: PreviewDecoder, latents: torch.Tensor, pictures: torch.Tensor, seconds: float) -> None:
    """Learns in −1…1, where every weight has a natural size, and is scaled to 0…255 at the end."""
    optimizer = torch.optim.AdamW(decoder.parameters(), lr=1e-3, weight_decay=1e-4, fused=True)
    began, told = time.monotonic(), 0.0
    for iteration in itertools.count():
        done = (time.monotonic() - began) / seconds
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1.0, (iteration + 1) / 200) * (1 - done) ** 0.9
        chosen = torch.randint(len(latents), (16,))
        seen = latents[chosen].float().contiguous(memory_format=torch.channels_last)
        loss = _unlikeness(decoder(seen).sub(pictures[chosen].float() / 127.5 - 1), decoder.patch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if done - told >= 0.1:
            told = done
            print(f"{done:4.0%}  {iteration} iterations  loss {loss.item():.4f}", flush=True)
    with torch.no_grad():
        decoder.paint.weight.mul_(127.5)
        decoder.paint.bias.add_(1).mul_(127.5)


def _unlikeness(error: torch.Tensor, patch: int) -> torch.Tensor:
    """Of B×H×W×3 errors. Their slopes count too, where two patches meet most of all: without that the patches show as a grid."""
    loss = error.abs().mean() + 2 * error.square().mean()
    for slope in (error.diff(dim=1), error.diff(dim=2).transpose(1, 2)):
        loss = loss + slope.abs().mean() + slope[:, patch - 1::patch].abs().mean() / 2
    return loss


@torch.no_grad()
def likeness(decoder: PreviewDecoder, latents: torch.Tensor, pictures: torch.Tensor) -> float:
    """PSNR in dB of the previews against the autoencoder's pictures."""
    errors = [decoder(part.float()).clamp(0, 255).sub(target.float()).square().mean((1, 2, 3))
              for part, target in zip(latents.split(32), pictures.split(32), strict=True)]
    return float((10 * torch.log10(255 ** 2 / torch.cat(errors).clamp(min=1e-3))).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=6, help="half to collect pictures, half to train")
    parser.add_argument("--channels", type=int, default=48)
    arguments = parser.parse_args()
    seconds = arguments.minutes * 60
    os.nice(10)
    torch.manual_seed(0)
    pipeline = StableDiffusionPipeline.from_pretrained(STARTER, dtype=torch.bfloat16, local_files_only=True)
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    latents, pictures = collect(pipeline, seconds * 0.4)
    held_out = len(latents) // 10 // (BATCH * (STEPS + 1)) * BATCH * (STEPS + 1)
    decoder = PreviewDecoder(channels=arguments.channels).to(memory_format=torch.channels_last)
    train(decoder, latents[:-held_out], pictures[:-held_out], seconds * 0.5)
    print(f"PSNR on {held_out} latents of unseen prompts: {likeness(decoder, latents[-held_out:], pictures[-held_out:]):.1f} dB")
    decoder.save(STARTER / "preview_decoder")


if __name__ == "__main__":
    main()
