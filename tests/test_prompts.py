import pytest
import torch

from desktop.diffusion.control import Control, Stop
from desktop.diffusion.families.calls import calls_of
from desktop.diffusion.gates import Gates
from desktop.diffusion.prompts import PromptEncoder
from tests import tiny


@pytest.fixture(scope="module")
def pipeline():
    return tiny.pipeline()


@pytest.fixture
def encoder(pipeline):
    return PromptEncoder(calls_of(pipeline))


def stock(pipeline, prompt: str, negative_prompt: str = "") -> tuple[torch.Tensor, torch.Tensor]:
    return pipeline.encode_prompt(prompt, "cpu", 1, True, negative_prompt)


@pytest.mark.parametrize("prompt", ["a mouse is playing guitar", "", "极乐美丽的沙滩", "a smile :)", "cat " * 200])
def test_without_weights_the_stock_pipeline_has_its_way_bit_for_bit(pipeline, encoder, prompt):
    embeds, negative_embeds = stock(pipeline, prompt, prompt)
    assert torch.equal(encoder.encode(prompt).arguments["prompt_embeds"], embeds)
    assert torch.equal(encoder.encode(prompt, is_negative=True).arguments["negative_prompt_embeds"], negative_embeds)


def test_escaped_brackets_are_what_they_say(pipeline, encoder):
    assert torch.equal(encoder.encode(r"a cat \(red\)").arguments["prompt_embeds"], stock(pipeline, "a cat (red)")[0])


def test_a_weight_moves_the_words_away_from_nothing(pipeline, encoder):
    plain, empty = stock(pipeline, "a red cat")[0], stock(pipeline, "")[0]
    heavy = encoder.encode("a (red:1.5) cat").arguments["prompt_embeds"]
    red = 2  # start, a, red
    torch.testing.assert_close(heavy[0, red], empty[0, red] + 1.5 * (plain[0, red] - empty[0, red]))
    assert torch.equal(heavy[0, :red], plain[0, :red])
    assert heavy.shape == plain.shape
    assert heavy.dtype == plain.dtype


def test_a_weight_below_one_leads_towards_the_prompt_without_the_word(pipeline, encoder):
    plain = stock(pipeline, "a red cat")[0]
    distances = [(encoder.encode(f"a (red:{weight}) cat").arguments["prompt_embeds"] - plain).abs().sum() for weight in (0.9, 0.5, 0.0)]
    assert 0 < distances[0] < distances[1] < distances[2]


@pytest.mark.parametrize(
    ("prompt", "rest"),
    [
        ("cat " * 75, ""),
        ("cat " * 76, "cat"),
        ("cat " * 75 + "on the beach", "on the beach"),
        ("(cat:1.2) " * 75 + "on (the:0.5) beach", "on the beach"),
        ("[cat] " * 74 + "and (the beach:1.3)", "the beach"),
    ],
)
def test_what_the_text_encoder_cannot_read_is_reported(encoder, prompt, rest):
    encoded = encoder.encode(prompt)
    assert encoded.truncated == rest
    assert encoded.arguments["prompt_embeds"].shape == (1, tiny.TOKENS, tiny.WIDTH)


def test_a_long_prompt_with_weights_reads_as_far_as_without(pipeline, encoder):
    words = "cat " * 80
    weighted = encoder.encode(f"(red:1.5) {words}").arguments["prompt_embeds"]
    plain = stock(pipeline, f"red {words}")[0]
    assert torch.equal(weighted[0, 2:], plain[0, 2:])


def test_a_prompt_is_encoded_once(pipeline, encoder):
    calls = []
    hook = pipeline.text_encoder.register_forward_pre_hook(lambda *_: calls.append(1))
    try:
        first = encoder.encode("a (red:1.2) cat")
        seen = len(calls)
        assert encoder.encode("a (red:1.2) cat") is first
        assert len(calls) == seen > 0
    finally:
        hook.remove()


def test_a_run_can_be_stopped_inside_the_text_encoder(pipeline, encoder):
    control = Control()
    embedding = pipeline.text_encoder.get_input_embeddings()
    hook = embedding.register_forward_hook(lambda *_: control.stop())
    try:
        with Gates([pipeline.text_encoder], control), pytest.raises(Stop):
            encoder.encode("two pandas in the snow")
    finally:
        hook.remove()
    assert torch.equal(encoder.encode("two pandas in the snow").arguments["prompt_embeds"], stock(pipeline, "two pandas in the snow")[0])
