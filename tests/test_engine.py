import gc
import math
import shutil
import weakref
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
from diffusers import DDIMScheduler
from safetensors.torch import load_file, save_file

from desktop.diffusion import engine as engine_module
from desktop.diffusion import memory
from desktop.diffusion.control import Control, Stop
from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.loader import PartWeights
from desktop.diffusion.preview import PreviewDecoder
from desktop.diffusion.recipe import Recipe, Turn
from desktop.diffusion.request import Orders, Request
from desktop.diffusion.run import Phase, Picture, Pixels, Plan, Previews, Run, Step, View
from desktop.diffusion.snapshot import read_snapshot
from desktop.diffusion.working_memory import Hardware
from desktop.errors import (
    MemoryTight,
    MemoryTooSmall,
    NoGuidance,
    NotANumber,
    OutOfMemory,
    OutOfRange,
    SamplerUnfit,
    SamplerUnknown,
    StepNotKept,
    TurnForbidden,
)
from desktop.library.known_models import weights_of
from desktop.library.models import ModelLibrary
from desktop.resources import STARTER
from tests import tiny
from tests.engine_runs import events_of, stock_picture_of
from tests.kits import INDEX, model_folder, write_json
from tests.watched import counted

CPU = Device("cpu", "", torch.float32)
RECIPE = Recipe.of(
    prompt="a mouse is playing guitar", negative_prompt="snow", sampler="DDIM", steps=6, guidance_scale=4, width=64, height=64, seed=7
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    """One that keeps its model from test to test; a test that changes it takes `fresh`."""
    return Engine(CPU)


@pytest.fixture
def fresh() -> Engine:
    return Engine(CPU)


@pytest.fixture(scope="module")
def distilled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model without guidance, to be read only."""
    return tiny.save_folder(tmp_path_factory.mktemp("model") / "lcm", kind="lcm")


def generate(engine, folder, recipe=RECIPE, previews=Previews.FAST, **more) -> list:
    return events_of(engine, folder, recipe, previews, **more)


def only(kind: type, events: list) -> list:
    return [event for event in events if isinstance(event, kind)]


@cache
def stock_picture(recipe: Recipe) -> Pixels:
    pipeline = tiny.pipeline()
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config, clip_sample=False)
    return stock_picture_of(pipeline, recipe, prompt=recipe.prompt.text, negative_prompt=recipe.prompt.negative)


# -- a run


def test_a_run_reports_everything_in_order(fresh, model):
    events = generate(fresh, model)
    told = [event if isinstance(event, Phase) else type(event) for event in events]
    assert told == [Phase.LOADING, Phase.ENCODING, Plan, Phase.DENOISING, *[Step] * 7, Phase.DECODING, Picture]
    assert [step.number for step in only(Step, events)] == list(range(7))


@pytest.mark.slow
def test_the_picture_is_the_stock_pipelines_bit_for_bit(fresh, model):
    assert generate(fresh, model)[-1].pixels == stock_picture(RECIPE)


@pytest.mark.slow
def test_without_guidance_too(engine, model):
    recipe = RECIPE.with_values(guidance_scale=1)
    assert generate(engine, model, recipe)[-1].pixels == stock_picture(recipe)


def test_sides_may_differ(engine, model):
    recipe = RECIPE.with_values(width=72, height=104)
    pixels = generate(engine, model, recipe)[-1].pixels
    assert (pixels.width, pixels.height) == (72, 104)
    assert pixels == stock_picture(recipe)


@pytest.mark.slow
def test_the_same_recipe_twice_gives_the_same_bits_and_loads_once(fresh, model):
    first, second = generate(fresh, model), generate(fresh, model, previews=Previews.OFF)
    assert first[-1] == second[-1]
    assert Phase.LOADING not in second


@pytest.mark.slow
def test_another_fingerprint_is_another_model(fresh, model):
    generate(fresh, model)
    events = []
    fresh.generate(Request(RECIPE, previews=Previews.OFF), model, "changed", Control(), events.append)
    assert events[0] is Phase.LOADING


def test_the_environment_names_everything_that_decides_the_bits(engine, model):
    [plan] = only(Plan, generate(engine, model))
    assert plan.calls == 6
    assert plan.truncated == ""
    assert plan.environment["model_fingerprint"] == "fingerprint"
    assert plan.environment["dtype"] == "float32"
    assert plan.environment["threads"] == torch.get_num_threads()
    assert {"app", "torch", "diffusers", "transformers", "device", "attention", "offload"} <= plan.environment.keys()


def test_the_truncated_end_of_a_long_prompt_is_reported(engine, model):
    [plan] = only(Plan, generate(engine, model, RECIPE.with_values(prompt="cat " * 75 + "at night")))
    assert plan.truncated == "at night"


def test_weights_change_the_picture_and_weight_one_does_not(engine, model):
    plain = generate(engine, model)[-1]
    assert generate(engine, model, RECIPE.with_values(prompt="a (mouse:1) is playing guitar"))[-1] == plain
    assert generate(engine, model, RECIPE.with_values(prompt="a (mouse:1.6) is playing guitar"))[-1] != plain


# -- stopping, pausing, resuming


@pytest.mark.slow
def test_a_paused_run_resumes_to_the_same_bits(engine, model):
    whole = generate(engine, model)
    begun = generate(engine, model, pause_at=3)
    assert not only(Picture, begun)
    assert Phase.DECODING not in begun
    history = only(Step, begun)
    rest = generate(Engine(CPU), model, history=history)
    assert [step.number for step in only(Step, rest)] == [4, 5, 6]
    assert rest[-1] == whole[-1]


def test_resuming_encodes_nothing_again(engine, model):
    begun = generate(engine, model, pause_at=3)
    encoded = []
    with engine._loaded.pipeline.text_encoder.register_forward_pre_hook(lambda *_: encoded.append(1)):
        generate(engine, model, history=only(Step, begun))
    assert not encoded


def test_the_threads_of_a_run_can_be_asked_for(engine, model):
    before = torch.get_num_threads()
    try:
        [plan] = only(Plan, generate(engine, model, threads=2))
        assert plan.environment["threads"] == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.slow
@pytest.mark.parametrize("at", [Phase.LOADING, Phase.ENCODING, Phase.DENOISING, Phase.DECODING])
def test_a_run_can_be_stopped_in_every_phase_and_the_next_run_works(fresh, model, at):
    control, events = Control(), []

    def emit(event):
        events.append(event)
        if event is at:
            control.stop()

    with pytest.raises(Stop):
        fresh.generate(Request(RECIPE), model, "fingerprint", control, emit)
    assert events[-1] is at or at is Phase.DENOISING
    assert generate(fresh, model)[-1].pixels == stock_picture(RECIPE)


# -- turning

TURNED = RECIPE.turned(2, prompt="two pandas").turned(4, guidance_scale=1.0)


def branched(engine, folder, parent: list, after: int, recipe: Recipe, pause_at=None) -> list:
    run = Run(RECIPE)
    for event in parent:
        run.record(event)
    return generate(engine, folder, recipe, history=run.fork(after, recipe).history, pause_at=pause_at)


@pytest.mark.slow
def test_a_branch_with_nothing_changed_is_its_parent(engine, model):
    parent = generate(engine, model, TURNED)
    for after in range(7):
        branch = branched(engine, model, parent, after, TURNED)
        assert branch[-1] == parent[-1]
        assert snapshots(branch) == snapshots(parent)[after + 1 :]


def snapshots(events: list) -> list[bytes]:
    return [step.snapshot for step in only(Step, events)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": "two pandas", "negative_prompt": ""},
        {"guidance_scale": 1.0},
        {"guidance_scale": 7.5, "prompt": "a castle"},
        {"sampler": "Euler a", "noise_seed": 3},
        {"sampler": "DDPM"},
        {"refine": 9},
    ],
)
def test_a_branch_has_the_same_pixels_however_its_run_was_executed(engine, model, changes):
    """The same bits uninterrupted, as a branch of a run without the turn, or paused at any step and resumed."""
    recipe = RECIPE.with_values(sampler="DDPM").turned(3, **changes) if "sampler" not in changes else RECIPE.turned(3, **changes)
    parent = generate(engine, model, replace(recipe, turns=()))
    branch = branched(engine, model, parent, 3, recipe)
    in_one_go = generate(engine, model, recipe)
    assert [step.number for step in only(Step, branch)] == [4, 5, 6]
    assert in_one_go[-1] == branch[-1] != parent[-1]
    run = Run(recipe)
    for event in in_one_go:
        run.record(event)
    assert [step.snapshot for step in run.steps[4:]] == snapshots(branch)
    for after in (0, 3, 4, 6):
        assert generate(engine, model, recipe, history=run.steps[: after + 1])[-1] == branch[-1]


def test_a_refining_branch_computes_only_the_steps_after_it(engine, model):
    parent = generate(engine, model)
    with counted(engine._loaded.pipeline) as made:
        branch = branched(engine, model, parent, 4, RECIPE.turned(4, refine=9))
    assert len(made) == 2
    assert [step.number for step in only(Step, branch)] == [5, 6]


@pytest.mark.slow
def test_a_run_of_several_turns_can_be_paused_anywhere(engine, model):
    recipe = TURNED.turned(3, refine=8).turned(5, prompt="a castle")
    whole, run = generate(engine, model, recipe), Run(recipe)
    numbers = [step.number for step in only(Step, whole)]
    assert numbers == [0, 1, 2, 3, 4, 5, 6, 4, 5, 6]
    paused = []
    while not run.picture:
        made = generate(engine, model, recipe, history=run.history, control=Control(Orders(pause=True)))
        assert len(only(Step, made)) <= 2  # one, or the last before a refinement and the first of it
        for event in made:
            run.record(event)
        paused += made
    assert paused[-1] == whole[-1]
    assert snapshots(paused) == snapshots(whole)


@pytest.mark.slow
def test_each_leg_encodes_its_own_prompt_once(fresh, model):
    generate(fresh, model, pause_at=0)
    encoded = []
    fresh._loaded.pipeline.text_encoder.register_forward_pre_hook(lambda *_: encoded.append(1))
    events = generate(fresh, model, TURNED)
    assert len(encoded) == 1
    assert [event for event in events if isinstance(event, Phase)] == [Phase.ENCODING, Phase.DENOISING, Phase.DECODING]
    assert len(only(Plan, events)) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (Turn(6, {"prompt": "x"}), "no steps after"),
        (Turn(3, {"sampler": "UniPC"}), "other noise levels"),
        (Turn(3, {"noise_seed": 1}), "adds no noise"),
        (Turn(3, {"sampler": "LCM"}), "does not fit"),
    ],
)
def test_a_turn_that_cannot_be_taken_is_refused_before_the_first_step(engine, model, turn, words):
    events = []
    with pytest.raises(TurnForbidden, match=words):
        engine.generate(Request(replace(RECIPE, turns=(turn,)), previews=Previews.OFF), model, "fingerprint", Control(), events.append)
    assert not only(Step, events)
    assert only(Picture, generate(engine, model))


def test_steps_of_another_recipe_cannot_be_resumed(engine, model):
    steps = only(Step, generate(engine, model, TURNED, pause_at=5))
    with pytest.raises(StepNotKept):
        generate(engine, model, RECIPE, history=steps)
    for other in (TURNED.with_values(sampler="UniPC"), TURNED.with_values(steps=4)):
        with pytest.raises(TurnForbidden, match="other noise levels"):
            generate(engine, model, other, history=steps)


# -- views of any step


def look(engine, folder, steps, number, view=View.ESTIMATE, recipe=RECIPE):
    return engine.decode(Request(recipe, tuple(steps)), folder, "fingerprint", number, view, Control())


@pytest.mark.slow
def test_every_step_can_be_shown_in_every_view(engine, model):
    events = generate(engine, model)
    steps = only(Step, events)
    seen = {(view, number): look(engine, model, steps, number, view) for view in View for number in range(7)}
    assert seen[View.ESTIMATE, 6] == events[-1].pixels
    assert {(pixels.width, pixels.height) for (view, _), pixels in seen.items() if view is not View.LATENTS} == {(64, 64)}
    assert len({pixels.data for (_, number), pixels in seen.items() if number == 3}) == len(View)
    assert len({seen[view, 0].data for view in View if view is not View.LATENTS}) == 1
    for view in View:
        assert len({seen[view, number].data for number in range(7)}) >= 6  # DDIM's last estimate may be the picture


@pytest.mark.slow
def test_looking_needs_only_the_steps_so_far_and_no_run_before(model):
    steps = only(Step, generate(Engine(CPU), model, pause_at=3))
    for view in View:
        assert look(Engine(CPU), model, steps, 3, view).width
        with pytest.raises(StepNotKept):
            look(Engine(CPU), model, steps, 5, view)


@pytest.mark.slow
def test_looking_changes_nothing_in_a_run(engine, model):
    begun = generate(engine, model, pause_at=3)
    for view in View:
        look(engine, model, only(Step, begun), 2, view)
    assert generate(engine, model, history=only(Step, begun))[-1] == generate(Engine(CPU), model)[-1]


def test_channels_are_seen_without_a_model(model):
    steps = only(Step, generate(Engine(CPU), model, pause_at=1))
    blank = Engine(CPU)
    assert look(blank, model / "gone", steps, 1, View.LATENTS).width > 500
    assert blank._loaded is None


def test_guidance_is_seen_by_asking_once_more(engine, model):
    steps = only(Step, generate(engine, model))
    encoded = []
    watch = engine._loaded.pipeline.text_encoder.register_forward_pre_hook(lambda *_: encoded.append(1))
    with watch, counted(engine._loaded.pipeline) as made:
        look(engine, model, steps, 5, View.GUIDANCE)
    assert (len(made), encoded) == (1, [])


@pytest.mark.slow
@pytest.mark.parametrize("recipe", [RECIPE.with_values(guidance_scale=1), TURNED, RECIPE.turned(2, sampler="Euler").turned(4, refine=3)])
def test_the_guidance_view_works_after_turns_and_where_guidance_was_off(engine, model, recipe):
    run = Run(recipe)
    for event in generate(engine, model, recipe):
        run.record(event)
    assert len({look(engine, model, run.steps, number, View.GUIDANCE, recipe).data for number in range(7)}) == 7


@pytest.mark.slow
def test_a_model_without_guidance_shows_none(fresh, distilled):
    recipe = RECIPE.with_values(sampler="LCM")
    steps = only(Step, generate(fresh, distilled, recipe))
    with pytest.raises(NoGuidance):
        look(fresh, distilled, steps, 3, View.GUIDANCE, recipe)


def test_the_values_at_a_position_are_returned(engine, model):
    steps = only(Step, generate(engine, model, RECIPE.with_values(width=72, height=104)))
    record = read_snapshot(steps, 4)
    told = engine.values(Request(RECIPE, tuple(steps)), model, "fingerprint", 4, 0.99, 0.0)
    assert (told.column, told.row, told.columns, told.rows) == (8, 0, 9, 13)
    values = told.channels
    assert values[View.NOISY] == record.noisy[0, :, 0, 8].tolist()
    assert values[View.ESTIMATE] == record.x0[0, :, 0, 8].tolist()
    signal, strength = record.level
    rebuilt = [signal * x0 + strength * noise for x0, noise in zip(values[View.ESTIMATE], values[View.NOISE], strict=True)]
    assert rebuilt == pytest.approx(record.sample[0, :, 0, 8].tolist(), abs=1e-5)
    assert engine.values(Request(RECIPE, tuple(steps)), model, "fingerprint", 0, 1.0, 1.0).channels == {
        View.NOISY: read_snapshot(steps, 0).noisy[0, :, 12, 8].tolist()
    }


# -- what goes wrong


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"width": 68}, OutOfRange),
        ({"steps": 0}, OutOfRange),
        ({"guidance_scale": math.nan}, OutOfRange),
        ({"sampler": "Magic"}, SamplerUnknown),
        ({"sampler": "LCM"}, SamplerUnfit),
    ],
)
def test_a_recipe_that_cannot_be_made_is_refused(engine, model, change, error):
    with pytest.raises(error):
        generate(engine, model, RECIPE.with_values(**change))


def test_a_sampler_is_asked_for_no_more_steps_than_it_has(fresh, distilled):
    with pytest.raises(OutOfRange, match="1 … 50"):
        generate(fresh, distilled, RECIPE.with_values(sampler="LCM", steps=51))


@pytest.mark.slow
def test_memory_is_checked_before_anything_is_loaded(fresh, model, monkeypatch):
    monkeypatch.setattr(memory, "weights_by_part", lambda folder, dtype: {"unet": PartWeights(10**16, 0)})
    with pytest.raises(MemoryTooSmall):
        generate(fresh, model, insist=True)
    monkeypatch.setattr(memory, "weights_by_part", lambda folder, dtype: {"unet": PartWeights(int(0.93 * CPU.total_memory), 0)})
    events = []
    with pytest.raises(MemoryTight):
        fresh.generate(Request(RECIPE, previews=Previews.OFF), model, "fingerprint", Control(), events.append)
    assert not events
    assert only(Picture, generate(fresh, model, insist=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "kind", "words"),
    [
        ("unet", torch.OutOfMemoryError, "CUDA out of memory."),
        ("text_encoder", torch.OutOfMemoryError, "CUDA out of memory."),
        ("decoder", torch.OutOfMemoryError, "CUDA out of memory."),
        ("unet", MemoryError, ""),
        (
            "unet",
            RuntimeError,
            "[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.",
        ),
    ],
)
def test_after_a_failed_allocation_everything_is_released(fresh, model, part, kind, words):
    generate(fresh, model, pause_at=1)
    pipeline = fresh._loaded.pipeline
    module = pipeline.vae.decoder if part == "decoder" else getattr(pipeline, part)
    alive, failing = weakref.ref(pipeline.unet), type(module)

    def fail(module, *_):
        if type(module) is failing:
            raise kind(words)

    del pipeline, module
    with torch.nn.modules.module.register_module_forward_pre_hook(fail), pytest.raises(OutOfMemory, match="64 × 64") as caught:
        generate(fresh, model, RECIPE.with_values(prompt="two pandas"))
    gc.collect()
    assert alive() is None
    assert caught.value.__cause__ is None
    assert generate(fresh, model)[-1].pixels == stock_picture(RECIPE)


def test_an_error_carries_no_tensors(engine, model):
    generate(engine, model, pause_at=1)

    def fail(*_):
        raise ValueError("of some other kind")

    spoilt = engine._loaded.pipeline.unet.mid_block.register_forward_pre_hook(fail)
    with spoilt, pytest.raises(ValueError, match="some other kind") as caught:
        generate(engine, model)
    frames, trace = [], caught.value.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    inside = [frame for frame in frames if frame.f_code.co_filename.endswith(("pipeline_stable_diffusion.py", "unet_2d_condition.py"))]
    assert inside
    assert not any(isinstance(value, torch.Tensor) for frame in inside for value in frame.f_locals.values())


@pytest.mark.slow
def test_a_decoder_that_returns_nan_is_reported(fresh, model, tmp_path):
    broken = shutil.copytree(model, tmp_path / "model")
    file = broken / "vae" / "diffusion_pytorch_model.safetensors"
    weights = load_file(file)
    weights["decoder.conv_out.bias"] *= float("nan")
    save_file(weights, file, {"format": "pt"})
    with pytest.raises(NotANumber):
        generate(fresh, broken)
    assert only(Picture, generate(fresh, model))


@pytest.mark.slow
def test_freeing_releases_the_model(fresh, model):
    generate(fresh, model, pause_at=1)
    alive = weakref.ref(fresh._loaded.pipeline.unet)
    fresh.free()
    assert alive() is None
    assert only(Picture, generate(fresh, model))


@pytest.mark.slow
def test_a_preview_decoder_of_another_model_stops_no_run(model, tmp_path, caplog):
    other = shutil.copytree(model, tmp_path / "other")
    PreviewDecoder(latent_channels=8, channels=16).save(other / "preview_decoder")
    events = generate(Engine(CPU), other)
    assert all(step.noisy and step.approximate for step in only(Step, events))
    assert only(Picture, events) == only(Picture, generate(Engine(CPU), model))
    assert "8 channels, not 4" in caplog.text


# -- models of other shapes


@pytest.fixture(scope="module")
def deep(tmp_path_factory):
    """Latents of 16 channels at a sixteenth of the size, from pure noise."""
    folder = tiny.starter(tmp_path_factory.mktemp("model") / "deep")
    PreviewDecoder(latent_channels=16, channels=16).save(folder / "preview_decoder")
    return folder


@pytest.fixture(scope="module")
def deep_engine() -> Engine:
    return Engine(CPU)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "height", "dtype"),
    [(256, 256, torch.float32), (208, 320, torch.float32), (64, 64, torch.float32), (208, 320, torch.bfloat16)],
)
def test_pictures_previews_and_thumbnails_of_deep_latents(deep, width, height, dtype):
    recipe = RECIPE.with_values(steps=3, width=width, height=height)
    events = generate(Engine(Device("cpu", "", dtype)), deep, recipe, Previews.BEST)
    noise, *steps = only(Step, events)
    assert (noise.log_snr, noise.sigma, noise.alpha_cumprod, noise.estimate) == (-math.inf, math.inf, 0, None)
    assert all(len(pixels.data) == width // 2 * height // 2 * 3 for step in steps for pixels in (step.estimate, step.noisy))
    assert all(max(step.thumbnail.width, step.thumbnail.height) <= 128 for step in (noise, *steps))
    assert (events[-1].pixels.width, events[-1].pixels.height) == (width, height)


@pytest.mark.slow
def test_deep_latents_without_a_preview_decoder_are_shown_by_the_linear_map(deep, tmp_path):
    folder = shutil.copytree(deep, tmp_path / "deep", ignore=shutil.ignore_patterns("preview_decoder"))
    steps = only(Step, generate(Engine(CPU), folder, RECIPE.with_values(steps=2, width=256, height=256)))
    assert all((step.estimate.width, step.noisy.width, step.approximate) == (16, 16, True) for step in steps[1:])


@pytest.mark.slow
def test_every_step_of_deep_latents_can_be_shown_and_resumed(deep_engine, deep):
    recipe = RECIPE.with_values(steps=3, width=256, height=256)
    events = generate(deep_engine, deep, recipe)
    steps = only(Step, events)
    assert all(look(deep_engine, deep, steps, number, view, recipe).width >= 256 for number in range(3) for view in View)
    assert look(deep_engine, deep, steps, 3, recipe=recipe) == events[-1].pixels
    assert only(Picture, generate(deep_engine, deep, recipe, history=steps[:2])) == only(Picture, events)


@pytest.mark.parametrize("width", [72, 264])
def test_a_side_that_deep_latents_cannot_have_is_refused(deep_engine, deep, width):
    with pytest.raises(OutOfRange, match="64, 80"):
        generate(deep_engine, deep, RECIPE.with_values(width=width))


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["PNDM", "LMS", "Heun", "DPM++ 2M Karras"])
def test_a_sampler_that_cannot_start_from_pure_noise_is_refused(deep_engine, deep, sampler):
    with pytest.raises(SamplerUnfit, match="cannot start from pure noise"):
        generate(deep_engine, deep, RECIPE.with_values(sampler=sampler))


# -- the starter model


@pytest.fixture(scope="module")
def starter_engine():
    return Engine()


def starter_recipe(prompt: str, steps: int, seed: int) -> Recipe:
    """At the size that the starter was trained for."""
    side = ModelLibrary(STARTER, (), STARTER / "fingerprints").starter.size
    return Recipe.of(prompt=prompt, steps=steps, seed=seed, width=side, height=side)


@pytest.mark.slow
def test_the_starter_model_shows_every_step_through_its_preview_decoder(starter_engine):
    events = generate(starter_engine, STARTER, starter_recipe("夜空下的狐狸", steps=4, seed=3), Previews.BEST)
    steps = only(Step, events)
    assert steps[0].estimate is None
    assert all((step.estimate.width, step.noisy.width, step.thumbnail.width) == (128, 128, 128) for step in steps[1:])
    assert not any(step.approximate for step in steps)
    assert decibels(steps[-1].estimate, events[-1].pixels) > 20


@pytest.mark.slow
def test_the_starter_model_follows_the_words(starter_engine):
    def mean_colour(prompt):
        picture = generate(starter_engine, STARTER, starter_recipe(prompt, steps=10, seed=3), Previews.OFF)[-1].pixels
        return torch.frombuffer(bytearray(picture.data), dtype=torch.uint8).reshape(-1, 3).float().mean(0)

    red, blue = mean_colour("a banana on a red background"), mean_colour("一个香蕉，蓝色背景")
    assert red[0] > red[2] + 40
    assert blue[2] > blue[0] + 40


@pytest.mark.slow
def test_the_estimates_of_the_starter_model_come_nearer_to_the_picture(starter_engine):
    events = generate(starter_engine, STARTER, starter_recipe("a rocket in space", steps=10, seed=1), Previews.BEST)
    likeness = [decibels(step.estimate, events[-1].pixels) for step in only(Step, events)[1:]]
    assert likeness[-1] > likeness[4] > likeness[0]


def decibels(one: Pixels, other: Pixels) -> float:
    """PSNR of `one`, beside the other at its size."""
    first, second = (
        torch.frombuffer(bytearray(pixels.data), dtype=torch.uint8).reshape(1, pixels.height, pixels.width, 3).permute(0, 3, 1, 2).float()
        for pixels in (one, other)
    )
    second = torch.nn.functional.adaptive_avg_pool2d(second, first.shape[2:])
    return 10 * math.log10(255**2 / max((first - second).square().mean().item(), 1e-9))


def test_the_engine_looks_for_the_best_device(monkeypatch):
    monkeypatch.setattr(engine_module, "best_device", lambda: CPU)
    assert Engine().device is CPU


def test_the_memory_of_a_picture_grows_with_it(model, tmp_path):
    small, large = (memory.estimate(model, RECIPE.with_values(width=side, height=side), CPU) for side in (256, 512))
    assert (large.step, large.decode) == pytest.approx((4 * small.step, 4 * small.decode), abs=4)
    # Stable Diffusion 1.5's decoder at 512 px in bfloat16: 588 MB measured.
    config = tmp_path / "sd15"
    write_json(config / "model_index.json", INDEX)
    for part, widths in (("unet", [320, 640, 1280, 1280]), ("vae", [128, 256, 512, 512])):
        write_json(config / part / "config.json", {"block_out_channels": widths})
    estimate = memory.estimate(config, RECIPE.with_values(width=512, height=512), Device("cpu", "", torch.bfloat16))
    assert estimate.decode == pytest.approx(588e6, rel=0.2)


@pytest.mark.parametrize("kind", ["cpu", "cuda"])
def test_what_a_model_is_said_to_need_is_what_is_checked_when_it_runs(tmp_path, kind):
    known = ModelLibrary(STARTER, [], tmp_path / "fingerprints.json").judged(model_folder(tmp_path / "model"), tmp_path)
    recipe = RECIPE.with_values(width=known.size, height=known.size)
    checked = memory.estimate(known.files, recipe, Device(kind, "", torch.bfloat16))
    assert weights_of(known).memory(known, Hardware(kind, "", 0, 0, 2)) == checked.total


def test_the_memory_of_a_step_depends_on_its_latents(tmp_path):
    write_json(tmp_path / "model_index.json", INDEX)

    def estimate(halvings: int) -> int:
        for part, widths in (("unet", [1024]), ("vae", [1] * (halvings + 1))):
            write_json(tmp_path / part / "config.json", {"block_out_channels": widths})
        return memory.estimate(tmp_path, RECIPE, CPU).step

    assert estimate(halvings=3) == 4 * estimate(halvings=4)
