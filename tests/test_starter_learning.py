"""Training of the starter model's text encoder and denoiser, checkpoints, and the export."""

import itertools
import json
import random
from collections import Counter
from dataclasses import dataclass

import pytest
import torch
from diffusers import AutoencoderTiny, StableDiffusionPipeline
from PIL import Image

from desktop.starter import checkpoint
from desktop.starter.denoiser import Denoiser, DenoiserTraining, scheduler
from desktop.starter.examples import Examples
from desktop.starter.export import export, pipeline, sheet
from desktop.starter.shape import SHAPES, Shape
from desktop.starter.text import TextTraining
from desktop.starter.world import GROUNDS, Arrangement, Scene, things
from tests import tiny

pytestmark = pytest.mark.slow  # real trainings, of tiny networks

SHAPE = Shape("tiny", tier=1, factor=8, channels=4, unet=(32, 64), text_width=32, text_layers=1, side=64, context=16)
COLOURS = {"red": "红色", "snow": "雪", "night": "夜", "beach": "沙滩"}


@dataclass(frozen=True)
class Painted:
    """A stand-in for a scene."""

    name: str
    seed: int


@dataclass(frozen=True)
class Handful:
    latents: torch.Tensor
    scenes: list[Painted]


def describe(scene: Painted, language: str, chance: random.Random) -> str:
    return chance.choice(("", "a ")) + scene.name if language == "en" else COLOURS[scene.name]


def handful(count: int = 8) -> Handful:
    """Scenes of four kinds that differ in the means of their latents."""
    kinds = torch.randn(len(COLOURS), SHAPE.channels, 1, 1, generator=torch.Generator().manual_seed(5))
    noise = torch.randn(count, SHAPE.channels, SHAPE.latent_side, SHAPE.latent_side, generator=torch.Generator().manual_seed(1))
    names = list(COLOURS)
    return Handful(
        kinds[torch.arange(count) % len(names)] + 0.3 * noise, [Painted(names[index % len(names)], index) for index in range(count)]
    )


@pytest.fixture
def tokenizer():
    made = tiny.tokenizer()
    made.model_max_length = SHAPE.context
    return made


def autoencoder() -> AutoencoderTiny:
    torch.manual_seed(0)
    widths = (8,) * 4
    return AutoencoderTiny(
        encoder_block_out_channels=widths,
        decoder_block_out_channels=widths,
        num_encoder_blocks=(1,) * 4,
        num_decoder_blocks=(1,) * 4,
        scaling_factor=1.25,
    )


def denoiser_training(tokenizer) -> DenoiserTraining:
    return DenoiserTraining(SHAPE, tokenizer, describe, seed=2)


def seen(training, reports: int, **settings) -> list[checkpoint.TrainingReport]:
    return list(itertools.islice(training.train(handful(), report_every=4, **settings), reports))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_has_a_denoiser(shape, tokenizer):
    with torch.device("meta"):
        tokens = torch.zeros(2, shape.context, dtype=torch.long)
        noisy = torch.zeros(2, shape.channels, shape.latent_side, shape.latent_side)
        assert Denoiser(shape, tokenizer)(noisy, torch.zeros(2), tokens).shape == noisy.shape


def test_a_denoiser_overfits_a_few_examples(tokenizer):
    progress = seen(denoiser_training(tokenizer), reports=20, batch=8)
    assert progress[-1].samples == 20 * 4 * 8
    assert progress[-1].loss < 0.6 * progress[0].loss


def test_examples_come_as_often_as_asked(tokenizer):
    captions = []

    def noted(scene: Painted, language: str, chance: random.Random) -> str:
        captions.append(scene.name)
        return describe(scene, language, chance)

    training = DenoiserTraining(SHAPE, tokenizer, noted)
    next(training.train(handful(4), 16, report_every=4, often=[9, 1, 0, 0]))
    counts = Counter(captions)
    assert counts.keys() == {"red", "snow"}
    assert counts["red"] > 4 * counts["snow"]


def test_more_captions_are_chinese_than_english(tokenizer):
    languages = Counter()

    def noted(scene: Painted, language: str, chance: random.Random) -> str:
        languages[language] += 1
        return describe(scene, language, chance)

    next(DenoiserTraining(SHAPE, tokenizer, noted).train(handful(4), 64, report_every=8))
    assert 0.52 < languages["zh"] / languages.total() < 0.68


@pytest.mark.parametrize(("newest", "pairs", "expected"), [(1, 1, [1, 1, 1, 1, 0]), (3, 1, [1, 1, 3, 3, 0]), (3, 2, [1, 2, 3, 6, 0])])
def test_examples_of_new_things_and_pairs_come_more_often_and_those_of_later_things_never(newest, pairs, expected):
    first, second, third = (next(thing for thing in things(3) if thing.tier == tier) for tier in (1, 2, 3))
    shown = [(first,), (first, first), (second,), (first, second), (first, third)]
    scenes = [Scene(GROUNDS["snow"], Arrangement.ONE, few, 1, None, 0) for few in shown]
    assert Examples(torch.zeros(5, 1, 1, 1), scenes).often(2, newest, pairs) == expected


@pytest.mark.filterwarnings("ignore:.torch.jit.script_method. is deprecated:DeprecationWarning")  # in torch's own compiler
def test_a_compiled_training_has_the_checkpoints_of_a_plain_one(tokenizer, tmp_path):
    compiled = DenoiserTraining(SHAPE, tokenizer, describe, compiled=True)
    assert compiled.denoiser.unet._compiled_call_impl is not None  # compiled at its first batch, which takes a minute
    checkpoint.save(tmp_path / "unet.pt", compiled.state_dict())
    checkpoint.restore(denoiser_training(tokenizer).course, tmp_path / "unet.pt")


def two_workers(tokenizer) -> DenoiserTraining:
    return DenoiserTraining(SHAPE, tokenizer, describe, seed=2, workers=2)


def test_two_workers_learn_what_one_learns_from_the_whole_batch(tokenizer):
    one, two = denoiser_training(tokenizer), two_workers(tokenizer)
    reports = [next(training.train(handful(), batch=6, report_every=1)) for training in (one, two)]
    assert reports[0].samples == reports[1].samples == 6
    assert reports[0].loss == pytest.approx(reports[1].loss, rel=0.01)
    gradients = [torch.cat([weight.grad.flatten() for weight in training.denoiser.parameters()]) for training in (one, two)]
    assert torch.cosine_similarity(*gradients, dim=0) > 0.999
    assert float(gradients[0].norm()) == pytest.approx(float(gradients[1].norm()), rel=0.01)


def test_captions_get_the_embeddings_of_their_latents(tokenizer):
    training = TextTraining(SHAPE, tokenizer, describe)
    examples = handful(264)
    assert seen_text(training, examples, reports=1)[0].samples == 4 * 16
    seen_text(training, examples, reports=8)
    assert min(training.top_1(examples).values()) > 0.9
    right = training.contrast.score(examples.latents[:4], list(COLOURS))
    wrong = training.contrast.score(examples.latents[:4], list(COLOURS)[::-1])
    assert (right > wrong).all()


def seen_text(training: TextTraining, examples: Handful, reports: int) -> list[checkpoint.TrainingReport]:
    return list(itertools.islice(training.train(examples, batch=16, report_every=4), reports))


def test_new_words_are_learned_without_a_change_of_the_known_ones(tokenizer):
    known, training = denoiser_training(tokenizer).denoiser.text_encoder, TextTraining(SHAPE, tokenizer, describe)
    new = tokenizer("night", add_special_tokens=False).input_ids
    training.begin(known, new)
    seen_text(training, handful(264), reports=3)
    before, after = known.state_dict(), training.contrast.text_encoder.state_dict()
    changed = [name for name in before if not torch.equal(before[name], after[name])]
    assert len(changed) == 1
    rows = (before[changed[0]] != after[changed[0]]).any(1).nonzero().flatten().tolist()
    assert rows == sorted(set(new))
    assert len(rows) < len(tokenizer)


@pytest.mark.parametrize(
    "kind",
    [denoiser_training, two_workers, lambda tokenizer: TextTraining(SHAPE, tokenizer, describe)],
    ids=["denoiser", "two workers", "text"],
)
def test_a_resumed_training_has_the_bits_of_an_uninterrupted_one(tokenizer, kind, tmp_path):
    path, examples = tmp_path / "checkpoint.pt", handful(264)
    first = kind(tokenizer)
    going = first.train(examples, batch=4, report_every=3)
    next(going)
    checkpoint.save(path, first.state_dict())
    expected = next(going)

    second = kind(tokenizer)
    second.load_state_dict(checkpoint.load(path))
    resumed = next(second.train(examples, batch=4, report_every=3))

    assert (resumed.samples, resumed.loss) == (expected.samples, expected.loss)
    for name, part in first.state_dict()["parts"].items():
        torch.testing.assert_close(second.state_dict()["parts"][name], part, rtol=0, atol=0)


@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_a_truncated_checkpoint_is_refused_and_named(share, tmp_path):
    path = tmp_path / "checkpoint.pt"
    checkpoint.save(path, {"weights": torch.arange(5000.0)})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(checkpoint.CheckpointDamaged, match=r"checkpoint\.pt"):
        checkpoint.load(path)


def test_saving_leaves_only_the_checkpoint(tmp_path):
    for samples in (1, 2):
        checkpoint.save(tmp_path / "checkpoint.pt", {"samples": samples})
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]
    assert checkpoint.load(tmp_path / "checkpoint.pt") == {"samples": 2}


def test_the_horizon_of_the_average_is_a_fixed_share_of_the_samples():
    network = torch.nn.Linear(1, 1, bias=False)
    average = checkpoint.PowerAverage(network)
    for samples in range(4, 4001, 4):  # the weight is the number of samples seen
        with torch.no_grad():
            network.weight.fill_(samples)
        average.update(samples)
    # ∫ t·t^γ dt over ∫ t^γ dt from 0 to 1 is (γ+1)/(γ+2)
    assert float(average.weights["weight"]) / 4000 == pytest.approx(17 / 18, abs=2e-3)


def test_nothing_of_the_picture_is_left_at_the_last_timestep():
    assert float(scheduler().alphas_cumprod[-1]) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("dtype", [None, torch.float32, torch.bfloat16, torch.float16])
def test_an_export_opens_as_a_stock_pipeline(tokenizer, dtype, tmp_path):
    training, folder = denoiser_training(tokenizer), tmp_path / "starter"
    seen(training, reports=1, batch=2)
    for _ in range(2):  # the second time over the first
        made = pipeline(training.average.weights, SHAPE, tokenizer, autoencoder())
        export(made, folder, {"schema": 1, "zh": ["老鼠"]})
        (folder / "README.md").write_text("by hand", encoding="utf-8")

    assert [path.name for path in tmp_path.iterdir()] == ["starter"]
    assert json.loads((folder / "vocabulary.json").read_text(encoding="utf-8")) == {"schema": 1, "zh": ["老鼠"]}
    opened = StableDiffusionPipeline.from_pretrained(folder, local_files_only=True, **({"dtype": dtype} if dtype else {}))
    opened.set_progress_bar_config(disable=True)
    assert opened.vae.config.scaling_factor == 1.25
    weight = training.average.weights["unet.conv_in.weight"]
    torch.testing.assert_close(opened.unet.conv_in.weight.float(), weight, rtol=1e-2, atol=1e-3)
    picture = opened("a mouse", num_inference_steps=2, generator=torch.Generator().manual_seed(0)).images[0]
    assert picture.size == (SHAPE.side, SHAPE.side)


def test_an_export_keeps_the_model_card(tokenizer, tmp_path):
    weights = denoiser_training(tokenizer).average.weights
    (tmp_path / "preview").mkdir()
    (tmp_path / "preview" / "config.json").write_text("{}", encoding="utf-8")
    folder = tmp_path / "starter"
    folder.mkdir()
    for name in ("README.md", "left over"):
        (folder / name).write_text("by hand", encoding="utf-8")
    export(pipeline(weights, SHAPE, tokenizer, autoencoder()), folder, {}, preview_decoder=tmp_path / "preview")
    assert (folder / "README.md").read_text(encoding="utf-8") == "by hand"
    assert (folder / "preview_decoder" / "config.json").exists()
    assert not (folder / "left over").exists()


def test_a_contact_sheet_has_a_picture_for_each_prompt(tokenizer, tmp_path):
    made = pipeline(denoiser_training(tokenizer).average.weights, SHAPE, tokenizer, autoencoder())
    sheet(made, tmp_path / "sheet.png", prompts=["a mouse", "snow", "red"], columns=2, steps=2)
    with Image.open(tmp_path / "sheet.png") as drawn:
        assert drawn.size == (2 * SHAPE.side, 2 * SHAPE.side)
