"""Incomplete, inconsistent or unsafe model folders are refused before any library reads them."""

from __future__ import annotations

import os
import random
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.diffusion.weight_file import MOST_HEADER, MOST_TENSORS
from desktop.errors import (
    ModelChannelsDiffer,
    ModelDamaged,
    ModelElsewhere,
    ModelFileDamaged,
    ModelForEditing,
    ModelIncomplete,
    ModelMissing,
    ModelRefused,
    ModelsElsewhere,
    ModelSingleFile,
    ModelUnsafe,
    ModelUnsupported,
    SafelightError,
)
from desktop.library import inspection
from desktop.resources import STARTER

from .kits import CONFIGS, INDEX, TENSORS, UNET, WEIGHTS, change_json, model_folder, write_json, write_weights

Change = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return model_folder(tmp_path / "model")


def program(file: str) -> Change:
    """Leave a canary that would sing if anything ran it."""

    def change(folder: Path) -> None:
        (folder / file).write_text(f"open({str(folder.parent / 'canary')!r}, 'w')")

    return change


def pickled(file: str) -> Change:
    """A pickle that creates the canary when it is loaded (protocol 0: `os.mkdir(…)`)."""

    def change(folder: Path) -> None:
        (folder / file).write_bytes(b"cos\nmkdir\n(S'" + str(folder.parent / "canary").encode() + b"'\ntR.")

    return change


def index(**changes: object) -> Change:
    return lambda folder: change_json(folder / "model_index.json", **changes)


def config(file: str, **changes: object) -> Change:
    return lambda folder: change_json(folder / file, **changes)


def raw(file: str, data: bytes) -> Change:
    return lambda folder: (folder / file).write_bytes(data)


def tensor(**changes: object) -> Change:
    return lambda folder: write_weights(folder / UNET, TENSORS | {"b": TENSORS["b"] | changes})


def header(text: bytes) -> Change:
    return lambda folder: write_weights(folder / UNET, header=text)


def length(number: int) -> Change:
    return lambda folder: write_weights(folder / UNET, length=number)


def link(file: str, target: str) -> Change:
    def change(folder: Path) -> None:
        (folder / file).unlink(missing_ok=True)
        (folder / file).symlink_to(target)

    return change


def shards(*names: str) -> Change:
    return lambda folder: write_json(folder / f"{UNET}.index.json", {"weight_map": {f"t{i}": name for i, name in enumerate(names)}})


def sparse(file: str, size: int) -> Change:
    def change(folder: Path) -> None:
        with (folder / file).open("wb") as stream:
            stream.truncate(size)

    return change


def a_socket(folder: Path) -> None:
    here = os.getcwd()
    os.chdir(folder)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("x.json")
    finally:
        os.chdir(here)


def many_files(folder: Path) -> None:
    for number in range(inspection.MOST_FILES + 1):
        (folder / f"unet/{number}.txt").touch()


def folder_outside(folder: Path) -> None:
    model_folder(folder.parent / "other")
    shutil.rmtree(folder / "unet")
    (folder / "unet").symlink_to("../other/unet")


def hidden_outside(folder: Path) -> None:
    (folder / ".cache").mkdir()
    program(".cache/evil.py")(folder)
    link("unet/config.json", "../.cache/evil.py")(folder)


def in_place_of(weights: str, change: Change) -> Change:
    """`change`, where the safetensors are missing."""
    return lambda folder: ((folder / weights).unlink(), change(folder))


HARMLESS = {  # never opened when the model is loaded
    "weights as .bin": pickled("unet/diffusion_pytorch_model.bin"),
    "weights as .pt": pickled("vae/model.pt"),
    "weights as .pth": pickled("vae/model.pth"),
    "weights as .ckpt": pickled("model.ckpt"),
    "weights as .pkl": pickled("text_encoder/x.pkl"),
    "weights as .CKPT": pickled("model.CKPT"),
    "weights as .npy": pickled("unet/x.npy"),
    ".py": program("pipeline.py"),
    ".py in a component": program("unet/modeling.py"),
    ".PY": program("unet/MODELING.PY"),
    ".pyc": program("x.pyc"),
    "hidden .py": program(".x.py"),
    ".safetensors.py": program("x.safetensors.py"),
    ".so": program("unet/x.so"),
    ".sh": program("x.sh"),
    ".zip": program("unet.zip"),
    ".tar": program("unet.tar"),
    "unknown kind": program("unet/x.onnx"),
    "no kind": program("unet/payload"),
    "auto_map in a file of no component": lambda folder: write_json(folder / "extra/x.json", {"auto_map": {}}),
    "auto_map in a safety checker": lambda folder: write_json(folder / "safety_checker/config.json", {"auto_map": {}}),
    "weights of no component": raw("preview_decoder.safetensors", b"x" * 50),
    "other weights that are cut": raw("unet/diffusion_pytorch_model.non_ema.safetensors", b"x"),
    "shards as .bin beside": lambda folder: write_json(folder / "unet/pytorch_model.bin.index.json", {"weight_map": {"a": "x.bin"}}),
    "socket beside": lambda folder: a_socket(folder),
    "pipe beside": lambda folder: os.mkfifo(folder / "x.json"),
    "link out of the folder": link("x.json", "/etc/passwd"),
    "many files beside": lambda folder: [(folder / "samples").mkdir(), *((folder / f"samples/{n}.png").touch() for n in range(1100))],
    "what whole clones hold": lambda folder: [
        (folder / name).touch()
        for name in (
            "v1-inference.yaml",
            "v1-5-pruned.ckpt",
            "v1-5-pruned-emaonly.safetensors",
            "demo.gif",
            "Thumbs.db",
            ".gitattributes",
            "unet/diffusion_flax_model.msgpack",
            "text_encoder/model.onnx",
            "text_encoder/pytorch_model.bin",
            "tokenizer/chat_template.jinja",
            "events.out.tfevents.1",
        )
    ],
}
REFUSED = {  # could run a program
    "weights as .bin only": in_place_of(UNET, pickled("unet/diffusion_pytorch_model.bin")),
    "weights as .pt only": in_place_of("vae/diffusion_pytorch_model.safetensors", pickled("vae/model.pt")),
    "weights as .ckpt only": in_place_of("text_encoder/model.safetensors", pickled("text_encoder/model.CKPT")),
    "weights as .npy only": in_place_of(UNET, pickled("unet/x.npy")),
    "code only": in_place_of(UNET, program("unet/modeling.py")),
    "a tokenizer of code": in_place_of("tokenizer/vocab.json", program("tokenizer/tokenization.py")),
    "auto_map": config("unet/config.json", auto_map={"AutoModel": "modeling.Evil"}),
    "auto_map in the text encoder": config("text_encoder/config.json", auto_map={}),
    "auto_map in the tokenizer": config("tokenizer/tokenizer_config.json", auto_map={"AutoTokenizer": ["a--b", None]}),
    "auto_map far down": config("vae/config.json", a={"b": [{"c": [[{"auto_map": 1}]]}]}),
    "trust_remote_code": config("text_encoder/config.json", trust_remote_code=True),
    "custom_pipelines": index(custom_pipelines="evil/pipeline"),
    "custom_pipeline": index(custom_pipeline="evil"),
    "_attn_implementation": config("text_encoder/config.json", _attn_implementation="evil/kernel"),
    "_attn_implementation_internal": config("text_encoder/config.json", _attn_implementation_internal="evil/kernel"),
    "attn_implementation": config("text_encoder/config.json", text_config={"attn_implementation": "evil/kernel"}),
    "pipeline class from a file": index(_class_name=["pipeline", "Evil"]),
    "os.system": index(unet=["os", "system"]),
    "own library": index(unet=["modeling", "UNet2DConditionModel"]),
    "library with a path": index(vae=["../../evil", "AutoencoderKL"]),
    "class of another library": index(text_encoder=["diffusers", "CLIPTextModel"]),
    "unknown component": index(helper=["os", "system"]),
    "component of three": index(unet=["diffusers", "UNet2DConditionModel", "evil"]),
    "component as dictionary": index(unet={"diffusers": "UNet2DConditionModel"}),
    "shard as .bin": shards("x.bin"),
    "shard without a kind": shards(".."),
}
UNSAFE = {  # not what a model folder holds
    "pipe": lambda folder: os.mkfifo(folder / "unet/x.json"),
    "pipe as weights": lambda folder: ((folder / UNET).unlink(), os.mkfifo(folder / UNET)),
    "pipe as index": lambda folder: ((folder / "model_index.json").unlink(), os.mkfifo(folder / "model_index.json")),
    "socket": lambda folder: a_socket(folder / "unet"),
    "link to a device": link("unet/x.json", "/dev/zero"),
    "link to a file outside": link("unet/config.json", "/etc/passwd"),
    "link out and to nothing": link("unet/config.json", "../../nowhere.json"),
    "index outside": link("model_index.json", "../../nowhere.json"),
    "folder outside": folder_outside,
    "link into a hidden folder": hidden_outside,
    "too many files": many_files,
    "JSON too large": raw("unet/config.json", b"{" + b" " * inspection.MOST_TEXT + b"}"),
    "a terabyte of JSON": sparse("unet/config.json", 1 << 40),
    "tokenizer too large": sparse("tokenizer/tokenizer.json", inspection.MOST_TOKENIZER + 1),
    "JSON too deep": raw("vae/config.json", b'{"a":' * 100 + b"1" + b"}" * 100),
    "JSON without a bottom": raw("vae/config.json", b'{"a":' + b"[" * 1_000_000),
    "millions of empty lists": raw("tokenizer/tokenizer.json", b'{"a":[' + b"[]," * 5_000_000 + b"1]}"),
    "millions of dictionaries": raw("unet/config.json", b'{"a":[' + b'{"a":1},' * 600_000 + b"1]}"),
    "a long vocabulary": raw("tokenizer/vocab.json", b"{" + b",".join(b'"%x":1' % number for number in range(520_000)) + b"}"),
    "much in many files": lambda folder: [raw(f"unet/{n}.json", b'{"a":[' + b"0," * 300_000 + b"1]}")(folder) for n in range(4)],
    "shard outside": shards("../vae/diffusion_pytorch_model.safetensors"),
    "shard with a full path": shards("/etc/x.safetensors"),
    "shard with a backslash": shards("..\\x.safetensors"),
}
DAMAGED = {
    "JSON cut": raw("unet/config.json", b'{"_class_name": "UNet2D'),
    "JSON empty": raw("model_index.json", b""),
    "pipeline class missing": index(_class_name=None),
    "JSON list": raw("unet/config.json", b"[]"),
    "JSON in UTF-16": raw("unet/config.json", '{"a": 1}'.encode("utf-16")),
    "JSON binary": raw("scheduler/scheduler_config.json", bytes(range(256))),
    "number without end": raw("scheduler/scheduler_config.json", b'{"beta_start": ' + b"9" * 100_000 + b"}"),
    "key twice": raw("unet/config.json", b'{"_class_name": "UNet2DConditionModel", "_class_name": "Evil"}'),
    "weights empty": raw(UNET, b""),
    "weights of 7 bytes": raw(UNET, bytes(7)),
    "weights of zeros": raw(UNET, bytes(64)),
    "a pickle called safetensors": pickled(UNET),
    "a web page called safetensors": raw(UNET, b"<!DOCTYPE html><title>404</title>" * 10),
    "header longer than memory": length(2**63),
    "header longer than any": length(MOST_HEADER + 1),
    "header longer than the file": length(10_000),
    "header too short": length(5),
    "header no JSON": header(b"not json"),
    "header a list": header(b"[]"),
    "header in Latin-1": header(b'{"\xe9": 1}'),
    "header deep": header(b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}"),
    "tensor twice": header(b"{" + b",".join([b'"a": {"dtype": "U8", "shape": [32], "data_offsets": [0, 32]}'] * 2) + b"}"),
    "tensor no dictionary": header(b'{"a": 1}'),
    "metadata a list": header(b'{"__metadata__": []}'),
    "offsets overlap": tensor(data_offsets=[16, 24]),
    "offsets leave a gap": tensor(data_offsets=[25, 33]),
    "offsets beyond the end": tensor(data_offsets=[2**40, 2**40 + 8]),
    "offsets negative": tensor(data_offsets=[-8, 0]),
    "offsets backwards": tensor(data_offsets=[32, 24]),
    "offsets as floats": tensor(data_offsets=[24.0, 32.0]),
    "offsets as truth values": tensor(data_offsets=[True, False]),
    "one offset": tensor(data_offsets=[24]),
    "shape larger than its data": tensor(shape=[5]),
    "shape smaller than its data": tensor(shape=[3]),
    "shape negative": tensor(shape=[-2, -2]),
    "shape overflowing": tensor(shape=[2**33, 2**33]),
    "shape of words": tensor(shape=["4"]),
    "shape as a number": tensor(shape=4),
    "no shape": lambda folder: write_weights(folder / UNET, {"b": {"dtype": "U8", "data_offsets": [0, 32]}}),
    "unknown numbers": tensor(dtype="OBJECT"),
    "numbers as a list": tensor(dtype=["F32"]),
    "more than a tensor": tensor(code="evil"),
    "data cut": lambda folder: write_weights(folder / UNET, data=bytes(31)),
    "data too long": lambda folder: write_weights(folder / UNET, data=bytes(33)),
    "too many tensors": lambda folder: write_weights(
        folder / UNET, {str(number): {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]} for number in range(MOST_TENSORS + 1)}, data=b""
    ),
    "index of shards without a map": lambda folder: write_json(folder / f"{UNET}.index.json", {"weight_map": []}),
}
INCOMPLETE = {
    **{f"no {file}": (lambda folder, file=file: (folder / file).unlink()) for file in ("model_index.json", *CONFIGS, *WEIGHTS)},
    "no merges": lambda folder: (folder / "tokenizer/merges.txt").unlink(),
    "folder in place of a file": lambda folder: ((folder / UNET).unlink(), (folder / UNET).mkdir()),
    "no UNet folder": lambda folder: shutil.rmtree(folder / "unet"),
    "empty folder": lambda folder: [shutil.rmtree(folder), folder.mkdir()],
    "component without class": lambda folder: write_json(folder / "model_index.json", {k: v for k, v in INDEX.items() if k != "vae"}),
    "component given as null": index(vae=None),
    "shard missing": shards("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model-00002-of-00002.safetensors"),
    "link to nothing": link("unet/config.json", "gone.json"),
    "link to itself": lambda folder: link("unet/x.json", "y.json")(folder),
}
UNSUPPORTED = {
    "another family": index(_class_name="StableVideoDiffusionPipeline"),
    "class with a path": index(_class_name="../../evil"),
    "class without a name": index(_class_name="\u202e\n" * 1000),
    "another UNet": index(unet=["diffusers", "UNetMotionModel"]),
    "a class that is a function": index(vae=["diffusers", "load_image"]),
    "class as a number": index(scheduler=["diffusers", 7]),
    "UNet that says otherwise": config("unet/config.json", _class_name="UNet1DModel"),
    "T5 text encoder": config("text_encoder/config.json", model_type="t5"),
}
KITS = [
    pytest.param(change, error, id=f"{error.__name__}: {name}")
    for error, kits in (
        (ModelRefused, REFUSED),
        (ModelUnsafe, UNSAFE),
        (ModelFileDamaged, DAMAGED),
        (ModelIncomplete, INCOMPLETE),
        (ModelUnsupported, UNSUPPORTED),
    )
    for name, change in kits.items()
]


@pytest.mark.slow
@pytest.mark.parametrize(("change", "error"), KITS)
def test_a_hostile_folder_is_refused_in_one_sentence(folder: Path, change: Change, error: type[SafelightError]) -> None:
    change(folder)
    with pytest.raises(error) as raised:
        inspection.inspect(folder)
    assert type(raised.value) is error
    assert not (folder.parent / "canary").exists()
    sentence = str(raised.value)
    assert "\n" not in sentence
    assert str(folder.parent) not in sentence  # short names, no whole paths
    assert len(sentence) < 300


@pytest.mark.slow
@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_what_is_never_read_is_no_reason(folder: Path, change: Change) -> None:
    change(folder)
    inspection.inspect(folder)
    assert not (folder.parent / "canary").exists()


def test_a_whole_clone_is_loaded_without_running_anything_in_it(tmp_path: Path) -> None:
    import torch

    from desktop.diffusion.device import Device
    from desktop.diffusion.loader import load
    from tests import tiny

    folder = tiny.save_folder(tmp_path / "clone")
    for name in ("unet/diffusion_pytorch_model.bin", "text_encoder/pytorch_model.bin", "model.ckpt", "vae/model.pt"):
        pickled(name)(folder)
    for name in ("pipeline.py", "unet/modeling.py", "tokenizer/tokenization_clip.py"):
        program(name)(folder)
    inspection.inspect(folder)
    load(folder, Device("cpu", "", torch.float32))
    assert not (tmp_path / "canary").exists()


def test_channels_that_do_not_fit_are_named(folder: Path) -> None:
    config("unet/config.json", in_channels=9, out_channels=4)(folder)
    with pytest.raises(ModelForEditing, match="9 channels instead of 4"):
        inspection.inspect(folder)
    config("unet/config.json", in_channels=4)(folder)
    config("vae/config.json", latent_channels=16)(folder)
    with pytest.raises(ModelChannelsDiffer, match="4 latent channels, its autoencoder 16"):
        inspection.inspect(folder)


def test_a_folder_around_a_model_says_which_one_to_open(tmp_path: Path) -> None:
    model_folder(tmp_path / "models/dreamy")
    with pytest.raises(ModelElsewhere, match="there is one in dreamy"):
        inspection.inspect(tmp_path / "models")
    for name in "abc":
        model_folder(tmp_path / "models" / name)
    with pytest.raises(ModelsElsewhere, match="a, b, c, …"):
        inspection.inspect(tmp_path / "models")
    with pytest.raises(ModelElsewhere, match="there is one in dreamy"):
        inspection.inspect(tmp_path / "models/dreamy/unet")


def test_a_folder_with_a_single_file_says_to_open_the_file(tmp_path: Path) -> None:
    (tmp_path / "dreamy.ckpt").touch()
    (tmp_path / "dreamy.yaml").touch()
    with pytest.raises(ModelRefused, match=r"dreamy\.ckpt could run a program"):
        inspection.inspect(tmp_path)
    (tmp_path / "dreamy.safetensors").touch()
    with pytest.raises(ModelSingleFile, match=r"holds dreamy\.safetensors\. Open that file"):
        inspection.inspect(tmp_path)


def test_a_folder_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        inspection.inspect(tmp_path / "gone")
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(ModelMissing):
        inspection.inspect(tmp_path / "circle")


def test_a_link_in_a_circle_is_no_file(folder: Path) -> None:
    link("unet/x.json", "x.json")(folder)
    with pytest.raises(ModelDamaged):
        inspection.inspect(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_named(folder: Path) -> None:
    (folder / "unet/config.json").chmod(0)
    with pytest.raises(ModelFileDamaged, match=r"unet/config\.json"):
        inspection.inspect(folder)


def test_the_starter_passes_with_its_preview_decoder_and_vocabulary(tmp_path: Path) -> None:
    folder = shutil.copytree(STARTER, tmp_path / "starter")
    write_json(folder / "preview_decoder/config.json", {"channels": 48})
    write_weights(folder / "preview_decoder/diffusion_pytorch_model.safetensors")
    write_json(folder / "vocabulary.json", {"en": ["mouse"], "zh": ["老鼠"]})
    inspection.inspect(folder)


@pytest.mark.parametrize("hurt", [raw("preview_decoder/config.json", b"{"), raw("preview_decoder/model.safetensors", b"cut")])
def test_a_model_with_a_damaged_preview_decoder_can_be_used(folder: Path, hurt: Change) -> None:
    write_json(folder / "preview_decoder/config.json", {})
    hurt(folder)
    inspection.inspect(folder)


def test_what_people_have_beside_a_model_does_no_harm(folder: Path) -> None:
    for name in ("LICENSE", "README.md", ".gitattributes", "sample.png", "unet/.DS_Store"):
        (folder / name).touch()
    for name in (".git/objects/pack", ".cache/huggingface/download"):
        (folder / name).mkdir(parents=True)
        (folder / name / "x.bin").touch()
    inspection.inspect(folder)


def test_a_safety_checker_may_be_named(folder: Path) -> None:
    index(safety_checker=["stable_diffusion", "StableDiffusionSafetyChecker"], feature_extractor=["transformers", "CLIPImageProcessor"])(
        folder
    )
    inspection.inspect(folder)


@pytest.mark.parametrize("variant", ["", ".fp16"])
def test_weights_in_shards_pass(folder: Path, variant: str) -> None:
    (folder / UNET).unlink()
    names = [f"diffusion_pytorch_model{variant}-0000{number}-of-00002.safetensors" for number in (1, 2)]
    for name in names:
        write_weights(folder / "unet" / name)
    write_json(folder / f"{UNET}.index{variant}.json", {"weight_map": {"a": names[0], "b": names[1]}})
    inspection.inspect(folder)
    (folder / "unet" / names[1]).unlink()
    with pytest.raises(ModelIncomplete):
        inspection.inspect(folder)


def test_weights_in_half_precision_pass(folder: Path) -> None:
    (folder / UNET).rename(folder / "unet/diffusion_pytorch_model.fp16.safetensors")
    inspection.inspect(folder)


def test_links_that_stay_inside_pass(folder: Path) -> None:
    (folder / UNET).rename(folder / "shared.safetensors")
    (folder / UNET).symlink_to("../shared.safetensors")
    (folder / "vae").rename(folder / "vae_in_half_precision")
    (folder / "vae").symlink_to("vae_in_half_precision")
    inspection.inspect(folder)


def hugging_face_cache(root: Path) -> Path:
    """`folder` as `huggingface_hub` keeps it: files in blobs/, a snapshot of links."""
    repository = root / "models--somebody--tiny-model"
    snapshot = repository / "snapshots/0123abcd"
    plain = model_folder(root / "plain")
    (repository / "blobs").mkdir(parents=True)
    for number, file in enumerate(sorted(path for path in plain.rglob("*") if path.is_file())):
        blob = repository / f"blobs/{number:040x}"
        file.rename(blob)
        there = snapshot / file.relative_to(plain)
        there.parent.mkdir(parents=True, exist_ok=True)
        there.symlink_to(os.path.relpath(blob, there.parent))
    return snapshot


def test_a_hugging_face_cache_passes(tmp_path: Path) -> None:
    inspection.inspect(hugging_face_cache(tmp_path))


def test_a_whole_cache_entry_means_its_snapshot(tmp_path: Path) -> None:
    snapshot = hugging_face_cache(tmp_path)
    root = snapshot.parent.parent
    assert inspection.resolved(root) == inspection.resolved(snapshot) == snapshot
    other = shutil.copytree(snapshot, snapshot.parent / "4567", symlinks=True)
    assert inspection.resolved(root) == root
    with pytest.raises(ModelsElsewhere, match="snapshots/0123abcd, snapshots/4567"):
        inspection.inspect(root)
    (root / "refs").mkdir()
    (root / "refs/main").write_text("4567")
    assert inspection.resolved(root) == other
    (root / "refs/main").write_text("../../..")
    assert inspection.resolved(root) == root


def test_a_hugging_face_cache_may_not_point_at_another_models_files(tmp_path: Path) -> None:
    snapshot = hugging_face_cache(tmp_path)
    other = tmp_path / "models--other--model/blobs"
    other.mkdir(parents=True)
    write_weights(other / "abc")
    link(UNET, "../../../../models--other--model/blobs/abc")(snapshot)
    with pytest.raises(ModelUnsafe):
        inspection.inspect(snapshot)


@pytest.mark.slow
def test_weights_cut_at_any_byte_are_found(folder: Path) -> None:
    whole = (folder / UNET).read_bytes()
    for size in range(len(whole)):
        (folder / UNET).write_bytes(whole[:size])
        with pytest.raises(ModelFileDamaged):
            inspection.inspect(folder)


@pytest.mark.slow
def test_any_flipped_bit_gives_one_of_our_errors_or_none(folder: Path) -> None:
    dice = random.Random(7)
    files = [folder / file for file in ("model_index.json", *CONFIGS, *WEIGHTS)]
    refused = 0
    for _ in range(250):
        file = dice.choice(files)
        whole = file.read_bytes()
        hurt = bytearray(whole)
        for _ in range(dice.randint(1, 3)):
            hurt[dice.randrange(min(len(hurt), 200))] ^= 1 << dice.randrange(8)
        file.write_bytes(hurt)
        try:
            inspection.inspect(folder)
        except SafelightError:
            refused += 1
        file.write_bytes(whole)
    assert refused > 80


def test_the_fingerprint_is_that_of_what_the_picture_depends_on(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache/fingerprints.json"
    first = inspection.fingerprint(folder, cache)
    (folder / "README.md").write_text("Changed.")
    assert inspection.fingerprint(folder, cache) == first
    shutil.copytree(folder, tmp_path / "copy")
    assert inspection.fingerprint(tmp_path / "copy", cache) == first
    write_weights(folder / UNET, data=bytes(31) + b"\1")
    os.utime(folder / UNET, ns=(1, 1))
    changed = inspection.fingerprint(folder, cache)
    assert changed != first
    (folder / UNET).rename(folder / "unet/renamed.safetensors")
    assert inspection.fingerprint(folder, cache) not in (first, changed)


def test_what_no_picture_depends_on_does_not_change_the_fingerprint(folder: Path, tmp_path: Path) -> None:
    """A run that was paused before a new preview decoder was added can be resumed."""
    first = inspection.fingerprint(folder, tmp_path / "fingerprints.json")
    write_json(folder / "preview_decoder/config.json", {"channels": 48})
    write_weights(folder / "preview_decoder/model.safetensors")
    write_json(folder / "vocabulary.json", {"en": ["mouse"], "zh": ["老鼠"]})
    write_weights(folder / "safety_checker/model.safetensors")
    assert inspection.fingerprint(folder, tmp_path / "fingerprints.json") == first
    change_json(folder / "scheduler/scheduler_config.json", beta_end=0.02)
    assert inspection.fingerprint(folder, tmp_path / "fingerprints.json") != first


def test_known_files_are_not_read_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache/fingerprints.json"
    first = inspection.fingerprint(folder, cache)
    hashed = []
    digest = inspection.hashlib.file_digest
    monkeypatch.setattr(inspection.hashlib, "file_digest", lambda stream, kind: hashed.append(stream.name) or digest(stream, kind))
    assert inspection.fingerprint(folder, cache) == first
    assert hashed == []
    os.utime(folder / UNET, ns=(5, 5))
    assert inspection.fingerprint(folder, cache) == first
    assert hashed == [str(folder / UNET)]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"a": 1}', b'{"a": [1, 2, 3]}', b"\xff", b"[" * 100_000])
def test_a_damaged_memory_of_hashes_only_costs_time(folder: Path, tmp_path: Path, content: bytes) -> None:
    cache = tmp_path / "fingerprints.json"
    first = inspection.fingerprint(folder, cache)
    cache.write_bytes(content)
    assert inspection.fingerprint(folder, cache) == first


def test_a_memory_of_hashes_that_cannot_be_written_is_done_without(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert inspection.fingerprint(folder, tmp_path / "file/fingerprints.json") == inspection.fingerprint(folder, tmp_path / "f.json")
