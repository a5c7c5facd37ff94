"""The starter model made from beginning to end, small: every stage as the command runs it, and the autoencoder's growth."""

import itertools
import subprocess
import sys
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest
import torch
from diffusers import AutoencoderTiny, StableDiffusionPipeline
from PIL import Image, ImageDraw

from desktop.library.vocabulary import Vocabulary
from desktop.starter import autoencoder, build, examples
from desktop.starter.denoiser import DenoiserTraining
from desktop.starter.preview import PreviewTraining
from desktop.starter.shape import Shape
from desktop.starter.text import TextTraining
from desktop.starter.world import all_things

TINY = Shape(
    "tiny", tier=1, factor=16, channels=4, unet=(32, 64), text_width=32, text_layers=1, side=64, autoencoder_width=8, tokens=1400, shards=1
)


def material(path):
    """A cut-out for every thing: a disc of a colour of its own."""
    with ZipFile(path, "w") as pictures:
        for number, key in enumerate(all_things()):
            image = Image.new("RGBA", (48, 48))
            ImageDraw.Draw(image).ellipse((4, 4, 43, 43), fill=(number * 37 % 256, number * 91 % 256, number * 53 % 256, 255))
            file = BytesIO()
            image.save(file, "webp")
            pictures.writestr(f"{key}.webp", file.getvalue())


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(build, "PICTURES", 40)
    monkeypatch.setattr(build, "CAPTIONS", 2000)
    monkeypatch.setattr(examples, "SHARD", 288)
    for training in (TextTraining, DenoiserTraining):
        monkeypatch.setattr(training.train, "__defaults__", (8, 4))  # scenes together, batches between two reports
    monkeypatch.setattr(PreviewTraining.train, "__defaults__", (None, None, 10))


def painted(count: int, side: int = 64) -> np.ndarray:
    """Discs of many colours on grounds of many colours."""
    chance = np.random.default_rng(0)
    pictures = []
    for _ in range(count):
        image = Image.new("RGB", (side, side), tuple(chance.integers(0, 255, 3)))
        x, y = chance.integers(8, side // 2, 2)
        ImageDraw.Draw(image).ellipse((x, y, x + side // 3, y + side // 3), fill=tuple(chance.integers(0, 255, 3)))
        pictures.append(np.array(image))
    return np.stack(pictures)


def test_every_stage_leads_to_a_model_that_anyone_can_open(few, tmp_path):
    folder, target = tmp_path / "work", tmp_path / "starter"
    folder.mkdir()
    material(folder / "material.zip")
    for stage in ("data", "autoencoder", "preview", "unet"):
        getattr(build.Build(folder, TINY, "cpu", 0.02, resume=False), stage)()
    build.Build(folder, TINY, "cpu", 0.02, resume=False).export(target)
    pipeline = StableDiffusionPipeline.from_pretrained(target, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    [image] = pipeline("a mouse is playing guitar", num_inference_steps=2).images
    assert image.size == (64, 64)
    assert Vocabulary.of(target).unknown("a mouse in cyberpunk")[0].text == "cyberpunk"
    assert (target / "preview_decoder" / "model.safetensors").is_file()


def test_a_stage_goes_on_only_when_told_to(few, tmp_path):
    material(tmp_path / "material.zip")
    make = build.Build(tmp_path, TINY, "cpu", 0.01, resume=False)
    with pytest.raises(build.NotReady, match="--stage data"):
        make.autoencoder()
    make.data()
    make.autoencoder()
    latents = make._examples(1).latents
    with pytest.raises(build.NotReady, match="--resume"):
        make.autoencoder()
    build.Build(tmp_path, TINY, "cpu", 0.01, resume=True).autoencoder()
    coder = AutoencoderTiny.from_pretrained(tmp_path / "autoencoder").eval()
    scenes = examples.Examples.load(tmp_path / "examples").scenes[:4]
    from desktop.starter.scenes import Studio

    again = examples.encode(coder, [Studio(tmp_path / "material.zip").paint(scene, TINY.side) for scene in scenes])
    assert torch.allclose(again, latents[:4], atol=2e-2), "the decoder learned on, the latents that were made stay valid"


def test_the_command_says_what_is_missing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "desktop.starter.build", "--stage", "unet", "--folder", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "--stage" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("adversarial", [False, True])
def test_the_autoencoder_learns(adversarial):
    torch.manual_seed(0)
    pictures = painted(32, 32)
    learning = autoencoder.AutoencoderTraining(autoencoder.autoencoder(8, 4, 16))
    learning.adversarial = adversarial
    before = autoencoder.fidelity(learning.averaged(), pictures[:8])
    losses = [progress.loss for progress in itertools.islice(learning.train(pictures), 6)]
    assert losses[-1] < losses[0]
    assert autoencoder.fidelity(learning.averaged(), pictures[:8]) > before + 1


def test_a_resumed_autoencoder_is_the_uninterrupted_one():
    pictures, reports = painted(16, 32), 2

    def learn(states):
        torch.manual_seed(0)
        learning = autoencoder.AutoencoderTraining(autoencoder.autoencoder(8, 4, 8))
        learning.adversarial = True
        for state in states:
            learning.course.load_state_dict(state)
        return learning

    whole = learn([])
    for _ in itertools.islice(whole.train(pictures), 2 * reports):
        pass
    first = learn([])
    for _ in itertools.islice(first.train(pictures), reports):
        pass
    second = learn([first.course.state_dict()])
    for _ in itertools.islice(second.train(pictures), reports):
        pass
    for name, weight in whole.average.weights.items():
        assert torch.equal(weight, second.average.weights[name]), name


@torch.no_grad()
def test_deepening_changes_nothing_and_growing_little():
    torch.manual_seed(0)
    small = autoencoder.autoencoder(8, 4, 8).eval()
    large = autoencoder.grown(small, 6).eval()
    assert large.config.latent_channels == 6
    smooth = torch.nn.functional.interpolate(torch.rand(1, 3, 4, 4) * 2 - 1, 64, mode="bicubic").clamp(-1, 1)
    of_half = small.encode(torch.nn.functional.avg_pool2d(smooth, 2)).latents
    assert (large.encode(smooth).latents[:, :4] - of_half).abs().mean() < 0.2 * of_half.abs().mean()
    deep = autoencoder.deepened(large, (0, 2, 2, 3, 3), (3, 3, 2, 2, 2)).eval()
    latents = large.encode(smooth).latents
    assert torch.equal(deep.encode(smooth).latents, latents)
    assert torch.equal(deep.decode(latents).sample, large.decode(latents).sample)
