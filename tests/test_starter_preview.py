"""The preview decoder learns the autoencoder's pictures for all latents that a run may show."""

from __future__ import annotations

import dataclasses
import itertools
from functools import cache
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderTiny, StableDiffusionPipeline

from desktop.diffusion.preview import preview_decoder
from desktop.starter import checkpoint
from desktop.starter.preview import HELD_OUT, SIDE, PreviewTraining, early, likeness, noisy
from desktop.starter.shape import FULL, SMALL, Shape
from tests import tiny

torch.set_num_threads(1)


@cache
def autoencoder(shape: Shape) -> AutoencoderTiny:
    """An untrained autoencoder: its decoder is a smooth function that can be learned."""
    torch.manual_seed(0)
    stages = shape.factor.bit_length()
    return AutoencoderTiny(
        encoder_block_out_channels=(4,) * stages,
        decoder_block_out_channels=(4,) * stages,
        num_encoder_blocks=(0,) * stages,
        num_decoder_blocks=(0,) * stages,
        latent_channels=shape.channels,
    ).eval()


def latents(shape: Shape, count: int = HELD_OUT + 16) -> torch.Tensor:
    return torch.randn(count, shape.channels, shape.latent_side, shape.latent_side, generator=torch.Generator().manual_seed(1))


def reports(training: PreviewTraining, count: int, every: int = 2, **how: object) -> list[checkpoint.TrainingReport]:
    return list(itertools.islice(training.train(latents(training.shape), report_every=every, **how), count))


@pytest.mark.parametrize("shape", [SMALL, FULL], ids=lambda shape: shape.name)
def test_previews_have_128_px_for_every_shape(shape: Shape, tmp_path: Path) -> None:
    training = PreviewTraining(autoencoder(shape), shape)
    training.decoder.save(tmp_path / "preview_decoder")
    decode = preview_decoder(tmp_path, "", shape.channels, torch.float32, torch.device("cpu"))
    with torch.no_grad():
        assert decode(latents(shape, 2)).shape == (2, SIDE, SIDE, 3) == training.paint(latents(shape, 2)).shape


@pytest.mark.slow
def test_training_brings_previews_closer_to_the_autoencoder() -> None:
    training = PreviewTraining(autoencoder(SMALL), SMALL)
    before = likeness(training.decoder, latents(SMALL), training.paint(latents(SMALL)))
    last = reports(training, 3, every=10)[-1]
    assert last.samples == 3 * 10 * 16
    assert likeness(training.decoder, latents(SMALL), training.paint(latents(SMALL))) > before + 1
    assert "clean" in last.note
    assert "early" in last.note


@pytest.mark.slow
def test_the_targets_are_the_full_decode_at_the_size_of_a_preview() -> None:
    seen = latents(SMALL, 1)
    with torch.no_grad():
        full = autoencoder(SMALL).decode(seen).sample.add(1).mul(127.5)
    small = torch.nn.functional.avg_pool2d(full, 2)[0].permute(1, 2, 0).clamp(0, 255)
    assert (PreviewTraining(autoencoder(SMALL), SMALL).paint(seen)[0] - small).abs().max() < 3  # bfloat16 where the CPU is fast with it


@pytest.mark.slow
def test_a_resumed_training_has_the_saved_weights(tmp_path: Path) -> None:
    training = PreviewTraining(autoencoder(SMALL), SMALL)
    reports(training, 1)
    checkpoint.save(tmp_path / "preview.pt", training.state_dict())
    resumed = PreviewTraining(autoencoder(SMALL), SMALL, seed=5)
    resumed.load_state_dict(checkpoint.load(tmp_path / "preview.pt"))
    assert torch.equal(resumed.decoder(latents(SMALL, 1)), training.decoder(latents(SMALL, 1)))
    assert reports(resumed, 1)[0].samples == 2 * training.course.samples


def test_early_latents_have_less_variance_and_noisy_ones_the_same() -> None:
    chance, smooth = torch.Generator().manual_seed(2), latents(SMALL)
    assert early(smooth, chance).std() < 0.8 * smooth.std()
    assert float(noisy(smooth, chance).std()) == pytest.approx(float(smooth.std()), abs=0.05)


@pytest.mark.slow
def test_training_also_uses_predictions_of_a_models_runs() -> None:
    shape = dataclasses.replace(SMALL, side=64, factor=8, channels=4)
    pipeline: StableDiffusionPipeline = tiny.pipeline("v_prediction", zero_snr=True)
    asked: list[str] = []
    training = PreviewTraining(autoencoder(shape), shape)
    reports(training, 1, pipeline=pipeline, prompts=lambda: asked.append("a cat") or "a cat")
    assert asked
    assert all(parameter.isfinite().all() for parameter in training.decoder.parameters())
