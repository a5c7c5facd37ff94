"""Model folders as people have them: what the published repositories hold, cloned whole or in part."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.errors import ModelForEditing, ModelRefused, SafelightError
from desktop.library.models import ModelLibrary
from desktop.resources import STARTER

from .kits import CONFIGS, INDEX, UNET, WEIGHTS, change_json, model_folder, write_json, write_weights
from .single import header_only

Change = Callable[[Path], object]
TEXT_ENCODER = "text_encoder/model.safetensors"


@pytest.fixture
def library(tmp_path: Path) -> ModelLibrary:
    return ModelLibrary(STARTER, [], tmp_path / "fingerprints.json")


def with_files(*names: str) -> Change:
    """Files that are never read."""

    def change(folder: Path) -> None:
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(b"\x80\x04.")

    return change


def one_after_another(*changes: Change) -> Change:
    return lambda folder: [change(folder) for change in changes]


def half(folder: Path) -> None:
    for file in WEIGHTS:
        (folder / file).rename((folder / file).with_suffix(".fp16.safetensors"))


def both(folder: Path) -> None:
    for file in WEIGHTS:
        shutil.copy(folder / file, (folder / file).with_suffix(".fp16.safetensors"))


def sharded(variant: str = "", count: int = 2) -> Change:
    def change(folder: Path) -> None:
        (folder / UNET).unlink()
        names = [f"diffusion_pytorch_model{variant}-{number:05}-of-{count:05}.safetensors" for number in range(1, count + 1)]
        for name in names:
            write_weights(folder / "unet" / name)
        write_json(folder / f"{UNET}.index{variant}.json", {"weight_map": {str(number): name for number, name in enumerate(names)}})

    return change


def pickled_only(*files: str) -> Change:
    def change(folder: Path) -> None:
        for file in files:
            (folder / file).rename((folder / file).with_suffix(".bin"))

    return change


LCM = {"_class_name": "LatentConsistencyModelPipeline", "scheduler": ["diffusers", "LCMScheduler"]}
BINS = with_files("unet/diffusion_pytorch_model.bin", "vae/diffusion_pytorch_model.bin", "text_encoder/pytorch_model.bin")
SAFETY = with_files("safety_checker/config.json", "safety_checker/model.safetensors", "safety_checker/pytorch_model.bin")
CLONE = one_after_another(
    BINS, SAFETY, with_files(".gitattributes", "README.md", "v1-inference.yaml", "feature_extractor/preprocessor_config.json")
)
GOOD: dict[str, Change] = {
    "as from_pretrained fetches it": with_files("feature_extractor/preprocessor_config.json"),
    "as the command of the README fetches it": lambda folder: None,
    "half precision only": half,
    "both precisions": both,
    "in shards": sharded(),
    "half precision in shards": sharded(".fp16"),
    "sd-turbo": lambda folder: change_json(folder / "model_index.json", scheduler=["diffusers", "EulerDiscreteScheduler"]),
    "SD 2.1": lambda folder: change_json(folder / "unet/config.json", sample_size=96, cross_attention_dim=1024),
    "without a checkpoint": with_files("images/sample.png"),
    "no block in the middle": lambda folder: change_json(folder / "unet/config.json", mid_block_type=None),
    "latent consistency weights": lambda folder: [
        change_json(folder / "model_index.json", scheduler=["diffusers", "LCMScheduler"]),
        change_json(folder / "unet/config.json", time_cond_proj_dim=256),
    ],
    "an extra VAE": lambda folder: shutil.copy(folder / UNET, folder / "vae/vae-ft-mse.safetensors"),
    "a LoRA beside": lambda folder: header_only(folder / "pytorch_lora_weights.safetensors", {"unet.x.lora_A.weight": (4, 8)}),
    "an image encoder": lambda folder: [
        change_json(folder / "model_index.json", image_encoder=["transformers", "CLIPVisionModelWithProjection"]),
        with_files("image_encoder/model.safetensors")(folder),
    ],
    "a safety checker": lambda folder: [
        change_json(folder / "model_index.json", safety_checker=["stable_diffusion", "StableDiffusionSafetyChecker"]),
        SAFETY(folder),
    ],
    "a tokenizer.json": lambda folder: write_json(folder / "tokenizer/tokenizer.json", {"model": {"vocab": {}, "merges": []}}),
    "training logs": with_files("logs/events.out.tfevents.1", "runs/x.bin", "unet/optimizer.bin"),
    "Windows and macOS": with_files("Thumbs.db", ".DS_Store", "unet/.DS_Store", "desktop.ini"),
    "ONNX, Flax and OpenVINO": with_files("unet/model.onnx", "vae/diffusion_flax_model.msgpack", "text_encoder/openvino_model.bin"),
}
CLONES: dict[str, tuple[Change, type[SafelightError] | None]] = {
    "SD 1.5": (one_after_another(CLONE, both, with_files("v1-5-pruned.ckpt", "v1-5-pruned-emaonly.safetensors")), None),
    "openjourney": (one_after_another(CLONE, with_files("mdjrny-v4.ckpt", "mdjrny-v4.safetensors")), None),
    "SD 2.1": (one_after_another(CLONE, with_files("v2-1_768-ema-pruned.ckpt", "v2-1_768-nonema-pruned.safetensors")), None),
    "sd-turbo": (one_after_another(both, with_files("sd_turbo.safetensors", "LICENSE")), None),
    "Realistic Vision": (CLONE, None),
    "Realistic Vision with its checkpoint": (one_after_another(CLONE, with_files("Realistic_Vision_V5.1.ckpt")), None),
    "LCM": (
        one_after_another(
            lambda folder: change_json(folder / "model_index.json", **LCM),
            CLONE,
            with_files("LCM_Dreamshaper_v7_4k.safetensors", "inference.py", "lcm_pipeline.py"),
        ),
        None,
    ),
    "tiny-sd": (pickled_only(UNET, "vae/diffusion_pytorch_model.safetensors", TEXT_ENCODER), ModelRefused),
    "inpainting": (lambda folder: change_json(folder / "unet/config.json", in_channels=9, out_channels=4), ModelForEditing),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_folder_opens(tmp_path: Path, library: ModelLibrary, name: str) -> None:
    GOOD[name](model_folder(tmp_path / "model"))
    assert library.open(tmp_path / "model").problem is None


@pytest.mark.parametrize("name", CLONES)
def test_a_whole_clone_opens_unless_its_weights_are_pickles(tmp_path: Path, library: ModelLibrary, name: str) -> None:
    change, error = CLONES[name]
    change(model_folder(tmp_path / "model"))
    if error is None:
        assert library.open(tmp_path / "model").problem is None
        return
    with pytest.raises(error):
        library.open(tmp_path / "model")


def test_twenty_shards_are_judged_from_their_headers(tmp_path: Path, library: ModelLibrary) -> None:
    folder = model_folder(tmp_path / "model")
    (folder / UNET).unlink()
    places = {}
    for shard in range(1, 21):
        name = f"diffusion_pytorch_model-{shard:05}-of-00020.safetensors"
        shapes = {f"transformer_blocks.{shard}.attn.{number}.weight": (3072, 3072) for number in range(100)}
        header_only(folder / "unet" / name, shapes)  # 38 GB in all
        places |= dict.fromkeys(shapes, name)
    write_json(folder / f"{UNET}.index.json", {"weight_map": places})
    assert library.open(folder).problem is None


def test_a_snapshot_of_links_opens(tmp_path: Path, library: ModelLibrary) -> None:
    plain = model_folder(tmp_path / "plain")
    repository = tmp_path / "hub/models--somebody--tiny"
    (repository / "blobs").mkdir(parents=True)
    for number, file in enumerate(["model_index.json", "tokenizer/merges.txt", *CONFIGS, *WEIGHTS]):
        (plain / file).rename(repository / f"blobs/{number:040x}")
        place = repository / "snapshots/abc" / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(repository / f"blobs/{number:040x}")
    assert library.open(repository).name == "tiny"
    assert json.loads((repository / "snapshots/abc/model_index.json").read_text()) == INDEX
