"""Every stage of the starter model at tiny size, and the training of its autoencoder."""

import dataclasses
import itertools
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from statistics import mean
from zipfile import ZipFile

import numpy as np
import pytest
import torch
from diffusers import AutoencoderTiny, StableDiffusionPipeline
from PIL import Image, ImageDraw

from desktop.library.vocabulary import Vocabulary
from desktop.starter import autoencoder, build, checkpoint, examples, perception, sources, tokenizer
from desktop.starter.autoencoder import CRITIC_FROM, DECAY_FROM, LAST_RATE, SPREAD, AutoencoderTraining, learning_rate, uneven
from desktop.starter.captions import describe
from desktop.starter.denoiser import DenoiserTraining
from desktop.starter.muon import orthogonal
from desktop.starter.perception import NoWeights, Perception
from desktop.starter.preview import PreviewTraining
from desktop.starter.scenes import Studio
from desktop.starter.shape import SHAPES, SMALL, Shape
from desktop.starter.text import TextTraining
from desktop.starter.world import Scene, all_things

pytestmark = pytest.mark.slow  # real trainings, of tiny networks

torch.set_num_threads(1)

TINY = Shape(
    "tiny",
    tier=1,
    factor=16,
    channels=4,
    unet=(32, 64),
    text_width=32,
    text_layers=1,
    side=64,
    encoder_width=8,
    decoder_width=8,
    tokens=1400,
    crops=64,
    text_scenes=16,
    shards=1,
)


def material(path):
    """A cut-out for every thing: a disc with a colour of its own."""
    with ZipFile(path, "w") as pictures:
        for number, key in enumerate(all_things()):
            image = Image.new("RGBA", (48, 48))
            ImageDraw.Draw(image).ellipse((4, 4, 43, 43), fill=(number * 37 % 256, number * 91 % 256, number * 53 % 256, 255))
            file = BytesIO()
            image.save(file, "webp")
            pictures.writestr(f"{key}.webp", file.getvalue())


def perceptual_weights(folder: Path) -> None:
    """Save random weights of the perceptual network in the place of the pretrained ones."""
    torch.manual_seed(0)
    torch.save(Perception().state_dict(), folder / perception.FILE)


@pytest.fixture(scope="module")
def small() -> Iterator[None]:
    """The stages make fewer pictures and examples."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "PICTURES", 40)
        patch.setattr(build, "CAPTIONS", 2000)
        patch.setattr(examples, "SHARD", 288)
        for training in (TextTraining, DenoiserTraining):
            patch.setattr(training.train, "__defaults__", (8, 4))  # scenes together, batches between two reports
        patch.setattr(PreviewTraining.train, "__defaults__", (None, None, 2))
        yield


@pytest.fixture(scope="module")
def with_autoencoder(small: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder with all files that are downloaded, after the stages data and autoencoder. To be copied."""
    folder = tmp_path_factory.mktemp("work")
    material(folder / "material.zip")
    perceptual_weights(folder)
    stages(folder).data()
    stages(folder, crops=10_000).autoencoder()
    return folder


@pytest.fixture(scope="module")
def with_examples(with_autoencoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder after the stages data and autoencoder, with examples. To be copied."""
    folder = shutil.copytree(with_autoencoder, tmp_path_factory.mktemp("work") / "work")
    stages(folder)._examples(1)
    return folder


def stages(folder: Path, minutes: float = 0.005, **options) -> build.Build:
    return build.Build(folder, TINY, "cpu", minutes, **options)


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


def training(crops: int = 64) -> AutoencoderTraining:
    torch.manual_seed(0)
    return AutoencoderTraining(autoencoder.autoencoder(dataclasses.replace(TINY, factor=8)), Perception(), crops)


def learn(course: AutoencoderTraining, pictures: np.ndarray, batches: int | None = None) -> list[checkpoint.TrainingReport]:
    return list(itertools.islice(course.train(pictures), batches))


# The stages


def test_the_stages_make_a_model_that_stock_diffusers_opens(with_autoencoder, tmp_path, monkeypatch):
    monkeypatch.setattr(examples, "SHARD", 80)  # four of them, as the preview decoder wants, are more than the 256 held out
    folder, target = shutil.copytree(with_autoencoder, tmp_path / "work"), tmp_path / "starter"
    stages(folder).preview()
    stages(folder).unet()
    stages(folder).export(target)
    pipeline = StableDiffusionPipeline.from_pretrained(target, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    [image] = pipeline("a mouse is playing guitar", num_inference_steps=2).images
    assert image.size == (64, 64)
    assert Vocabulary.of(target).unknown("a mouse in cyberpunk")[0].text == "cyberpunk"
    assert (target / "preview_decoder" / "model.safetensors").is_file()
    assert str(folder) not in (target / "vae" / "config.json").read_text(encoding="utf-8")


def test_each_run_of_a_stage_adds_to_the_earlier_runs(with_autoencoder, tmp_path):
    folder = shutil.copytree(with_autoencoder, tmp_path / "work")
    done = {"autoencoder": [checkpoint.load(folder / "autoencoder.pt")["samples"]], "text": [], "unet": []}
    painted_at = (folder / "pictures.npy").stat().st_mtime_ns
    stages(folder).data()
    stages(folder, crops=10_000).autoencoder()
    done["autoencoder"].append(checkpoint.load(folder / "autoencoder.pt")["samples"])
    for _ in range(2):
        stages(folder).data()
        stages(folder).unet()
        for name in ("text", "unet"):
            done[name].append(checkpoint.load(folder / f"{name}.pt")["samples"])
    assert (folder / "pictures.npy").stat().st_mtime_ns == painted_at
    assert 0 < done["autoencoder"][0] < done["autoencoder"][1]
    assert done["text"] == [32, 32], "the text encoder learns alone until its scenes are done"
    assert 0 < done["unet"][0] < done["unet"][1]


@pytest.mark.parametrize("content", [None, b"PK"], ids=["missing", "damaged"])
def test_the_cut_outs_are_downloaded_again_although_the_pictures_exist(with_autoencoder, content, tmp_path, monkeypatch):
    folder = shutil.copytree(with_autoencoder, tmp_path / "work")
    cut_outs, asked = (folder / "material.zip").read_bytes(), []
    (folder / "material.zip").unlink()
    if content is not None:
        (folder / "material.zip").write_bytes(content)
    monkeypatch.setattr(sources, "download", lambda package, aside: asked.append(package))
    monkeypatch.setattr(sources, "check", lambda package, integrity: None)
    monkeypatch.setattr(sources, "pack", lambda package, target, keys: target.write_bytes(cut_outs))
    stages(folder).data()
    assert asked == [sources.PACKAGE]
    assert (folder / "material.zip").read_bytes() == cut_outs
    stages(folder).data()
    assert asked == [sources.PACKAGE], "only if something is missing"


def test_the_encoder_does_not_change_once_there_are_examples(with_examples, tmp_path):
    folder = shutil.copytree(with_examples, tmp_path / "work")
    latents = stages(folder)._examples(1).latents
    with pytest.raises(build.NotReady, match="--crops"):
        stages(folder, crops=10_000).autoencoder()
    before = AutoencoderTiny.from_pretrained(folder / "autoencoder").decoder.state_dict()
    stages(folder, crops=int(checkpoint.load(folder / "autoencoder.pt")["samples"] / CRITIC_FROM)).autoencoder()
    coder = AutoencoderTiny.from_pretrained(folder / "autoencoder").eval()
    studio, scenes = Studio(folder / "material.zip"), examples.Examples.load(folder / "examples").scenes[:16]
    again = examples.encode(coder, [studio.paint(scene, TINY.side) for scene in scenes])
    assert torch.equal(again.half().float(), latents[:16])
    assert any(not torch.equal(weight, before[name]) for name, weight in coder.decoder.state_dict().items())


def test_a_signal_saves_a_checkpoint_and_ends_the_run(with_autoencoder, tmp_path, monkeypatch):
    folder = shutil.copytree(with_autoencoder, tmp_path / "work")
    before, learned = signal.getsignal(signal.SIGTERM), checkpoint.load(folder / "autoencoder.pt")["samples"]
    train, reports = AutoencoderTraining.train, []

    def signalled(*arguments):
        for progress in train(*arguments):
            reports.append(progress)
            assert signal.getsignal(signal.SIGTERM) is not before  # which would end the tests
            os.kill(os.getpid(), signal.SIGTERM)
            yield progress

    monkeypatch.setattr(AutoencoderTraining, "train", signalled)
    stages(folder, minutes=60, crops=10**9).autoencoder()
    assert len(reports) == 1
    assert signal.getsignal(signal.SIGTERM) is before
    saved = checkpoint.load(folder / "autoencoder.pt")
    written = AutoencoderTiny.from_pretrained(folder / "autoencoder").state_dict()
    assert saved["samples"] == reports[0].samples > learned
    assert all(torch.equal(weight, written[name]) for name, weight in saved["parts"]["average"]["weights"].items())


def test_trainings_can_begin_with_the_weights_of_a_model(with_examples, tmp_path):
    folder, target = shutil.copytree(with_examples, tmp_path / "work"), tmp_path / "starter"
    stages(folder).unet()
    stages(folder).export(target)
    later = tmp_path / "later"
    later.mkdir()
    for name in ("material.zip", "pictures.npy", perception.FILE):
        (later / name).symlink_to(folder / name)
    stages(later, begin=target)._first_autoencoder()
    with pytest.raises(build.NotReady, match="--begin"):
        build.Build(later, dataclasses.replace(TINY, decoder_width=16), "cpu", 1, target)._first_autoencoder()
    cut = tmp_path / "cut"
    shutil.copytree(target, cut)
    for weights in (cut / "vae" / "diffusion_pytorch_model.safetensors", cut / "text_encoder" / "model.safetensors"):
        weights.write_bytes(weights.read_bytes()[:1000])
    for incomplete in (tmp_path, cut):
        with pytest.raises(build.NotReady, match="--begin"):
            stages(later, begin=incomplete)._first_autoencoder()

    wider = dataclasses.replace(TINY, channels=6)
    training = DenoiserTraining(wider, stages(later, begin=target)._tokenizer(), build.describe)
    begun = training.begin(target)
    assert begun.tokens == []
    assert sorted(begun.weights) == ["unet.conv_in.weight", "unet.conv_out.bias", "unet.conv_out.weight"]
    known = StableDiffusionPipeline.from_pretrained(target, local_files_only=True)
    for name, weight in known.text_encoder.state_dict().items():
        torch.testing.assert_close(training.average.weights[f"text_encoder.{name}"], weight, rtol=0, atol=0)
    deeper = dataclasses.replace(TINY, text_layers=2)
    begun = DenoiserTraining(deeper, stages(later, begin=target)._tokenizer(), build.describe).begin(target)
    assert begun.tokens is None
    assert all(name.startswith("text_encoder.") for name in begun.weights)
    stages(later).autoencoder()
    wordless = shutil.copytree(target, tmp_path / "wordless")
    shutil.rmtree(wordless / "tokenizer")
    for incomplete in (tmp_path, cut, wordless):
        with pytest.raises(build.NotReady, match="--begin"):
            stages(later, begin=incomplete).unet()
    stages(later, begin=target).unet()
    assert not (later / "text.pt").exists()
    assert checkpoint.load(later / "unet.pt")["samples"] > 0
    (later / "unet.pt").unlink()
    build.Build(later, deeper, "cpu", 0.005, target).unet()  # the text encoder is another one and learns first
    assert checkpoint.load(later / "text.pt")["samples"] >= TINY.text_scenes


def test_a_training_that_begins_with_a_model_of_fewer_words_keeps_the_embeddings_of_those_it_knows(with_examples, tmp_path):
    folder, target = shutil.copytree(with_examples, tmp_path / "work"), tmp_path / "starter"
    stages(folder).unet()
    stages(folder).export(target)
    captions = ["a cat on the beach", "a spaceship in the desert", "沙滩上的一只猫"] * 9
    words = tokenizer.train(captions, tmp_path / "tokenizer", size=620, context=TINY.context)
    training = DenoiserTraining(TINY, words, build.describe)
    initial = training.denoiser.text_encoder.get_input_embeddings().weight.detach().clone()
    known = StableDiffusionPipeline.from_pretrained(target, local_files_only=True)
    before, embeddings = known.tokenizer.get_vocab(), known.text_encoder.get_input_embeddings().weight
    begun = training.begin(target)
    assert begun.weights == []
    assert begun.tokens
    assert {words.convert_ids_to_tokens(number) for number in begun.tokens} == words.get_vocab().keys() - before.keys()
    learned = training.denoiser.text_encoder.get_input_embeddings().weight
    for token, number in words.get_vocab().items():
        assert torch.equal(learned[number], embeddings[before[token]] if token in before else initial[number])

    for name in ("unet.pt", "text.pt"):
        (folder / name).unlink()
    shutil.rmtree(folder / "tokenizer")
    shutil.copytree(tmp_path / "tokenizer", folder / "tokenizer")
    stages(folder, begin=target).unet()  # new words are learned with the pictures first
    assert checkpoint.load(folder / "text.pt")["samples"] >= TINY.text_scenes
    assert checkpoint.load(folder / "unet.pt")["samples"] > 0


def test_the_command_reports_a_missing_stage(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["build", "--stage", "unet", "--folder", str(tmp_path)])
    assert build.main() == 1
    assert "--stage" in capsys.readouterr().err


def test_the_command_refuses_to_compile_without_a_compiler(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["build", "--stage", "unet", "--compile", "--folder", str(tmp_path / "work")])
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit):
        build.main()
    assert "C++ compiler" in capsys.readouterr().err
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize(
    ("stage", "option"),
    [("preview", "--compile"), ("unet", "--crops=8"), ("export", "--begin=."), ("data", "--newest=2"), ("preview", "--rate=0.5")],
)
def test_the_command_refuses_an_option_that_its_stage_does_not_use(stage, option, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["build", "--stage", stage, option, "--folder", str(tmp_path / "work")])
    with pytest.raises(SystemExit):
        build.main()
    assert f"{option.split('=')[0]} is for --stage" in capsys.readouterr().err
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize(
    ("option", "number"),
    [
        ("--pairs", "0.5"),
        *(("--newest", number) for number in ("0.5", "nan", "101", "often")),
        *(("--rate", number) for number in ("0", "nan", "1.5", "slow")),
    ],
)
def test_the_command_refuses_an_impossible_number(option, number, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["build", "--stage", "unet", option, number, "--folder", str(tmp_path / "work")])
    with pytest.raises(SystemExit):
        build.main()
    assert option in capsys.readouterr().err
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize(("option", "least"), [("newest", 1), ("pairs", 2)])
def test_pictures_of_new_things_and_of_two_things_come_more_often_if_asked(option, least, with_examples, tmp_path, monkeypatch):
    folder = shutil.copytree(with_examples, tmp_path / "work")
    known, shown = examples.Examples.load(folder / "examples"), []

    def noted(scene: Scene, *wording: object) -> str:
        shown.append(len(scene.things) >= least)
        return describe(scene, *wording)

    stages(folder).unet()  # the text encoder has learned
    monkeypatch.setattr(build, "describe", noted)
    stages(folder, **{option: 100}).unet()
    others = mean(len(scene.things) < least for scene in known.scenes)
    assert 0.02 < others < 0.8
    assert 1 - mean(shown) < others / 4


def test_a_run_can_learn_with_a_share_of_the_learning_rate(with_examples, tmp_path):
    folder = shutil.copytree(with_examples, tmp_path / "work")
    stages(folder).unet()
    whole = stages(folder)._learned_unet().optimizer.param_groups[0]
    stages(folder, rate=0.01).unet()
    less = stages(folder)._learned_unet().optimizer.param_groups[0]
    assert less["peak"] == whole["peak"]
    assert 0 < less["lr"] < 0.1 * whole["peak"]


def test_the_command_refuses_a_begin_folder_that_is_not_there(tmp_path, monkeypatch, capsys):
    command = ["build", "--stage", "unet", "--folder", str(tmp_path / "work"), "--begin", str(tmp_path / "nowhere")]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as ended:
        build.main()
    assert ended.value.code == 2
    assert "nowhere is not a folder" in capsys.readouterr().err
    assert not (tmp_path / "work").exists()


# The autoencoder


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_has_an_autoencoder(shape):
    made = autoencoder.autoencoder(shape)
    with torch.no_grad():
        latents = made.encode(torch.zeros(1, 3, 64, 64)).latents
        assert latents.shape == (1, shape.channels, 64 // shape.factor, 64 // shape.factor)
        assert made.decode(latents).sample.shape == (1, 3, 64, 64)


def test_the_starter_has_sixteen_latent_channels():
    assert (SMALL.channels, SMALL.latent_side) == (16, 16)
    assert sum(weight.numel() for weight in autoencoder.autoencoder(SMALL).parameters()) == pytest.approx(1.8e6, rel=0.01)


def test_the_autoencoder_learns():
    pictures, course = painted(32, 32), training(crops=320)
    before, _ = autoencoder.fidelity(course.averaged(), pictures[:8], course.perception)
    reports = learn(course, pictures)
    after, _ = autoencoder.fidelity(course.averaged(), pictures[:8], course.perception)
    assert reports[-1].samples == 320
    assert reports[-1].loss < reports[0].loss
    assert after > before + 3


def test_the_loss_pulls_every_latent_channel_to_the_spread_of_the_scaling_factor():
    latents = torch.randn(64, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    right = latents / latents.std((0, 2, 3), keepdim=True) * SPREAD
    right = right - right.mean((0, 2, 3), keepdim=True)
    assert float(uneven(right)) == pytest.approx(0, abs=1e-6)
    assert float(uneven(2 * right)) == pytest.approx(9, rel=1e-3)
    assert float(uneven(right + 0.3)) == pytest.approx(0.09, rel=1e-3)
    assert training().autoencoder.config.scaling_factor == 1 / SPREAD


@pytest.fixture(scope="module")
def uninterrupted() -> tuple[AutoencoderTraining, list[checkpoint.TrainingReport]]:
    """A training to the end, and its reports."""
    course = training()
    return course, learn(course, painted(16, 32))


@pytest.mark.parametrize("batches", [3, 6], ids=["before the critic", "after the encoder was frozen"])
def test_a_resumed_autoencoder_has_the_bits_of_an_uninterrupted_one(batches, uninterrupted, tmp_path):
    pictures, path = painted(16, 32), tmp_path / "autoencoder.pt"
    whole, expected = uninterrupted
    first = training()
    learn(first, pictures, batches)
    checkpoint.save(path, first.state_dict())
    second = training()
    checkpoint.restore(second.course, path)
    rest = learn(second, pictures)
    assert [report.loss for report in rest] == [report.loss for report in expected[batches:]]
    wanted, found = (course.state_dict() for course in (whole, second))
    for name, part in wanted["parts"].items():
        torch.testing.assert_close(found["parts"][name], part, rtol=0, atol=0)
    assert torch.equal(found["noise"], wanted["noise"])


def test_the_encoder_is_frozen_when_the_critic_begins():
    pictures, course = painted(16, 32), training(crops=160)
    going = course.train(pictures)
    encoders = []
    for progress in going:
        encoders.append(
            (
                progress.samples / 160,
                {name: weight.clone() for name, weight in course.average.weights.items() if name.startswith("encoder.")},
            )
        )
    learned = [all(torch.equal(before[name], after[name]) for name in before) for (_, before), (_, after) in itertools.pairwise(encoders)]
    frozen = [share > CRITIC_FROM + 0.06 for share, _ in encoders[1:]]
    assert learned[0] is False
    assert [same for same, is_frozen in zip(learned, frozen, strict=True) if is_frozen] == [True] * sum(frozen)
    assert torch.equal(course.autoencoder.encoder.layers[0].weight, course.average.weights["encoder.layers.0.weight"])


def test_an_encoder_counts_as_frozen_from_exactly_its_share_of_the_plan():
    assert [autoencoder.is_encoder_frozen(crops, 200_000) for crops in (109_992, 110_000)] == [False, True]


def test_the_learning_rate_warms_up_stays_and_decays_over_the_plan():
    rates = [learning_rate(int(share * 100_000), 100_000) for share in (0, DECAY_FROM / 2, DECAY_FROM, 0.7, 1, 2)]
    assert rates[0] < 0.01
    assert rates[1:3] == [1, 1]
    assert rates[3] == pytest.approx((1 + LAST_RATE) / 2)
    assert rates[4:] == [pytest.approx(LAST_RATE)] * 2


@pytest.mark.parametrize("shape", [(8, 72), (64, 27)], ids=["wide", "tall"])
def test_muon_makes_all_singular_values_of_a_step_about_one(shape):
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0)) @ torch.diag(torch.logspace(-1, 1, shape[1]))
    values = torch.linalg.svdvals(orthogonal(matrix))
    assert values.min() > 0.5
    assert values.max() < 1.3


# The perceptual distance


def test_the_perceptual_distance_grows_with_the_difference():
    network = Perception()
    wanted = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1
    made = (wanted + 0.05).requires_grad_()
    near, far = network.distance(made, wanted), network.distance(-wanted, wanted)
    assert 0 < near.item() < far.item() <= 4
    assert float(network.distance(wanted, wanted)) == pytest.approx(0, abs=1e-6)
    near.backward()
    assert made.grad.abs().sum() > 0
    assert all(weight.grad is None for weight in network.parameters())


def test_missing_and_damaged_perceptual_weights_are_reported(tmp_path, monkeypatch):
    monkeypatch.setattr(perception, "PACKAGE", "no_such_package")
    with pytest.raises(NoWeights, match="no-such-package"):
        Perception.load(tmp_path)
    perceptual_weights(tmp_path)
    Perception.load(tmp_path)
    path = tmp_path / perception.FILE
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(NoWeights, match=perception.FILE):
        Perception.load(tmp_path)
