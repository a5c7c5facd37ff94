import itertools
import json

import diffusers
import pytest
import torch
from torch.nn import functional as F

from desktop.diffusion import preview
from desktop.diffusion.preview import LinearMap, PreviewDecoder, Previewer, preview_decoder
from desktop.diffusion.run import Pixels, Previews

from .clock import Clock
from .kits import change_json

COLOURS = torch.tensor([[30.0, 0, 10], [0, 40, 0], [5, 0, -30], [20, 20, 20]])  # latent channels to RGB


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stands still in a made-up decoder, which is cheap therefore on every machine."""
    clock = Clock()
    monkeypatch.setattr(preview, "time", clock)
    return clock


def picture(latents: torch.Tensor) -> torch.Tensor:
    """A made-up autoencoder: every position a flat patch of 8×8."""
    colours = latents.permute(0, 2, 3, 1) @ COLOURS + 128
    return colours.repeat_interleave(8, dim=1).repeat_interleave(8, dim=2)


def latents(side: int = 8, seed: int = 0) -> torch.Tensor:
    return torch.randn(1, 4, side, side, generator=torch.Generator().manual_seed(seed))


def previewer(decoder=None) -> Previewer:
    made = Previewer(LinearMap(4), decoder, picture, latent_size=8, dtype=torch.float32)
    made.linear.learn(latents(16, seed=1), picture(latents(16, seed=1))[0])
    return made


def array(pixels: Pixels) -> torch.Tensor:
    return torch.frombuffer(bytearray(pixels.data), dtype=torch.uint8).reshape(pixels.height, pixels.width, 3).float()


def test_the_linear_map_finds_the_colours_from_one_picture():
    linear = LinearMap(4)
    linear.learn(latents(16, seed=1), picture(latents(16, seed=1))[0])
    expected = latents().permute(0, 2, 3, 1) @ COLOURS + 128
    torch.testing.assert_close(linear(latents()), expected, atol=0.1, rtol=0)


def test_the_linear_map_gets_better_with_every_picture():
    truth = latents(16, seed=5)
    linear, errors = LinearMap(4), []
    for seed in range(4):
        seen = latents(2, seed=seed)
        noise = 20 * torch.randn(16, 16, 3, generator=torch.Generator().manual_seed(seed))
        linear.learn(seen, picture(seen)[0] + noise)
        errors.append((linear(truth) - (truth.permute(0, 2, 3, 1) @ COLOURS + 128)).abs().mean())
    assert errors[-1] < errors[0] / 2


def test_a_picture_of_broken_numbers_teaches_nothing():
    linear = previewer().linear
    before = linear(latents())
    linear.learn(latents() * float("nan"), picture(latents())[0])
    assert torch.equal(linear(latents()), before)


def test_the_first_fit_comes_from_the_autoencoder_alone():
    made = Previewer(LinearMap(4), None, picture, latent_size=8, dtype=torch.float32)
    projection = torch.linalg.pinv(COLOURS)
    made.fit(lambda pictures: ((F.avg_pool2d(pictures, 8).permute(0, 2, 3, 1) * 127.5) @ projection).permute(0, 3, 1, 2))
    x0 = (torch.rand(1, 8, 8, 3) * 200 - 100) @ projection
    seen = array(made.renderer(Previews.FAST)(x0.permute(0, 3, 1, 2), latents()).estimate)
    assert (seen - (x0[0] @ COLOURS + 128)).abs().max() < 4


def test_off_shows_nothing():
    look = previewer(picture).renderer(Previews.OFF)(latents(), latents())
    assert (look.estimate, look.noisy, look.thumbnail) == (None, None, None)


def test_without_a_decoder_fast_is_the_linear_map_and_says_so():
    look = previewer().renderer(Previews.FAST)(latents(), latents(seed=3))
    assert (look.estimate.width, look.estimate.height) == (8, 8)
    assert look.approximate
    assert look.thumbnail == look.estimate != look.noisy


def test_a_cheap_decoder_is_used_for_both_views():
    look = previewer(picture).renderer(Previews.FAST)(latents(), latents(seed=3))
    assert not look.approximate
    assert torch.equal(array(look.estimate), picture(latents())[0].round().clamp(0, 255))
    assert torch.equal(array(look.noisy), picture(latents(seed=3))[0].round().clamp(0, 255))


def test_of_the_starting_noise_there_is_no_estimate():
    look = previewer(picture).renderer(Previews.FAST)(None, latents())
    assert look.estimate is None
    assert look.thumbnail == look.noisy
    assert (look.noisy.width, look.noisy.height) == (64, 64)


def slow(clock: Clock, seconds: float):
    def decode(latents: torch.Tensor) -> torch.Tensor:
        clock.sleep(seconds)
        return picture(latents)

    return decode


def test_a_decoder_that_costs_too_much_of_a_step_gives_way_to_the_linear_map(clock):
    look = previewer(slow(clock, 0.02)).renderer(Previews.FAST)
    for _ in range(4):
        assert look(latents(), latents()).approximate
        clock.sleep(0.1)


def test_a_slow_decoder_is_cheap_beside_slow_steps(clock):
    look = previewer(slow(clock, 0.002)).renderer(Previews.FAST)
    seen = []
    for _ in range(3):
        seen.append(look(latents(), latents()).approximate)
        clock.sleep(0.3)
    assert seen == [True, False, False]


def test_a_run_keeps_the_decoder_that_it_chose(clock):
    made = previewer(picture)
    look = made.renderer(Previews.FAST)
    assert not look(latents(), latents()).approximate
    made.decoder = slow(clock, 0.02)
    made._costs.clear()
    assert not look(latents(), latents()).approximate


def test_a_busy_moment_does_not_count_for_good(clock):
    made = previewer(slow(clock, 0.003))
    assert made.renderer(Previews.FAST)(latents(), latents()).approximate
    made.decoder = picture
    assert not made.renderer(Previews.FAST)(latents(), latents()).approximate


def test_best_takes_the_preview_decoder_at_any_cost(clock):
    assert not previewer(slow(clock, 0.02)).renderer(Previews.BEST)(latents(), latents()).approximate


def test_best_without_a_preview_decoder_decodes_the_estimate_in_full():
    look = previewer().renderer(Previews.BEST)(latents(), latents(seed=3))
    assert torch.equal(array(look.estimate), picture(latents())[0].round().clamp(0, 255))
    assert (look.noisy.width, look.noisy.height) == (8, 8)
    assert not look.approximate


@pytest.mark.parametrize("decoder", [None, picture])
def test_large_pictures_are_shown_small(decoder):
    look = previewer(decoder).renderer(Previews.BEST)(latents(256), latents(256))
    assert max(look.estimate.width, look.estimate.height) <= 512
    assert max(look.thumbnail.width, look.thumbnail.height) <= 128
    look = previewer(decoder).renderer(Previews.BEST)(latents(256)[:, :, :100], latents(256)[:, :, :100])
    assert look.estimate.width > look.estimate.height
    assert len(look.estimate.data) == look.estimate.width * look.estimate.height * 3


def test_levels_are_rounded_not_cut():
    level = 100.6
    made = Previewer(LinearMap(4), lambda latents: torch.full((len(latents), 8, 8, 3), level), picture, 8, torch.float32)
    assert set(made.renderer(Previews.BEST)(latents(1), latents(1)).estimate.data) == {101}


def test_our_preview_decoder_places_each_patch_correctly(tmp_path):
    decoder = PreviewDecoder(channels=8, features=3, patch=5).to(torch.bfloat16)
    decoder.save(tmp_path / "preview_decoder")
    seen = latents()[:, :, :6]
    decode = preview_decoder(tmp_path, "", 4, torch.float32, torch.device("cpu"))
    painted = []
    decode.paint.register_forward_hook(lambda module, given, patches: painted.append((given[0], patches)))
    [picture] = decode(seen)
    assert picture.shape == (60, 80, 3)
    [(quarters, patches)] = painted
    features = decode.quarter(decode.look(seen).relu()).relu()
    for row, column in itertools.product(range(12), range(16)):
        assert torch.equal(picture[row * 5 : row * 5 + 5, column * 5 : column * 5 + 5].flatten(), patches[0, :, row, column])
        first = (row % 2 * 2 + column % 2) * 3
        assert torch.equal(quarters[0, :, row, column], features[0, first : first + 3, row // 2, column // 2])


def test_a_taesd_class_decoder_is_taken_too(tmp_path):
    tiny = diffusers.AutoencoderTiny(
        encoder_block_out_channels=(8,) * 4, decoder_block_out_channels=(8,) * 4, num_encoder_blocks=(1,) * 4, num_decoder_blocks=(1,) * 4
    ).eval()
    tiny.save_pretrained(tmp_path / "preview_decoder")
    decode = preview_decoder(tmp_path, "", 4, torch.float32, torch.device("cpu"))
    with torch.no_grad():
        expected = tiny.decode(latents()).sample.permute(0, 2, 3, 1).add(1).mul(127.5)
        assert torch.equal(decode(latents()), expected)


def test_a_decoder_for_latents_of_this_kind_is_taken_from_a_folder_of_previews_beside_the_model(tmp_path, caplog):
    tiny = diffusers.AutoencoderTiny(
        latent_channels=16,
        encoder_block_out_channels=(8,) * 4,
        decoder_block_out_channels=(8,) * 4,
        num_encoder_blocks=(1,) * 4,
        num_decoder_blocks=(1,) * 4,
    ).eval()
    tiny.save_pretrained(tmp_path / "previews" / "taef1")
    model = tmp_path / "model"
    decode = preview_decoder(model, "taef1", 16, torch.float32, torch.device("cpu"))
    assert decode(torch.zeros(1, 16, 4, 6)).shape == (1, 32, 48, 3)
    assert preview_decoder(model, "taesd", 4, torch.float32, torch.device("cpu")) is None
    assert "is not used" not in caplog.text
    assert preview_decoder(model, "taef1", 4, torch.float32, torch.device("cpu")) is None
    assert "16 channels, not 4" in caplog.text


def test_a_model_without_a_preview_decoder_has_none(tmp_path):
    assert preview_decoder(tmp_path, "", 4, torch.float32, torch.device("cpu")) is None


@pytest.mark.parametrize(
    "hurt",
    [
        lambda folder: change_json(folder / "config.json", kernels=3),
        lambda folder: change_json(folder / "config.json", channels=9),
        lambda folder: change_json(folder / "config.json", _class_name="AutoencoderTiny"),
        lambda folder: (folder / "config.json").write_text("{"),
        lambda folder: (folder / "model.safetensors").write_bytes(b"cut"),
        lambda folder: (folder / "model.safetensors").unlink(),
    ],
    ids=["later", "other weights", "other kind", "no JSON", "cut", "none"],
)
def test_a_preview_decoder_that_cannot_be_read_is_done_without(tmp_path, caplog, hurt):
    PreviewDecoder(channels=8, features=3).save(tmp_path / "preview_decoder")
    hurt(tmp_path / "preview_decoder")
    assert preview_decoder(tmp_path, "", 4, torch.float32, torch.device("cpu")) is None
    assert "is not used" in caplog.text


def test_a_preview_decoder_that_fails_gives_way_to_the_linear_map(caplog):
    def failing(latents: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("expected other channels")

    made = previewer(failing)
    look = made.renderer(Previews.FAST)
    assert look(None, latents()).approximate
    assert look(latents(), latents(seed=3)) == previewer().renderer(Previews.FAST)(latents(), latents(seed=3))
    assert caplog.text.count("no longer used") == 1


def test_the_saved_decoder_says_what_it_is(tmp_path):
    PreviewDecoder(latent_channels=16, channels=8, features=4).save(tmp_path)
    assert json.loads((tmp_path / "config.json").read_text()) == {
        "_class_name": "PreviewDecoder",
        "latent_channels": 16,
        "channels": 8,
        "features": 4,
        "patch": 4,
    }
