"""A LoRA file, judged by its header alone: what it is, which model it was made for, and how much of it fits a model. Torch-free.

Names and shapes decide; the metadata that trainers write is only a hint. A file holds two small matrices for each layer that it
changes, `down` (rank × in) and `up` (out × rank), under names of one of three layouts:

| layout | example |
|---|---|
| kohya | `lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight`; of SDXL with the names of the original UNet |
| diffusers | `unet.down_blocks.0.attentions.0.proj_in.lora_A.weight`, and two older endings |
| ComfyUI | `diffusion_model.input_blocks.1.1.proj_in.lora_up.weight` |

Sources: kohya-ss/sd-scripts `library/sai_model_spec.py`, `networks/lora.py`; diffusers `loaders/lora_conversion_utils.py`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..diffusion.adapters import DENOISER, TEXT_ENCODER, TEXT_ENCODER_2, TEXT_ENCODER_3, Keys, Layout
from ..errors import QT_TRANSLATE_NOOP, AdapterDamaged, AdapterMissing, AdapterRefused, AdapterUnsupported
from . import adapter_sidecar, embedding_file
from .adapter_sidecar import weight_of
from .inspection import header_in, short

MOST_WORDS = 6  # trigger words
MOST_LETTERS = 60  # of a trigger word
MOST_HINT = 400  # characters
MOST_METADATA = 4 << 20  # characters of one entry that is parsed
MOST_RANK = 4096
NUMBERS = {"F64", "F32", "F16", "BF16"}

LACKS_HALF = QT_TRANSLATE_NOOP("Safelight", "has a layer with only one of two matrices")
UNEQUAL = QT_TRANSLATE_NOOP("Safelight", "has a layer whose two matrices do not fit together")
NOT_NUMBERS = QT_TRANSLATE_NOOP("Safelight", "has weights in a format of numbers that LoRAs do not have")

WHOLE_MODEL = QT_TRANSLATE_NOOP("Safelight", "it is a whole model or a part of one")
EMBEDDING = QT_TRANSLATE_NOOP("Safelight", "it is an embedding (textual inversion)")
OTHER_KIND = QT_TRANSLATE_NOOP("Safelight", "its layers are in another form than LoRA (LyCORIS: LoHa, LoKr, OFT, IA3 or others)")
NO_LAYERS = QT_TRANSLATE_NOOP("Safelight", "it holds no LoRA layers that are known here")
TOO_FINE = QT_TRANSLATE_NOOP("Safelight", "its convolutions are split in three (CP decomposition)")

CONTROL = QT_TRANSLATE_NOOP("Safelight", "it is made for pictures as input (control LoRA)")

DORA = QT_TRANSLATE_NOOP("Safelight", "its DoRA part is not used")
UNUSED = QT_TRANSLATE_NOOP("Safelight", "some of its weights are not used")

Shape = tuple[int, int]  # out, in
Layers = Mapping[str, Shape]  # by the name of the layer, with underscores for dots


@dataclass(frozen=True, slots=True)
class AdapterFile:
    """What the header of a LoRA file says."""

    path: Path
    layout: Layout
    layers: Mapping[str, Layers] = field(hash=False)  # by part of the model
    keys: Mapping[str, Mapping[str, Keys]] = field(hash=False, compare=False)  # as `Source.keys`
    rank: int  # the largest of its layers
    family: str  # that it was made for; "" if unknown
    title: str = ""
    triggers: tuple[str, ...] = ()  # words that call up what it was trained on
    hint: str = ""  # of its author, on how to use it
    notes: tuple[str, ...] = ()  # what of it has no effect; marked for translation
    short_hash: str = ""  # A1111's, where the metadata says it
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)
    weight: float | None = None  # that its author, or the user of another program, prefers

    @property
    def total(self) -> int:
        return sum(map(len, self.layers.values()))


@dataclass(frozen=True, slots=True)
class Fit:
    """How much of a LoRA fits a model."""

    matched: int  # layers
    total: int
    wrong: tuple[str, ...] = ()  # the first layers that the model has in other shapes
    absent: tuple[str, ...] = ()  # the first layers that the model does not have
    is_sure: bool = True  # False where the names of layers differ, so that only shapes were compared

    @property
    def share(self) -> float:
        return self.matched / self.total if self.total else 0.0


# -- reading


def read(path: Path) -> AdapterFile:
    """The LoRA in the file at `path`. Reads the header, and what other programs keep beside the file.

    Raises `AdapterMissing`, `AdapterRefused` for weights that can carry code, `AdapterDamaged`, or `AdapterUnsupported`.
    """
    header = header_in(path, AdapterRefused, AdapterMissing, AdapterDamaged)
    metadata, shapes = header.metadata, {name: tensor.shape for name, tensor in header.tensors.items()}
    pairs, others = _pairs(shapes)
    if not pairs:
        raise AdapterUnsupported(file=short(path.name), kind=_kind(shapes))
    if any(".lora_mid." in name for name in others):
        raise AdapterUnsupported(file=short(path.name), kind=TOO_FINE)
    layers: dict[str, dict[str, Shape]] = {}
    keys: dict[str, dict[str, Keys]] = {}
    rank = 0
    for name, (down, up) in pairs.items():
        if not down or not up:
            raise AdapterDamaged(file=short(path.name), problem=LACKS_HALF)
        small, large = shapes[down], shapes[up]
        if len(small) not in (2, 4) or len(small) != len(large) or small[0] != large[1] or not 0 < small[0] <= MOST_RANK:
            raise AdapterDamaged(file=short(path.name), problem=UNEQUAL)
        if not {header.tensors[down].dtype, header.tensors[up].dtype} <= NUMBERS:
            raise AdapterDamaged(file=short(path.name), problem=NOT_NUMBERS)
        part, layer = _place(name)
        layers.setdefault(part, {})[layer] = large[0], small[1]
        alpha = f"{name}.alpha"
        keys.setdefault(part, {})[layer] = Keys(down, up, alpha if alpha in shapes else "")
        rank = max(rank, small[0])
    notes = [note for note, is_so in ((DORA, any("dora_scale" in name for name in others)), (UNUSED, _has_more(others))) if is_so]
    beside = adapter_sidecar.read(path)
    return AdapterFile(
        path,
        _layout(pairs),
        layers,
        keys,
        rank,
        _family(layers, metadata) or beside.family,
        title=_text(metadata, "modelspec.title") or _text(metadata, "ss_output_name"),
        triggers=_of_author(metadata) or _few(beside.words) or _tags(metadata),
        hint=_text(metadata, "modelspec.usage_hint", MOST_HINT) or _text({"": beside.hint}, "", MOST_HINT),
        notes=tuple(notes),
        short_hash=_short_hash(metadata),
        metadata=metadata,
        weight=beside.weight if beside.weight is not None else weight_of(metadata.get("modelspec.lora_default_weight")),
    )


# -- names


_DOWN = re.compile(r"(?:\.lora_down\.weight|\.lora_A(?:\.default)?\.weight|(?:\.lora|_lora|\.lora_linear_layer)\.down\.weight)$")
_UP = re.compile(r"(?:\.lora_up\.weight|\.lora_B(?:\.default)?\.weight|(?:\.lora|_lora|\.lora_linear_layer)\.up\.weight)$")
_PARTS = (  # prefixes of names, the longer ones first
    ("lora_unet_", DENOISER),
    ("lora_transformer_", DENOISER),
    ("lora_te1_", TEXT_ENCODER),
    ("lora_te2_", TEXT_ENCODER_2),
    ("lora_te3_", TEXT_ENCODER_3),
    ("lora_te_", TEXT_ENCODER),
    ("text_encoders.clip_l.transformer.", TEXT_ENCODER),
    ("text_encoders.clip_g.transformer.", TEXT_ENCODER_2),
    ("text_encoder_3.", TEXT_ENCODER_3),
    ("text_encoder_2.", TEXT_ENCODER_2),
    ("text_encoder.", TEXT_ENCODER),
    ("model.diffusion_model.", DENOISER),
    ("diffusion_model.", DENOISER),
    ("base_model.model.", DENOISER),
    ("transformer.", DENOISER),
    ("unet.", DENOISER),
)
_OLD = {"to_q": "q_proj", "to_k": "k_proj", "to_v": "v_proj", "to_out": "out_proj"}  # layers of text encoders in diffusers' older names


def _pairs(names: Iterable[str]) -> tuple[dict[str, tuple[str, str]], list[str]]:
    """The names of both matrices by the name of their layer, "" for a missing one; and all other names."""
    pairs: dict[str, tuple[str, str]] = {}
    others = []
    for name in names:
        if found := _DOWN.search(name):
            pairs[name[: found.start()]] = name, pairs.get(name[: found.start()], ("", ""))[1]
        elif found := _UP.search(name):
            pairs[name[: found.start()]] = pairs.get(name[: found.start()], ("", ""))[0], name
        else:
            others.append(name)
    return pairs, others


def _place(name: str) -> tuple[str, str]:
    """The part of the model that has the layer, and the name of the layer in it, with underscores for dots."""
    prefix, part = next((each for each in _PARTS if name.startswith(each[0])), ("", DENOISER))
    layer = name.removeprefix(prefix).replace(".processor.", ".")
    if part is not DENOISER:
        layer = layer.removeprefix("text_model.").removeprefix("text_model_")
        head, dot, last = layer.rpartition(".")
        layer = head + dot + _OLD.get(last, last)
    elif layer.endswith(".to_out"):
        layer += ".0"
    return part, layer.replace(".", "_")


def _layout(names: Iterable[str]) -> Layout:
    first = next(iter(names))
    if any(name.startswith("lora_") for name in names):
        return Layout.KOHYA
    return Layout.COMFYUI if any("diffusion_model." in name for name in names) or first.startswith("text_encoders.") else Layout.DIFFUSERS


def _has_more(others: Iterable[str]) -> bool:
    return any(not name.endswith((".alpha", ".dora_scale", ".lora_magnitude_vector.weight", ".lora_magnitude_vector")) for name in others)


def _kind(shapes: Mapping[str, tuple[int, ...]]) -> str:
    """What a file without LoRA layers holds, marked for translation."""
    names = list(shapes)
    if any(re.search(r"\.(hada_w|lokr_w|oft_|ia3|on_input|a1\.weight$|diff$|diff_b$)|oft_blocks", name) for name in names):
        return OTHER_KIND
    if embedding_file.is_embedding(shapes):
        return EMBEDDING
    if any(name.endswith((".weight", ".bias")) for name in names):
        return WHOLE_MODEL
    return NO_LAYERS


# -- the family, by shapes


def _family(layers: Mapping[str, Layers], metadata: Mapping[str, str]) -> str:
    """The name of the family that the layers belong to, else what the metadata says, else ""."""
    denoiser = layers.get(DENOISER, {})
    for pattern, width, family in _SIGNS:
        for name, (_, wide) in denoiser.items():
            if (width is None or wide == width) and pattern.search(name):
                return family
    if TEXT_ENCODER_2 in layers:
        return "Stable Diffusion XL"
    architecture = metadata.get("modelspec.architecture", "").casefold() + " " + metadata.get("ss_base_model_version", "").casefold()
    for sign, family in _SAID:
        if sign in architecture:
            return family
    widths = {wide for name, (_, wide) in layers.get(TEXT_ENCODER, {}).items() if name.endswith("_proj")}
    return {768: "Stable Diffusion 1", 1024: "Stable Diffusion 2"}.get(next(iter(widths), 0), "")


_CROSS = re.compile(r"attn2_to_[kv]$")
_SIGNS = (
    (_CROSS, 768, "Stable Diffusion 1"),
    (_CROSS, 1024, "Stable Diffusion 2"),
    (_CROSS, 2048, "Stable Diffusion XL"),
    (re.compile(r"joint_blocks_\d"), None, "Stable Diffusion 3"),
    (re.compile(r"single_transformer_blocks_\d+_attn_to_(qkv_mlp_proj|out$)"), None, "FLUX.2"),
    (re.compile(r"double_stream_modulation|single_blocks_\d+_linear1$"), 6144, "FLUX.2"),
    (re.compile(r"double_blocks_\d|single_blocks_\d|single_transformer_blocks_\d"), 3072, "FLUX.1"),
    (re.compile(r"transformer_blocks_\d+_(img_mlp|txt_mlp|img_mod)"), 3072, "Qwen-Image"),
    (re.compile(r"transformer_blocks_\d+_attn_add_k_proj"), 1536, "Stable Diffusion 3"),
    (re.compile(r"layers_\d+_attention_"), 3840, "Z-Image"),
    (re.compile(r"layers_\d+_(attention|attn)_"), 2304, "Lumina 2"),
)
_SAID = (
    ("stable-diffusion-xl", "Stable Diffusion XL"),
    ("sdxl", "Stable Diffusion XL"),
    ("stable-diffusion-v2", "Stable Diffusion 2"),
    ("sd_v2", "Stable Diffusion 2"),
    ("stable-diffusion-v1", "Stable Diffusion 1"),
    ("sd_v1", "Stable Diffusion 1"),
    ("stable-diffusion-3", "Stable Diffusion 3"),
    ("sd3", "Stable Diffusion 3"),
    ("flux-2", "FLUX.2"),
    ("flux2", "FLUX.2"),
    ("flux", "FLUX.1"),
    ("qwen", "Qwen-Image"),
    ("zimage", "Z-Image"),
    ("z-image", "Z-Image"),
    ("chroma", "Chroma"),
    ("lumina", "Lumina 2"),
)


# -- metadata


def _text(metadata: Mapping[str, str], key: str, most: int = 120) -> str:
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in metadata.get(key, "")[: 4 * most]).split())
    return words if len(words) <= most else words[: most - 1] + "…"


def _of_author(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """The words that the author names."""
    return _few(_text(metadata, "modelspec.trigger_phrase", MOST_HINT).split(","))


def _tags(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """The tags that nearly all pictures of the training had."""
    text = metadata.get("ss_tag_frequency", "")
    try:
        folders = json.loads(text) if 0 < len(text) <= MOST_METADATA else {}
    except (ValueError, RecursionError):
        return ()
    counts: Counter[str] = Counter()
    for tags in folders.values() if isinstance(folders, dict) else ():
        for tag, count in tags.items() if isinstance(tags, dict) else ():
            if type(count) is int and 0 < count < 2**32:
                counts[tag.strip()] += count
    if not counts:
        return ()
    most = counts.most_common(1)[0][1]
    return _few(tag for tag, count in counts.most_common(MOST_WORDS) if count >= 0.8 * most)


def _few(words: Iterable[str]) -> tuple[str, ...]:
    cleaned = ("".join(filter(str.isprintable, word)).strip() for word in words)
    return tuple(dict.fromkeys(word for word in cleaned if 0 < len(word) <= MOST_LETTERS))[:MOST_WORDS]


def _short_hash(metadata: Mapping[str, str]) -> str:
    """As A1111 takes it from `sshs_model_hash`, which kohya's trainer writes."""
    digest = metadata.get("sshs_model_hash", "").casefold()
    return digest[:12] if re.fullmatch("[0-9a-f]{64}", digest) else ""


# -- fit


def layers_of(tensors: Mapping[str, tuple[int, ...]], per_block: int | None = None) -> Layers:
    """The layers of a part of a model, from the shapes of its tensors by name.

    Those of an original UNet, with `per_block` layers in each block, and of OpenCLIP get their names in diffusers and transformers.
    """
    layers: dict[str, Shape] = {}
    for name, shape in tensors.items():
        if found := _OPEN_CLIP.search(name):
            block = f"encoder_layers_{found[1]}"
            ours = {f"{block}_{layer}": (shape[0] // 3, shape[1]) for layer in _JOINED} if found[2] == "attn.in_proj_weight" else {}
            layers |= ours or {f"{block}_{_OPEN_CLIP_LAYERS[found[2]]}": (shape[0], shape[1])}
        elif name.endswith(".weight") and len(shape) in (2, 4):
            layer = name.removesuffix(".weight").removeprefix("text_model.").replace(".", "_")
            layers[_in_diffusers(layer, per_block)] = shape[0], shape[1]
    return layers


_OPEN_CLIP = re.compile(r"resblocks\.(\d+)\.(attn\.in_proj_weight|attn\.out_proj\.weight|mlp\.c_fc\.weight|mlp\.c_proj\.weight)$")
_OPEN_CLIP_LAYERS = {"attn.out_proj.weight": "self_attn_out_proj", "mlp.c_fc.weight": "mlp_fc1", "mlp.c_proj.weight": "mlp_fc2"}
_JOINED = ("self_attn_q_proj", "self_attn_k_proj", "self_attn_v_proj")


def fit(adapter: AdapterFile, model: Mapping[str, Layers]) -> Fit:
    """How many layers of `adapter` are in the model with these layers, in the same shape; `model` as `AdapterFile.layers`."""
    matched, is_sure = 0, True
    wrong: list[str] = []
    absent: list[str] = []
    for part, layers in adapter.layers.items():
        there = model.get(part, {})
        per_block = _layers_per_block(there)
        is_original = part is DENOISER and not any(name in there or _in_diffusers(name, per_block) in there for name in layers)
        by_shape = _by_shape(there) if is_original and per_block is None else None
        is_sure = is_sure and by_shape is None
        for name, shape in layers.items():
            found = there.get(name) or there.get(_in_diffusers(name, per_block))
            if found == shape or (by_shape is not None and _is_among(shape, by_shape)):
                matched += 1
            else:
                (wrong if found else absent).append(name)
    return Fit(matched, adapter.total, tuple(wrong[:3]), tuple(absent[:3]), is_sure)


def renamed(adapter: AdapterFile, model: Mapping[str, Layers]) -> Mapping[str, Mapping[str, Keys]]:
    """The tensors of the layers that a model has, by its own names for them; empty where diffusers reads the file as it is.

    Of models without a UNet, diffusers knows the names in the original of some families, and its own ones only in its own layout.
    """
    there, per_block = model.get(DENOISER, {}), _layers_per_block(model.get(DENOISER, {}))
    if adapter.layout is Layout.DIFFUSERS:
        return {}
    if per_block is None:
        layers = adapter.layers.get(DENOISER, {})
        own = {name: keys for name, keys in adapter.keys.get(DENOISER, {}).items() if there.get(name) == layers[name]}
        return {DENOISER: own} if own and adapter.layers.keys() == {DENOISER} else {}
    return {
        part: {
            ours: keys
            for name, keys in layers.items()
            if (ours := name if name in model.get(part, {}) else _in_diffusers(name, per_block)) in model.get(part, {})
            and model[part][ours] == adapter.layers[part][name]
        }
        for part, layers in adapter.keys.items()
    }


def _layers_per_block(there: Layers) -> int | None:
    """Of a UNet in diffusers' names; None for other networks."""
    numbers = [int(found[1]) for name in there if (found := re.match(r"down_blocks_0_resnets_(\d+)_", name))]
    return max(numbers) + 1 if numbers else None


_ORIGINAL = re.compile(r"(input|output)_blocks_(\d+)_(\d)_(.+)")
_RESNET = {"in_layers_2": "conv1", "out_layers_3": "conv2", "emb_layers_1": "time_emb_proj", "skip_connection": "conv_shortcut"}
_SINGLE = {
    "input_blocks_0_0": "conv_in",
    "out_2": "conv_out",
    "time_embed_0": "time_embedding_linear_1",
    "time_embed_2": "time_embedding_linear_2",
    "label_emb_0_0": "add_embedding_linear_1",
    "label_emb_0_2": "add_embedding_linear_2",
}
_MIDDLE = {"0": "resnets_0", "1": "attentions_0", "2": "resnets_1"}


def _in_diffusers(name: str, per_block: int | None) -> str:
    """A layer of the original UNet by its name in diffusers; any other name unchanged."""
    if per_block is None:
        return name
    if name in _SINGLE:
        return _SINGLE[name]
    if found := re.fullmatch(r"middle_block_([012])_(.+)", name):
        return f"mid_block_{_MIDDLE[found[1]]}_{_RESNET.get(found[2], found[2])}"
    if not (found := _ORIGINAL.fullmatch(name)):
        return name
    side, index, place, rest = found[1], int(found[2]), found[3], found[4]
    block, layer = divmod(index - (side == "input"), per_block + 1)
    way = "down" if side == "input" else "up"
    if rest in ("op", "conv"):
        return f"{way}_blocks_{block}_{way}samplers_0_conv"
    kind = "resnets" if place == "0" else "attentions"
    return f"{way}_blocks_{block}_{kind}_{layer}_{_RESNET.get(rest, rest)}"


def _by_shape(there: Layers) -> Mapping[int, frozenset[int]]:
    """Of a network whose layers have other names in the original: the possible outputs for each input, also of joined layers."""
    outputs: dict[int, set[int]] = {}
    for out, wide in there.values():
        outputs.setdefault(wide, set()).add(out)
    return {
        wide: frozenset(each for out in outs for each in (out, 2 * out, 3 * out, *(3 * out + other for other in outs)))
        for wide, outs in outputs.items()
    }


def _is_among(shape: Shape, by_shape: Mapping[int, frozenset[int]]) -> bool:
    out, wide = shape
    return out in by_shape.get(wide, ())
