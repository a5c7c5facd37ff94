"""Recipes of other programs: what is restored, what is listed, and what hostile files cannot do."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from desktop.diffusion.adapters import Adapter
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.weights import parse
from desktop.library.artwork import open_artwork
from desktop.library.foreign import read, read_text
from desktop.library.foreign.grammar import Grammar, Untranslatable, translated
from tests.foreign_pictures import COMFYUI, FORGE, INVOKEAI, PICTURES, SWARMUI, png, with_sidecar
from tests.png_kit import itxt
from tests.png_kit import png as bare_png

EXPECTED = Recipe.of(
    prompt="a fox",
    negative_prompt="blurry",
    sampler="DPM++ 2M Karras",
    steps=24,
    guidance_scale=6.5,
    seed=77,
    width=512,
    height=640,
    model="dreamy",
    adapters=(Adapter("ink", 0.7),),
)
DIFFERENT = {  # what the samples of a program have otherwise
    "Stability Matrix": {"adapters": ()},
    "stable-diffusion.cpp": {"adapters": ()},
    "Forge": {"prompt": "a fox, , (snow:1.3)"},
    "Krita AI Diffusion": {"steps": 20, "guidance_scale": 7.0},
    "InvokeAI": {"prompt": "a fox, (snow:1.3)"},
}
LOST = {
    "Forge": ("Clip skip: 2", "Second pass (hires fix): strength: 0.4; upscale: 2; upscaler: Latent", "ControlNet: control_canny"),
    "ComfyUI": (),
    "InvokeAI": (),
    "SwarmUI": ("Refiner: refinermodel finer, refinercontrolpercentage 0.2",),
    "Fooocus": ("Styles: Fooocus V2, Fooocus Sharp", "Sharpness: 2.0", "ADM Guidance: (1.5, 0.8, 0.3)"),
    "Stability Matrix": (),
    "Krita AI Diffusion": ("Source picture: 0.8",),
    "stable-diffusion.cpp": ("Noise source: cuda",),
}


@pytest.mark.parametrize("name", [name for name in PICTURES if name not in ("InvokeAI 1, PNG", "InvokeAI 2, PNG", "Fooocus, PNG, A1111")])
def test_a_picture_of_another_program_is_restored(tmp_path: Path, name: str):
    write, program = PICTURES[name]
    opened = open_artwork(write(tmp_path))
    assert (opened.program, opened.recipe, opened.lost) == (program, EXPECTED.with_values(**DIFFERENT.get(program, {})), LOST[program])
    assert opened.pixels.width == 64


def test_older_and_rarer_forms_are_restored(tmp_path: Path):
    opened = open_artwork(PICTURES["InvokeAI 2, PNG"][0](tmp_path))
    assert (opened.recipe, opened.lost) == (EXPECTED.with_values(sampler="Euler a", adapters=()), ("Noise source: cuda",))
    assert opened.model_hash.startswith("cc6cb27103")
    opened = open_artwork(PICTURES["InvokeAI 1, PNG"][0](tmp_path))
    assert opened.recipe == EXPECTED.with_values(sampler="Euler a", adapters=(), model=Recipe().model.name)
    assert opened.lost == ("model", "facetool: 0.8", "Noise source: cuda")
    opened = open_artwork(PICTURES["Fooocus, PNG, A1111"][0](tmp_path))
    assert opened.recipe == EXPECTED.with_values(sampler="DPM++ 2M SDE", adapters=())
    assert opened.lost == ("Noise schedule: Karras", "Sharpness: 2", "ADM Guidance: (1.5, 0.8, 0.3)")


def test_our_own_recipe_and_that_in_the_picture_are_preferred_to_a_file_beside_it(tmp_path: Path):
    path = png(parameters=FORGE)(tmp_path)
    (tmp_path / "a.txt").write_text(FORGE.replace("a fox", "a cat"))
    assert open_artwork(path).recipe.prompt.text.startswith("a fox")


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".txt", "a photo of a fox, sitting"),  # a caption for training
        (".txt", b"\xff\xfe\x00\xd8 broken"),
        (".json", "[1, 2]"),
        (".json", '{"caption": "a fox"}'),
        (".json", '{"a": ' * 100_000),
        (".txt", FORGE + " " * (2 << 20)),  # larger than any recipe
    ],
)
def test_a_file_beside_a_picture_that_is_no_recipe_is_left_alone(tmp_path: Path, suffix: str, text: str | bytes):
    opened = open_artwork(with_sidecar(suffix, text)(tmp_path))
    assert (opened.recipe, opened.lost) == (None, ())


@pytest.mark.parametrize(
    ("name", "schedule", "ours", "lost"),
    [
        ("euler", "normal", "Euler", ()),
        ("euler_ancestral", "karras", "Euler a", ("Noise schedule: karras",)),
        ("dpmpp_2m", "karras", "DPM++ 2M Karras", ()),
        ("dpmpp_2m", "sgm_uniform", "DPM++ 2M", ("Noise schedule: sgm_uniform",)),
        ("dpmpp_2m_sde_gpu", "karras", "DPM++ 2M SDE", ("Noise schedule: karras",)),
        ("uni_pc_bh2", "simple", "UniPC", ("Noise schedule: simple",)),
        ("ddim", "ddim_uniform", "DDIM", ()),
        ("lms", "normal", "LMS", ()),
        ("heun", "normal", "Heun", ()),
        ("lcm", "sgm_uniform", "LCM", ("Noise schedule: sgm_uniform",)),
        ("res_multistep", "normal", "DDIM", ("sampler: res_multistep",)),
    ],
)
def test_samplers_of_comfyui_have_our_names(name: str, schedule: str, ours: str, lost: tuple[str, ...]):
    found = comfyui(**{"3": {"sampler_name": name, "scheduler": schedule}})
    assert (found.recipe.sampling.sampler, set(found.lost)) == (ours, set(lost))


@pytest.mark.parametrize(
    ("name", "ours", "lost"),
    [
        ("dpmpp_2m_k", "DPM++ 2M Karras", ()),
        ("euler_a", "Euler a", ()),
        ("unipc_k", "UniPC", ("Noise schedule: karras",)),
        ("pndm", "PNDM", ()),
    ],
)
def test_schedulers_of_invokeai_have_our_names(name: str, ours: str, lost: tuple[str, ...]):
    found = read({"invokeai_metadata": json.dumps(INVOKEAI | {"scheduler": name})})
    assert (found.recipe.sampling.sampler, found.lost) == (ours, lost)


# -- weights


@pytest.mark.parametrize(
    ("grammar", "theirs", "ours"),
    [
        (Grammar.A1111, "a (b:1.2) [c] ((d))", "a (b:1.2) [c] ((d))"),
        (Grammar.A1111, r"a \(b\), c", r"a \(b\), c"),
        (Grammar.A1111, "a (b", "a (b:1.1)"),
        (Grammar.A1111, "a [b c", "a (b c:0.9091)"),
        (Grammar.COMFYUI, "a (b:1.2) ((c))", "a (b:1.2) ((c))"),
        (Grammar.COMFYUI, "(a (b:1.3):0.8)", "(a :0.8)(b:1.3)"),
        (Grammar.COMFYUI, "a [b] (c", r"a \[b\] \(c"),
        (Grammar.COMFYUI, r"a \(b\) [c]", r"a \(b\) \[c\]"),
        (Grammar.COMPEL, "a (b c)1.2, d++ e- blue-eyed", "a (b c:1.2), (d:1.21) (e:0.9) blue-eyed"),
        (Grammar.COMPEL, "((a)1.2 b)0.5", "(a:0.6)( b:0.5)"),
        (Grammar.COMPEL, "a (b) c", "a b c"),
        (Grammar.COMPEL, r"a \(b\) + c", r"a \(b\) + c"),
    ],
)
def test_weights_are_said_in_our_grammar(grammar: Grammar, theirs: str, ours: str):
    assert translated(theirs, grammar) == (ours, ())


@pytest.mark.parametrize(
    ("grammar", "prompt", "lost"),
    [
        (Grammar.A1111, "a [b:c:0.5] d", ("Prompt syntax: [b:c:0.5]",)),
        (Grammar.A1111, "a [b|c] BREAK d", ("Prompt syntax: [b|c]", "Prompt syntax: BREAK")),
        (Grammar.A1111, "a (b:-1)", ("Prompt syntax: a (b:-1)",)),
        (Grammar.COMFYUI, "a <random:b|c>", ("Prompt syntax: <random:b|c>",)),
        (Grammar.COMPEL, '("a", "b").blend(1, 1)', ('Prompt syntax: ("a", "b").blend(1, 1)',)),
    ],
)
def test_what_we_do_not_understand_in_a_prompt_stays_and_is_listed(grammar: Grammar, prompt: str, lost: tuple[str, ...]):
    kept, listed = translated(prompt, grammar)
    assert (kept, listed) == (prompt, lost)


marks = st.lists(st.sampled_from(["(", ")", "[", "]", ":1.2)", ":0.5", "\\", "++", "-", "1.3", "a", " ", "fox", "<lora:x:1>", "|"]))


@settings(max_examples=60)
@given(st.sampled_from(Grammar), st.text(max_size=60) | marks.map("".join))
def test_any_prompt_is_translated_and_means_the_same_here(grammar: Grammar, prompt: str):
    ours, lost = translated(prompt, grammar)
    if not lost:
        words = "".join(text for text, _ in grammar.read(prompt))
        assert "".join(fragment.text for fragment in parse(ours)) == words


@pytest.mark.parametrize("grammar", Grammar)
@pytest.mark.parametrize("prompt", ["x" * 20_001, "(" * 5_000, "[(" * 400 + ")]" * 400, "(" * 60 + "x" + ")" * 60])
def test_a_monstrous_prompt_is_refused_or_listed(grammar: Grammar, prompt: str):
    try:
        assert translated(prompt, grammar)[0] == prompt or grammar is Grammar.COMPEL
    except Untranslatable:
        pass


# -- graphs of ComfyUI


def comfyui(**changes: dict[str, object] | None):
    """The recipe of the sample graph with other inputs, or with other nodes: {"class_type", "inputs"}."""
    graph = copy.deepcopy(COMFYUI)
    for id, change in changes.items():
        if change is None:
            del graph[id]
        elif "class_type" in change:
            graph[id] = change
        else:
            graph[id]["inputs"] |= change
    return read({"prompt": json.dumps(graph)})


def node(kind: str, **inputs: object) -> dict[str, object]:
    return {"class_type": kind, "inputs": inputs}


def test_guidance_of_flux_and_names_of_the_first_versions_are_read():
    guided = {"30": node("FluxGuidance", guidance=3.5, conditioning=["6", 0]), "3": {"cfg": 1.0, "positive": ["30", 0]}}
    found = comfyui(**guided)
    assert (found.recipe, found.lost) == (EXPECTED.with_values(guidance_scale=3.5), ())
    found = comfyui(**{"3": {"sampler_name": "sample_dpmpp_2m"}})
    assert (found.recipe, found.lost) == (EXPECTED, ())


def test_the_nodes_of_a_custom_sampler_are_read():
    found = comfyui(
        **{
            "3": node(
                "SamplerCustomAdvanced", noise=["20", 0], guider=["21", 0], sampler=["22", 0], sigmas=["23", 0], latent_image=["5", 0]
            ),
            "20": node("RandomNoise", noise_seed=77),
            "21": node("CFGGuider", cfg=6.5, model=["10", 0], positive=["6", 0], negative=["7", 0]),
            "22": node("KSamplerSelect", sampler_name="dpmpp_2m"),
            "23": node("BasicScheduler", scheduler="karras", steps=24, denoise=1, model=["10", 0]),
        }
    )
    assert (found.recipe, found.lost) == (EXPECTED, ())
    found = comfyui(**{"23": node("KarrasScheduler", steps=24, sigma_max=14.6, sigma_min=0.03, rho=7), "3": COMFYUI["3"]})
    assert found.recipe == EXPECTED
    simple = node(
        "SamplerCustom",
        noise_seed=["24", 0],
        cfg=6.5,
        model=["10", 0],
        positive=["6", 0],
        negative=["7", 0],
        sampler=["22", 0],
        sigmas=["23", 0],
        latent_image=["5", 0],
    )
    found = comfyui(
        **{
            "3": simple,
            "22": node("KSamplerSelect", sampler_name="euler"),
            "23": node("KarrasScheduler", steps=24),
            "24": node("PrimitiveInt", value=77),
        }
    )
    assert (found.recipe, found.lost) == (EXPECTED.with_values(sampler="Euler"), ("Noise schedule: karras",))


def test_the_first_pass_of_two_is_the_recipe():
    second = COMFYUI["3"]["inputs"] | {"seed": 5, "steps": 9, "denoise": 0.5, "latent_image": ["21", 0]}
    found = comfyui(
        **{
            "20": node("KSampler", **second),
            "21": node("LatentUpscale", samples=["3", 0], width=1024, height=1280),
            "8": node("VAEDecode", samples=["20", 0], vae=["4", 2]),
        }
    )
    assert (found.recipe, found.lost) == (EXPECTED, ("Second pass (hires fix): KSampler",))


def test_a_base_and_a_refiner_are_read():
    base = COMFYUI["3"]["inputs"] | {"noise_seed": 77, "start_at_step": 0, "end_at_step": 20, "add_noise": "enable"}
    del base["seed"]
    refiner = base | {"start_at_step": 20, "end_at_step": 10000, "latent_image": ["3", 0]}
    found = comfyui(**{"3": node("KSamplerAdvanced", **base), "20": node("KSamplerAdvanced", **refiner), "8": {"samples": ["20", 0]}})
    assert (found.recipe, found.lost) == (EXPECTED, ("Refiner: end_at_step 20", "Refiner: KSamplerAdvanced"))


def test_unknown_nodes_are_walked_through_and_listed():
    found = comfyui(
        **{
            "3": {"positive": ["20", 0], "negative": ["20", 1], "model": ["22", 0]},
            "20": node("ControlNetApplyAdvanced", positive=["6", 0], negative=["7", 0], control_net=["21", 0], image=["23", 0], strength=1),
            "21": node("ControlNetLoader", control_net_name="canny.safetensors"),
            "22": node("FreeU_V2", model=["10", 0], b1=1.3),
            "23": node("LoadImage", image="edges.png"),
        }
    )
    assert (found.recipe, found.lost) == (EXPECTED, ("ControlNet: canny", "Other nodes: FreeU_V2"))


def test_a_source_picture_clip_skip_and_two_texts_are_listed():
    found = comfyui(
        **{
            "3": {"denoise": 0.6, "latent_image": ["20", 0]},
            "20": node("VAEEncode", pixels=["21", 0], vae=["4", 2]),
            "21": node("LoadImage", image="before.png"),
            "22": node("CLIPSetLastLayer", stop_at_clip_layer=-2, clip=["4", 1]),
            "6": node("CLIPTextEncodeSDXL", text_g="a fox", text_l="in snow", width=1024, height=1024, clip=["22", 0]),
        }
    )
    assert found.recipe == EXPECTED.with_values(width=256, height=256)
    assert set(found.lost) == {
        "width",
        "height",
        "Further prompt: in snow",
        "Source picture",
        "Source picture: denoise 0.6",
        "Clip skip: 2",
    }


def test_joined_texts_are_joined():
    joined = node("StringConcatenate", string_a="a", string_b=["21", 0], delimiter=" ")
    assert comfyui(**{"11": joined, "21": node("PrimitiveString", value="fox")}).recipe == EXPECTED


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"3": {"latent_image": ["3", 0], "model": ["3", 0], "positive": ["3", 0], "negative": ["3", 0]}},
        {"11": {"value": ["11", 0]}},
        {"6": {"text": ["11", 0]}, "11": {"value": ["6", 0], "text": ["11", 0], "string": ["6", 0]}},
        {"4": {"ckpt_name": ["4", 0]}},
        {"3": {"steps": ["9999", 0], "seed": [["3"], 0], "cfg": ["3", 0, 0]}},
        {"3": {"steps": 1e999, "seed": -5, "cfg": float("nan")}},
        {"3": {"steps": "24", "seed": 10**40, "sampler_name": 7, "scheduler": ["5", 0]}},
        {"5": {"width": "wide", "height": {}}},
        {"6": None, "5": None, "4": None},
    ],
)
def test_loops_and_lies_in_a_graph_do_no_harm(changes):
    found = comfyui(**changes)
    found.recipe.check(multiple=1)
    assert found.lost


def test_texts_that_double_at_every_node_do_not_fill_the_memory():
    chain = {
        str(100 + n): node("StringConcatenate", string_a=[str(101 + n), 0], string_b=[str(101 + n), 0], delimiter="") for n in range(90)
    }
    found = comfyui(**chain, **{"190": node("PrimitiveString", value="x" * 1000), "11": {"value": ["100", 0]}})
    assert (found.recipe.prompt.text, "prompt" in found.lost) == ("", True)


def test_a_graph_without_a_sampler_is_no_recipe():
    assert comfyui(**{"3": None}) is None


# -- anything


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9) | st.sampled_from(["3", "6", "euler", "1e400", "-1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "model", "weight", "3", "lora"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.slow
@settings(max_examples=80)
@given(st.sampled_from([COMFYUI["3"]["inputs"], INVOKEAI, SWARMUI["sui_image_params"]]), st.data())
def test_any_values_give_a_valid_recipe(sample, data):
    changed = {key: data.draw(values) if data.draw(st.booleans()) else value for key, value in sample.items()}
    if sample is INVOKEAI:
        found = read_text(json.dumps(changed))
    elif "sampler_name" in sample:
        found = read_text(json.dumps(COMFYUI | {"3": {"class_type": "KSampler", "inputs": changed}}))
    else:
        found = read_text(json.dumps({"sui_image_params": changed}))
    if found:
        found.recipe.check(multiple=1)
        found.recipe.prompt.text.encode()
        assert all(len(entry) <= 80 for entry in found.lost)


def test_texts_too_long_or_too_deep_are_no_recipe(tmp_path: Path):
    deep = '{"sui_image_params": {"prompt": ' + "[" * 800 + "]" * 800 + "}}"
    for text in (
        "a" * (1 << 21),
        '{"a":' * 300_000,
        deep,
        json.dumps({"prompt": "x"}) * 2,
        "\ufeff{",
        "{}",
        "null",
        '{"3": {"inputs": 7}}',
    ):
        found = read_text(text)
        assert found is None or found.recipe.prompt.text == ""
    bomb = bare_png(itxt("prompt", b"x" * (3 << 20)), itxt("parameters", FORGE.encode()))
    (tmp_path / "a.png").write_bytes(bomb)
    opened = open_artwork(tmp_path / "a.png")
    assert opened.recipe.sampling.seed == 77
    assert opened.lost[-1] == "parameters"  # "Metadata" in the window


def test_exif_of_a_wrong_type_is_named_and_the_picture_opens(tmp_path: Path):
    block = Image.Exif()
    block[0x0110] = 7
    block.get_ifd(0x8769)[0x9286] = 3.5
    Image.new("RGB", (64, 64)).save(tmp_path / "a.jpg", exif=block)
    assert open_artwork(tmp_path / "a.jpg").recipe is None
