"""The text encoder and its contrastive training before that of the UNet: as CLIP (arXiv 2103.00020), with latents instead of images.

Captions in both languages and the latents of the scene they describe get similar embeddings.
"""

from __future__ import annotations

import dataclasses
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from .captions import LANGUAGES, Language
from .checkpoint import Course, Training, TrainingReport, seeded, warm_up
from .precision import autocast
from .shape import Shape

if TYPE_CHECKING:
    from .examples import Examples
    from .world import Scene

HEADS = 4  # of the text encoder's attention
HELD_OUT = 256  # the first examples, used only to measure
BATCH = 128  # scenes, each with a caption in both languages
REPORT_EVERY = 25  # batches
NEW_PEAK = 2e-3  # learning rate of new words when the others are known

Describe = Callable[["Scene", Language, random.Random], str]


class Reader:
    """Captions as token ids."""

    def __init__(self, tokenizer: CLIPTokenizer, context: int) -> None:
        self.tokenizer, self.context = tokenizer, context

    def tokens(self, captions: Sequence[str], to_longest: bool = False) -> torch.Tensor:
        """N×context int64, or N×length of the longest."""
        return self.tokenizer(
            list(captions), padding="longest" if to_longest else "max_length", truncation=True, max_length=self.context, return_tensors="pt"
        ).input_ids


def text_encoder(shape: Shape, tokenizer: CLIPTokenizer) -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=shape.text_width,
            intermediate_size=4 * shape.text_width,
            num_hidden_layers=shape.text_layers,
            num_attention_heads=HEADS,
            max_position_embeddings=shape.context,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


class ImageEncoder(nn.Sequential):
    """B×C×h×w latents → B×width."""

    def __init__(self, shape: Shape) -> None:
        layers: list[nn.Module] = []
        before, side = shape.channels, shape.latent_side
        for channels in (48, 96, 192, 192):
            layers += [
                nn.Conv2d(before, channels, 3, padding=1),
                nn.GroupNorm(8, channels),
                nn.SiLU(),
                nn.Conv2d(channels, channels, 3, padding=1),
                nn.GroupNorm(8, channels),
                nn.SiLU(),
                nn.AvgPool2d(2),
            ]
            before, side = channels, side // 2
            if side <= 2:
                break
        super().__init__(*layers, nn.Flatten(), nn.Linear(before * side * side, shape.text_width))


class Contrast(nn.Module):
    """Text and latents with embeddings in one space."""

    def __init__(self, shape: Shape, tokenizer: CLIPTokenizer) -> None:
        super().__init__()
        self.reader = Reader(tokenizer, shape.context)
        self.text_encoder = text_encoder(shape, tokenizer)
        self.image_encoder = ImageEncoder(shape)
        self.projection = nn.Linear(shape.text_width, shape.text_width, bias=False)
        self.log_scale = nn.Parameter(torch.tensor(2.3))  # log of the factor on the similarities

    def embed_text(self, captions: Sequence[str]) -> torch.Tensor:
        """N×width of length 1: the state of the end mark, which has attended to the whole caption (the encoder is causal)."""
        tokens = self.reader.tokens(captions, to_longest=True).to(self.log_scale.device)
        closing = (tokens == self.reader.tokenizer.eos_token_id).int().argmax(1)
        states = self.text_encoder(tokens).last_hidden_state
        return F.normalize(self.projection(states[torch.arange(len(tokens), device=tokens.device), closing]).float(), dim=-1)

    def embed_latents(self, latents: torch.Tensor) -> torch.Tensor:
        """N×width of length 1."""
        return F.normalize(self.image_encoder(latents).float(), dim=-1)

    @torch.no_grad()
    def score(self, latents: torch.Tensor, captions: Sequence[str]) -> torch.Tensor:
        """Cosine of each caption and its latents, N in −1…1."""
        return (self.embed_latents(latents) * self.embed_text(captions)).sum(1)


class TextTraining(Training):
    """Contrastive training. It can be stopped, saved (`state_dict`) and resumed between any two reports."""

    def __init__(
        self, shape: Shape, tokenizer: CLIPTokenizer, describe: Describe, device: torch.device | str = "cpu", seed: int = 0
    ) -> None:
        with seeded(seed):
            self.contrast = Contrast(shape, tokenizer).to(device)
        self.describe, self.device = describe, torch.device(device)
        text = list(self.contrast.text_encoder.parameters())
        others = [*self.contrast.image_encoder.parameters(), *self.contrast.projection.parameters(), self.contrast.log_scale]
        self.optimizer = torch.optim.AdamW(
            [{"params": text, "peak": 5e-4}, {"params": others, "peak": 1e-3}], weight_decay=1e-2, fused=True
        )
        self.course = Course({"contrast": self.contrast, "optimizer": self.optimizer}, seed)

    def begin(self, known: CLIPTextModel, new_tokens: Sequence[int]) -> None:
        """Take the weights of a text encoder and learn only the embeddings of `new_tokens`: the states of known words stay the same."""
        own = self.contrast.text_encoder
        own.load_state_dict(known.state_dict())
        own.requires_grad_(False)
        embeddings = own.get_input_embeddings().weight.requires_grad_()
        is_new = torch.zeros(len(embeddings), 1, device=self.device)
        is_new[list(new_tokens)] = 1
        embeddings.register_hook(lambda gradient: gradient * is_new)
        self.optimizer.param_groups[0].update(peak=NEW_PEAK, weight_decay=0)

    def train(self, examples: Examples, batch: int = BATCH, report_every: int = REPORT_EVERY) -> Iterator[TrainingReport]:
        """Learn without end."""
        course, latents = self.course, examples.latents.to(self.device)
        while True:
            began, losses = time.monotonic(), []
            for _ in range(report_every):
                chosen = [course.chance.randrange(HELD_OUT, len(examples.scenes)) for _ in range(batch)]
                losses.append(self._learn([examples.scenes[index] for index in chosen], latents[chosen]))
            course.seconds += time.monotonic() - began
            found = self.top_1(examples)
            yield TrainingReport(
                course.samples,
                course.seconds,
                float(torch.stack(losses).mean()),
                f"held-out top-1 of {HELD_OUT}: " + ", ".join(f"{language} {share:.3f}" for language, share in found.items()),
            )

    @torch.no_grad()
    def top_1(self, examples: Examples) -> dict[str, float]:
        """For each language the share of held-out latents whose nearest caption has the meaning of their own caption."""
        scenes = examples.scenes[:HELD_OUT]
        chance, same = random.Random(0), _same([_meaning(scene) for scene in scenes])
        self.contrast.eval()
        with autocast(self.device):
            images = self.contrast.embed_latents(examples.latents[:HELD_OUT].to(self.device))
            texts = {
                language: self.contrast.embed_text([self.describe(scene, language, chance) for scene in scenes]) for language in LANGUAGES
            }
        return {
            language: float(same[torch.arange(len(scenes)), (images @ text.T).argmax(1).cpu()].float().mean())
            for language, text in texts.items()
        }

    def _learn(self, scenes: Sequence[Scene], latents: torch.Tensor) -> torch.Tensor:
        course = self.course
        captions = {language: [self.describe(scene, language, course.chance) for scene in scenes] for language in LANGUAGES}
        meanings = _same([_meaning(scene) for scene in scenes])
        self.contrast.train()
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * warm_up(course.samples, over=50 * BATCH, reference=1_000 * BATCH)
        with autocast(self.device):
            noise = torch.randn(latents.shape, generator=course.noise).to(self.device)
            images = self.contrast.embed_latents(latents + 0.1 * noise)
            texts = self.contrast.embed_text([*captions["en"], *captions["zh"]])
        english, chinese = texts.chunk(2)
        scale = self.contrast.log_scale.exp().clamp(max=50)
        positives = {language: (meanings | _same(captions[language])).to(self.device) for language in LANGUAGES}
        loss = (
            _contrast(images @ english.T * scale, positives["en"])
            + _contrast(images @ chinese.T * scale, positives["zh"])
            + 0.5 * _contrast(english @ chinese.T * scale, positives["en"] | positives["zh"])
        ) / 2.5
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        course.samples += len(scenes)
        return loss.detach()


def _meaning(scene: Scene) -> Scene:
    """The scene without what captions do not say."""
    return dataclasses.replace(scene, seed=0)


def _same(things: Sequence[object]) -> torch.Tensor:
    """N×N booleans: which are equal."""
    numbers: dict[object, int] = {}
    found = torch.tensor([numbers.setdefault(thing, len(numbers)) for thing in things])
    return found[:, None] == found


def _contrast(similarities: torch.Tensor, positives: torch.Tensor) -> torch.Tensor:
    """Cross-entropy in both directions; the target probability is shared by all pairs of equal meaning."""
    wanted = positives / positives.sum(1, keepdim=True)
    return (F.cross_entropy(similarities, wanted) + F.cross_entropy(similarities.T, wanted)) / 2
