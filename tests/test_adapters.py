"""LoRA files judged by their headers: what they are, what fits, and what is refused in one sentence."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desktop.diffusion.adapters import DENOISER, TEXT_ENCODER, Adapter, Layout
from desktop.diffusion.families import FAMILIES
from desktop.errors import AdapterDamaged, AdapterMissing, AdapterRefused, AdapterUnknown, AdapterUnsupported, SafelightError
from desktop.library import adapter_file
from desktop.library.adapter_file import AdapterFile, Fit, fit, layers_of, read, renamed
from desktop.library.adapters import AdapterLibrary
from desktop.library.model_sources import listing
from desktop.library.models import Model
from tests.kits import model_folder, write_json, write_weights
from tests.loras import pair
from tests.single import header_only

PEFT = (".lora_A.weight", ".lora_B.weight")
OLD = ("_lora.down.weight", "_lora.up.weight")
SD1_UNET = {
    f"down_blocks.{block}.attentions.{layer}.transformer_blocks.0.{rest}.weight": shape
    for block, width in enumerate((320, 640, 1280))
    for layer in range(2)
    for rest, shape in {
        "attn1.to_q": (width, width),
        "attn2.to_k": (width, 768),
        "attn2.to_out.0": (width, width),
        "ff.net.0.proj": (8 * width, width),
    }.items()
} | {f"down_blocks.{block}.resnets.{layer}.conv1.weight": (320, 320, 3, 3) for block in range(4) for layer in range(2)}
SD1_TEXT = {f"text_model.encoder.layers.{layer}.self_attn.{name}_proj.weight": (768, 768) for layer in range(12) for name in "qkv"}
SD1 = {DENOISER: layers_of(SD1_UNET), TEXT_ENCODER: layers_of(SD1_TEXT)}
FLUX = {
    DENOISER: layers_of(
        {
            f"transformer_blocks.{block}.attn.{name}.weight": (3072, 3072)
            for block in range(2)
            for name in ("to_q", "to_k", "to_v", "to_out.0")
        }
        | {"single_transformer_blocks.0.proj_mlp.weight": (12288, 3072)}
    )
}


def unet(prefix: str, halves: tuple[str, str], width: int = 768, flat: bool = False) -> dict[str, Any]:
    """The cross attention of the first block."""
    layers = {}
    for rest, shape in {"attn1.to_q": (320, 320), "attn2.to_k": (320, width), "ff.net.0.proj": (2560, 320)}.items():
        name = f"down_blocks.0.attentions.0.transformer_blocks.0.{rest}"
        layers |= pair(f"{prefix}{name.replace('.', '_') if flat else name}", *shape, halves=halves)
    return layers


def kohya(width: int = 768, **more: Any) -> dict[str, Any]:
    return unet("lora_unet_", (".lora_down.weight", ".lora_up.weight"), width, flat=True) | more


@dataclass(frozen=True)
class Case:
    layers: dict[str, Any]
    family: str
    layout: Layout
    of_sd1: float  # share that fits Stable Diffusion 1
    notes: tuple[str, ...] = ()


KOHYA, DIFFUSERS, COMFYUI = Layout.KOHYA, Layout.DIFFUSERS, Layout.COMFYUI
GOOD = {
    "SD 1, kohya": Case(kohya(), "Stable Diffusion 1", KOHYA, 1),
    "SD 1, kohya, text": Case(
        kohya() | pair("lora_te_text_model_encoder_layers_0_self_attn_q_proj", 768, 768), "Stable Diffusion 1", KOHYA, 1
    ),
    "SD 1, text only": Case(pair("lora_te_text_model_encoder_layers_3_self_attn_v_proj", 768, 768), "Stable Diffusion 1", KOHYA, 1),
    "SD 1, diffusers": Case(unet("unet.", PEFT), "Stable Diffusion 1", DIFFUSERS, 1),
    "SD 1, diffusers, text": Case(
        unet("unet.", PEFT) | pair("text_encoder.text_model.encoder.layers.1.self_attn.k_proj", 768, 768, halves=PEFT),
        "Stable Diffusion 1",
        DIFFUSERS,
        1,
    ),
    "SD 1, diffusers, old": Case(
        pair("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.processor.to_k", 320, 768, halves=OLD)
        | pair("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.processor.to_out", 320, 320, halves=OLD)
        | pair("text_encoder.text_model.encoder.layers.1.self_attn.to_q", 768, 768, halves=OLD),
        "Stable Diffusion 1",
        DIFFUSERS,
        1,
    ),
    "SD 1, ComfyUI": Case(
        pair("diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k", 320, 768)
        | pair("diffusion_model.input_blocks.8.1.transformer_blocks.0.attn1.to_q", 1280, 1280),
        "Stable Diffusion 1",
        COMFYUI,
        1,
    ),
    "SD 1, convolutions": Case(
        kohya()
        | {"lora_unet_down_blocks_0_resnets_0_conv1.lora_down.weight": (8, 320, 3, 3)}
        | {"lora_unet_down_blocks_0_resnets_0_conv1.lora_up.weight": (320, 8, 1, 1)},
        "Stable Diffusion 1",
        KOHYA,
        1,
    ),
    "SD 1, one layer too many": Case(kohya() | pair("lora_unet_somewhere_else", 320, 320), "Stable Diffusion 1", KOHYA, 0.75),
    "SD 1, DoRA": Case(
        kohya() | {"lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.dora_scale": (320, 1)},
        "Stable Diffusion 1",
        KOHYA,
        1,
        (adapter_file.DORA,),
    ),
    "SD 1, more in it": Case(kohya() | {"something.diff_b": (320,)}, "Stable Diffusion 1", KOHYA, 1, (adapter_file.UNUSED,)),
    "SD 2": Case(kohya(1024), "Stable Diffusion 2", KOHYA, 2 / 3),
    "SDXL, kohya": Case(
        pair("lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k", 640, 2048)
        | pair("lora_te2_text_model_encoder_layers_0_self_attn_q_proj", 1280, 1280),
        "Stable Diffusion XL",
        KOHYA,
        0,
    ),
    "SDXL, diffusers": Case(
        pair("unet.down_blocks.1.attentions.0.transformer_blocks.1.attn2.to_k", 640, 2048, halves=PEFT), "Stable Diffusion XL", DIFFUSERS, 0
    ),
    "SD 3": Case(pair("lora_unet_joint_blocks_0_x_block_attn_qkv", 4608, 1536), "Stable Diffusion 3", KOHYA, 0),
    "FLUX.1, kohya": Case(pair("lora_unet_double_blocks_0_img_attn_qkv", 9216, 3072), "FLUX.1", KOHYA, 0),
    "FLUX.1, diffusers": Case(pair("transformer.single_transformer_blocks.0.attn.to_q", 3072, 3072, halves=PEFT), "FLUX.1", DIFFUSERS, 0),
    "FLUX.1, ComfyUI": Case(pair("diffusion_model.double_blocks.0.img_attn.qkv", 9216, 3072, halves=PEFT), "FLUX.1", COMFYUI, 0),
    "Qwen-Image": Case(pair("transformer_blocks.0.img_mlp.net.0.proj", 12288, 3072, halves=PEFT), "Qwen-Image", DIFFUSERS, 0),
    "Z-Image": Case(pair("diffusion_model.layers.0.attention.to_q", 3840, 3840, halves=PEFT), "Z-Image", COMFYUI, 0),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_known_by_its_shapes(name: str, tmp_path: Path) -> None:
    case = GOOD[name]
    file = read(header_only(tmp_path / "a.safetensors", case.layers))
    assert (file.family, file.layout, file.rank, file.notes) == (case.family, case.layout, 8, case.notes)
    assert fit(file, SD1).share == pytest.approx(case.of_sd1)


HOSTILE = 1 << 62
BAD: dict[str, tuple[Callable[[Path], Any], type[SafelightError], str]] = {
    "missing": (lambda path: path, AdapterMissing, "does not exist"),
    "empty": (lambda path: path.write_bytes(b""), AdapterDamaged, "is cut off"),
    "cut": (lambda path: cut(header_only(path, kohya()), -1), AdapterDamaged, "is cut off"),
    "cut in the header": (lambda path: cut(header_only(path, kohya()), 100), AdapterDamaged, "is cut off"),
    "longer than it says": (lambda path: path.write_bytes(header_only(path, kohya()).read_bytes() + b"0"), AdapterDamaged, "contradicts"),
    "a huge header": (lambda path: write_weights(path, length=HOSTILE), AdapterDamaged, "contradicts"),
    "no JSON": (lambda path: write_weights(path, header=b"{]", data=b""), AdapterDamaged, "contradicts"),
    "nested deeply": (lambda path: write_weights(path, header=b"[" * 99999, data=b""), AdapterDamaged, "contradicts"),
    "a list": (lambda path: write_weights(path, header=b"[]", data=b""), AdapterDamaged, "contradicts"),
    "no tensors": (lambda path: write_weights(path, header=b"{}", data=b""), AdapterUnsupported, "no LoRA layers"),
    "a name twice": (lambda path: write_weights(path, header=b'{"a": 1, "a": 2}', data=b""), AdapterDamaged, "contradicts"),
    "an overlap": (lambda path: write_weights(path, overlapping()), AdapterDamaged, "contradicts"),
    "a negative size": (
        lambda path: write_weights(path, {"a": {"dtype": "F32", "shape": [-2, 3], "data_offsets": [0, 32]}}),
        AdapterDamaged,
        "contradicts",
    ),
    "no numbers": (
        lambda path: write_weights(path, {"a": {"dtype": "F32", "shape": "x", "data_offsets": None}}),
        AdapterDamaged,
        "contradicts",
    ),
    "an unknown type": (
        lambda path: write_weights(path, {"a": {"dtype": "Q4", "shape": [8], "data_offsets": [0, 32]}}),
        AdapterDamaged,
        "contradicts",
    ),
    "integers": (lambda path: header_only(path, kohya(), dtype="I8"), AdapterDamaged, "a format of numbers"),
    "a half is missing": (lambda path: header_only(path, {"lora_unet_a.lora_down.weight": (4, 8)}), AdapterDamaged, "only one of two"),
    "halves of other ranks": (
        lambda path: header_only(path, {"lora_unet_a.lora_down.weight": (4, 8), "lora_unet_a.lora_up.weight": (8, 5)}),
        AdapterDamaged,
        "do not fit together",
    ),
    "a pickle": (lambda path: path.with_suffix(".pt").write_bytes(b"\x80\x04."), AdapterRefused, "can carry code"),
    "a whole model": (
        lambda path: header_only(path, {"model.diffusion_model.out.2.weight": (4, 320, 3, 3)}),
        AdapterUnsupported,
        "whole model",
    ),
    "LoHa": (lambda path: header_only(path, {"lora_unet_a.hada_w1_a": (8, 4)}), AdapterUnsupported, "LyCORIS"),
    "LoKr": (lambda path: header_only(path, {"lora_unet_a.lokr_w1": (8, 4)}), AdapterUnsupported, "LyCORIS"),
    "an embedding": (lambda path: header_only(path, {"emb_params": (4, 768)}), AdapterUnsupported, "textual inversion"),
    "something else": (lambda path: header_only(path, {"x": (4, 4)}), AdapterUnsupported, "no LoRA layers"),
}


def cut(path: Path, length: int) -> None:
    os.truncate(path, length if length > 0 else path.stat().st_size + length)


def overlapping() -> dict[str, Any]:
    return {name: {"dtype": "F32", "shape": [8], "data_offsets": [0, 32]} for name in "ab"}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    make, kind, words = BAD[name]
    path = tmp_path / "Ink.safetensors"
    make(path)
    with pytest.raises(kind, match=words) as raised:
        read(path.with_suffix(".pt") if name == "a pickle" else path)
    assert "Ink" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_all_of_them_are_read_fast(tmp_path: Path) -> None:
    """A LoRA of Stable Diffusion XL with 722 layers: its header has 200 KB."""
    layers: dict[str, Any] = {}
    for number in range(722):
        layers |= pair(f"lora_unet_input_blocks_4_1_transformer_blocks_{number}_attn2_to_k", 640, 2048)
    path = header_only(tmp_path / "large.safetensors", layers)
    before = time.process_time()
    assert read(path).total == 722
    assert time.process_time() - before < 0.5


# -- metadata


def told(tmp_path: Path, **metadata: Any) -> AdapterFile:
    return read(
        header_only(tmp_path / "a.safetensors", kohya(), metadata={key.replace("__", "."): value for key, value in metadata.items()})
    )


def test_the_words_of_the_author_come_first(tmp_path: Path) -> None:
    tags = json.dumps({"10_x": {"ink": 9}})
    file = told(
        tmp_path,
        modelspec__trigger_phrase="wash, wet paper , wash",
        ss_tag_frequency=tags,
        modelspec__title="Water\ncolour",
        modelspec__usage_hint="Use 0.7",
    )
    assert (file.triggers, file.title, file.hint) == (("wash", "wet paper"), "Water colour", "Use 0.7")


def test_else_the_tags_of_nearly_all_pictures(tmp_path: Path) -> None:
    tags = {"10_cat": {"catx": 20, "sitting": 7, "photo": 17}, "2_dog": {"catx": 5, "x" * 61: 25}}
    assert told(tmp_path, ss_tag_frequency=json.dumps(tags)).triggers == ("catx",)


@pytest.mark.parametrize("tags", ["", "{", "[1]", '{"a": 1}', '{"a": {"b": "c", "d": -1}}', "[" * 100000, '{"a": {"b": 1e400}}'])
def test_tags_that_make_no_sense_are_no_words(tags: str, tmp_path: Path) -> None:
    assert told(tmp_path, ss_tag_frequency=tags).triggers == ()


def test_metadata_is_only_a_hint(tmp_path: Path) -> None:
    assert told(tmp_path, ss_base_model_version="sdxl_base_v1-0").family == "Stable Diffusion 1"
    unknown = read(header_only(tmp_path / "b.safetensors", pair("lora_unet_x", 7, 9), metadata={"ss_base_model_version": "sdxl_base_v1-0"}))
    assert unknown.family == "Stable Diffusion XL"


def test_a_wrong_shape_is_named(tmp_path: Path) -> None:
    file = read(header_only(tmp_path / "a.safetensors", kohya(1024) | pair("lora_unet_foo", 1, 2)))
    found = fit(file, SD1)
    assert found == Fit(2, 4, ("down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k",), ("foo",))


def test_layers_of_the_original_get_the_names_of_diffusers(tmp_path: Path) -> None:
    file = read(header_only(tmp_path / "a.safetensors", GOOD["SD 1, ComfyUI"].layers))
    assert set(renamed(file, SD1)[DENOISER]) == {
        "down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k",
        "down_blocks_2_attentions_1_transformer_blocks_0_attn1_to_q",
    }
    assert renamed(read(header_only(tmp_path / "b.safetensors", GOOD["SD 1, diffusers"].layers)), SD1) == {}


@pytest.mark.parametrize(("name", "share"), [("FLUX.1, kohya", 1), ("FLUX.1, ComfyUI", 1), ("SD 1, kohya", 0), ("Z-Image", 0)])
def test_where_names_differ_shapes_decide(name: str, share: float, tmp_path: Path) -> None:
    """FLUX joins queries, keys and values in the original."""
    assert fit(read(header_only(tmp_path / "a.safetensors", GOOD[name].layers)), FLUX).share == share


# -- the library


@pytest.fixture
def model(tmp_path: Path) -> Model:
    folder = model_folder(tmp_path / "dreams")
    header_only(folder / "unet/diffusion_pytorch_model.safetensors", SD1_UNET)
    header_only(folder / "text_encoder/model.safetensors", SD1_TEXT)
    write_json(folder / "unnoticed.json", {})
    return Model("dreams", folder, family=FAMILIES[0])


def library(tmp_path: Path, *files: Path, folders: tuple[Path, ...] = ()) -> AdapterLibrary:
    made = AdapterLibrary(files, folders, tmp_path / "cache" / "loras.json")
    made.read()
    return made


def test_files_and_those_of_watched_folders_are_listed_with_names_of_their_own(tmp_path: Path) -> None:
    """Among models only what is surely no model is listed."""
    paths = [header_only(tmp_path / folder / "ink.safetensors", kohya()) for folder in ("a", "loras/one", "loras/two/deep")]
    header_only(tmp_path / "loras/model.safetensors", {"model.diffusion_model.out.2.weight": (4, 320, 3, 3)})
    header_only(tmp_path / "loras/loha.safetensors", {"lora_unet_a.hada_w1_a": (8, 4)})
    (tmp_path / "loras/notes.txt").write_text("no LoRA")
    (tmp_path / "loras/broken.safetensors").write_bytes(b"")
    known = library(tmp_path, paths[0], folders=(tmp_path / "loras", tmp_path / "gone"))
    found = [(each.name, each.problem is None, each.found_in) for each in known.adapters]
    watched = tmp_path / "loras"
    assert found == [("ink", True, None), ("loha", False, watched), ("ink (2)", True, watched), ("ink (3)", True, watched)]
    known.remove(paths[0])
    assert (known.files, [each.name for each in known.adapters]) == ((), ["loha", "ink", "ink (2)"])
    known.insert(paths[0], 0)
    assert [each.name for each in known.adapters] == ["ink", "loha", "ink (2)", "ink (3)"]


@pytest.mark.parametrize(
    ("models", "loras"),
    [
        ("models/checkpoints", "models/loras"),
        ("models/Stable-diffusion", "models/Lora"),
        ("models/Stable-diffusion", "models/LyCORIS"),
        ("Models/Stable-Diffusion", "Models/Lora"),
    ],
)
def test_loras_of_other_programs_are_found_where_these_keep_them(models: str, loras: str, tmp_path: Path) -> None:
    """A damaged file there is told, too: it can be nothing else."""
    (tmp_path / models).mkdir(parents=True)
    header_only(tmp_path / models / "not_here.safetensors", kohya())
    header_only(tmp_path / loras / "styles/ink.safetensors", kohya())
    (tmp_path / loras / "broken.safetensors").write_bytes(b"")
    assert [each.name for each in library(tmp_path, folders=(tmp_path,)).adapters] == ["broken", "ink"]
    assert tmp_path / loras / "styles" in listing(tmp_path).folders  # they are watched


def test_a_lora_of_a_hub_cache_is_found(tmp_path: Path) -> None:
    header_only(tmp_path / "models--someone--ink/snapshots/abc/pytorch_lora_weights.safetensors", kohya())
    [found] = library(tmp_path, folders=(tmp_path,)).adapters
    assert (found.name, found.problem) == ("ink", None)


def test_the_folders_change_while_the_disk_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`set_folders` is called on the GUI thread."""
    known = library(tmp_path, header_only(tmp_path / "ink.safetensors", kohya()))
    header_only(tmp_path / "loras/felt.safetensors", kohya())
    begun, may_end = threading.Event(), threading.Event()

    def slow(path: Path) -> AdapterFile:
        begun.set()
        may_end.wait(10)
        return read(path)

    header_only(tmp_path / "ink.safetensors", kohya(1024))
    monkeypatch.setattr(adapter_file, "read", slow)
    reading = threading.Thread(target=known.read)
    changing = threading.Thread(target=known.set_folders, args=([tmp_path / "loras"],))
    reading.start()
    assert begun.wait(10)
    changing.start()
    changing.join(1)
    assert not changing.is_alive()
    may_end.set()
    reading.join(10)
    assert [each.name for each in known.read()] == ["ink", "felt"]


def test_an_opened_file_is_kept_for_the_settings(tmp_path: Path) -> None:
    known = library(tmp_path)
    path = header_only(tmp_path / "ink.safetensors", kohya())
    assert known.open(path) == known.open(path)
    assert known.files == (path,)
    with pytest.raises(AdapterUnsupported):
        known.open(header_only(tmp_path / "model.safetensors", {"a.weight": (4, 4)}))
    assert known.files == (path,)


def test_hashes_are_those_of_the_file_and_of_a1111(tmp_path: Path) -> None:
    path = header_only(tmp_path / "ink.safetensors", kohya())
    data = path.read_bytes()
    body = data[8 + int.from_bytes(data[:8], "little") :]
    known = library(tmp_path, path)
    identity = known.identified(known.adapters[0], 0.5)
    assert identity == Adapter("ink", 0.5, hashlib.sha256(data).hexdigest(), hashlib.sha256(body).hexdigest()[:12])
    again = library(tmp_path, path)
    (tmp_path / "cache" / "loras.json").write_text("{}")  # it is read once
    assert again.identified(again.adapters[0]).fingerprint == identity.fingerprint


def test_a_lora_is_found_by_its_hashes_under_another_name(tmp_path: Path) -> None:
    known = library(tmp_path, header_only(tmp_path / "ink.safetensors", kohya()))
    [ink] = known.adapters
    identity = known.identified(ink)
    for wanted in (
        Adapter("other", 1, identity.fingerprint),
        Adapter("other", 1, short_hash=identity.short_hash),
        Adapter("other", 1, short_hash=identity.short_hash[:10]),
        Adapter("other", 1, short_hash=identity.fingerprint[:10]),
    ):
        assert known.like(wanted) == (ink, True)
    assert known.like(Adapter("INK", 1)) == (ink, False)
    assert known.like(Adapter("ink", 1, "0" * 64)) == (ink, False)
    assert known.like(Adapter("other", 1)) is None


def test_the_metadata_tells_a1111s_hash_before_the_file_is_read(tmp_path: Path) -> None:
    path = header_only(tmp_path / "ink.safetensors", kohya(), metadata={"sshs_model_hash": "ab" * 32})
    known = library(tmp_path, path)
    assert known.like(Adapter("other", 1, short_hash="ab" * 6)) == (known.adapters[0], True)


def test_a_source_is_unchanged_and_fits(tmp_path: Path, model: Model) -> None:
    path = header_only(tmp_path / "ink.safetensors", GOOD["SD 1, ComfyUI"].layers)
    known = library(tmp_path, path)
    wanted = known.identified(known.adapters[0])
    source = known.source(wanted, model)
    assert (source.path, source.sha256, source.matched) == (path, wanted.fingerprint, 2)
    assert known.fit(known.adapters[0], model) == Fit(2, 2)
    header_only(path, kohya())
    with pytest.raises(AdapterUnknown, match="ink"):
        known.source(wanted, model)
    path.unlink()
    with pytest.raises(AdapterUnknown, match="ink"):
        known.source(Adapter("ink"), model)
