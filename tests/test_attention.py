"""Word maps are the attention that the model really computes, and watching them changes no bit of the picture."""

import numpy as np
import pytest
import torch
from diffusers import DiffusionPipeline
from diffusers.models.attention_processor import AttnProcessor

from desktop.diffusion.attention import Attention, unfit
from desktop.diffusion.engine import Engine
from desktop.diffusion.families.calls import calls_of
from desktop.diffusion.prompts import PromptEncoder
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import LiveViews, Picture, Previews, Step, WatchedViews
from desktop.resources import STARTER
from tests import tiny, tiny_families
from tests.engine_runs import events_of

torch.set_num_threads(1)
PROMPT = "a red mouse at night, bluebird"


class Recording(AttnProcessor):
    """Diffusers' slow attention, which holds the shares that the fast one never forms."""

    def __init__(self) -> None:
        self.shares: list[torch.Tensor] = []

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, **others):
        scores = attn.get_attention_scores

        def kept(query, key, mask=None):
            found = scores(query, key, mask)
            if attn.is_cross_attention:
                self.shares.append(found.unflatten(0, (-1, attn.heads))[-1].mean(0))
            return found

        attn.get_attention_scores = kept
        try:
            return super().__call__(attn, hidden_states, encoder_hidden_states, **others)
        finally:
            del attn.get_attention_scores


def shares_of(maps) -> np.ndarray:
    return np.frombuffer(maps.levels, np.uint8).reshape(-1, maps.rows, maps.columns) * (maps.most / 255)


@pytest.mark.parametrize("make", [tiny.pipeline, tiny.pipeline_xl], ids=["1", "xl"])
def test_the_maps_are_the_attention_that_diffusers_computes(make):
    pipeline = make()
    calls = calls_of(pipeline)
    tokens, words = PromptEncoder(calls).tokens(PROMPT)
    with Attention(calls, words, 8, 8) as attention:
        pipeline(PROMPT, num_inference_steps=1, width=64, height=64, output_type="latent", generator=torch.Generator().manual_seed(0))
    seen = attention.read()

    assert attention.read() is None
    pipeline.unet.set_attn_processor(recording := Recording())
    pipeline(PROMPT, num_inference_steps=1, width=64, height=64, output_type="latent", generator=torch.Generator().manual_seed(0))
    upright = [
        torch.nn.functional.interpolate(
            each.T.unflatten(1, (side := int(len(each) ** 0.5), side))[None], (seen.rows, seen.columns), mode="bilinear"
        )[0]
        for each in recording.shares
    ]
    real = torch.stack(upright).mean(0)
    by_word = torch.stack([real[list(word.tokens)].sum(0) for word in words])
    assert seen.begin == pytest.approx(float(real[0].mean()), abs=1e-5)
    assert np.abs(shares_of(seen) - by_word.numpy()).max() <= seen.most / 500 + 1e-6  # half a level


def test_watching_changes_no_bit_and_costs_nothing_when_off(model):
    recipe = Recipe.of(prompt=PROMPT, steps=3, seed=5, width=64, height=96)
    engine = Engine()
    alone = events_of(engine, model, recipe, Previews.OFF)
    watched = events_of(engine, model, recipe, Previews.OFF, watched=WatchedViews(words=True))
    maps = [event.words for event in watched if isinstance(event, LiveViews)]

    assert not any(isinstance(event, LiveViews) for event in alone)
    assert [event for event in watched if isinstance(event, Picture)] == [event for event in alone if isinstance(event, Picture)]
    snapshots = [[event.snapshot for event in events if isinstance(event, Step)] for events in (alone, watched)]
    assert snapshots[0] == snapshots[1]
    assert len(maps) == len(snapshots[0]) - 1
    assert maps[0].words == ("a", "red", "mouse", "at", "night", "bluebird")
    assert (maps[0].rows, maps[0].columns) == (6, 4)
    assert 0 < maps[0].begin < 1
    assert 0 < maps[0].read < 1 - maps[0].begin
    assert not any(module._forward_hooks for module in engine._loaded.pipeline.unet.modules())


def test_words_are_joined_from_their_tokens_also_where_none_are_spaced():
    tokenizing = calls_of(DiffusionPipeline.from_pretrained(STARTER, unet=None, vae=None, scheduler=None))
    encoder = PromptEncoder(tokenizing)
    tokens, words = encoder.tokens("two foxes, xylophones")
    assert [word.text for word in words] == ["two", "foxes", ",", "xylophones"]
    assert [place for word in words for place in word.tokens] == list(range(1, len(tokens) + 1))
    assert len(words[-1].tokens) > 1
    assert [word.text for word in encoder.tokens("夜空下的狐狸")[1]] == ["夜空", "下", "的", "狐狸"]
    spelt = encoder.tokens("龘 fox")[1]  # no token of its own: spelt in bytes
    assert [(word.text, len(word.tokens)) for word in spelt] == [("龘", 2), ("fox", 1)]
    weighted = encoder.tokens("a (red:1.3) fox")[1]
    assert [word.text.strip() for word in weighted] == ["a", "red", "fox"]
    assert len(encoder.tokens("fox " * 50)[0]) == 30  # what the text encoder reads, without its marks


def test_models_without_such_layers_say_so():
    assert unfit(calls_of(tiny.pipeline())) == ""
    assert "one stream" in unfit(calls_of(tiny_families.stable_diffusion_3()))
