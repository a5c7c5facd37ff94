"""Pictures as other programs write them, with Pillow, from the sources that the modules of `library/foreign` name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

FORGE = """\
a fox, <lora:ink:0.7>, (snow:1.3)
Negative prompt: blurry
Steps: 24, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 77, Size: 512x640, Model hash: 6ce0161689, \
Model: dreamy, Denoising strength: 0.4, Clip skip: 2, Hires upscale: 2, Hires upscaler: Latent, Lora hashes: "ink: 32fb5c9a5d2c", \
ControlNet 0: "Module: canny, Model: control_canny [d14c016b], Weight: 1", Version: f2.0.1v1.10.1"""

KRITA = """\
a fox <lora:ink:0.7>
Negative prompt: blurry
Steps: 20, Sampler: Default - DPM++ 2M, CFG scale: 7.0, Seed: 77, Size: 512x640, Model hash: unknown, Model: dreamy.safetensors, \
Denoising strength: 0.8"""

SDCPP = """\
a fox
Negative prompt: blurry
Steps: 24, CFG scale: 6.500000, Guidance: 3.500000, Eta: 0.000000, Seed: 77, Size: 512x640, Model: dreamy.safetensors, RNG: cuda, \
Sampler: dpm++2m karras, Version: stable-diffusion.cpp, SDCPP: {"schema":"sdcpp.image.params/v1","seed":1,"sampling":{"steps":99}}"""

STABILITY_MATRIX = """\
a fox
Negative prompt: blurry
Steps: 24, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 77, Size: 512x640, Model hash: b899d188a1ac7356bfb9399b, Model: dreamy"""

FOOOCUS_A1111 = """\
cinematic still a fox . emotional
Negative prompt: anime, blurry
Steps: 24, Sampler: DPM++ 2M SDE Karras, Seed: 77, Size: 512x640, CFG scale: 6.5, Sharpness: 2, ADM Guidance: "(1.5, 0.8, 0.3)", \
Model: dreamy, Model hash: 6ce0161689, Performance: Speed, Scheduler: karras, VAE: Default (model), Raw prompt: a fox, \
Raw negative prompt: blurry, Version: Fooocus v2.5.5"""

COMFYUI: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 77,
            "steps": 24,
            "cfg": 6.5,
            "sampler_name": "dpmpp_2m",
            "scheduler": "karras",
            "denoise": 1.0,
            "model": ["10", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd15\\dreamy.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 640, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["11", 0], "clip": ["10", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["10", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "ComfyUI", "images": ["8", 0]}},
    "10": {
        "class_type": "LoraLoader",
        "inputs": {"lora_name": "ink.safetensors", "strength_model": 0.7, "strength_clip": 1, "model": ["4", 0], "clip": ["4", 1]},
    },
    "11": {"class_type": "PrimitiveStringMultiline", "inputs": {"value": "a fox"}},
}

INVOKEAI = {
    "generation_mode": "txt2img",
    "positive_prompt": "a fox, (snow)1.3",
    "negative_prompt": "blurry",
    "width": 512,
    "height": 640,
    "seed": 77,
    "rand_device": "cpu",
    "cfg_scale": 6.5,
    "steps": 24,
    "scheduler": "dpmpp_2m_k",
    "model": {"key": "1", "hash": "blake3:00", "name": "dreamy", "base": "sd-1", "type": "main"},
    "loras": [{"model": {"key": "2", "hash": "blake3:00", "name": "ink", "base": "sd-1", "type": "lora"}, "weight": 0.7}],
    "app_version": "5.4.0",
}

INVOKEAI_2 = {
    "model": "stable diffusion",
    "model_weights": "dreamy",
    "model_hash": "cc6cb27103417325ff94f52b7a5d2dde45a7515b25c255d8e396c90014281516",
    "app_version": "2.3.5",
    "image": {
        "prompt": [{"prompt": "a fox [blurry]", "weight": 1.0}],
        "steps": 24,
        "cfg_scale": 6.5,
        "width": 512,
        "height": 640,
        "seed": 77,
        "sampler": "k_euler_a",
        "type": "txt2img",
    },
}

SWARMUI = {
    "sui_image_params": {
        "prompt": "a fox <lora:ink:0.7>",
        "negativeprompt": "blurry",
        "model": "SD1/dreamy",
        "images": 1,
        "seed": 77,
        "steps": "24",
        "cfgscale": 6.5,
        "aspectratio": "Custom",
        "width": 512,
        "height": 640,
        "sampler": "dpmpp_2m",
        "scheduler": "karras",
        "refinermodel": "finer",
        "refinercontrolpercentage": 0.2,
        "swarm_version": "0.9.6.0",
    },
    "sui_extra_data": {"date": "2026-01-01"},
}

FOOOCUS = {
    "adm_guidance": "(1.5, 0.8, 0.3)",
    "base_model": "dreamy",
    "base_model_hash": "6ce0161689",
    "full_negative_prompt": ["blurry"],
    "full_prompt": ["cinematic still a fox . emotional"],
    "guidance_scale": 6.5,
    "loras": [["ink", 0.7, "32fb5c9a5d"]],
    "metadata_scheme": "fooocus",
    "negative_prompt": "blurry",
    "performance": "Speed",
    "prompt": "a fox",
    "refiner_model": "None",
    "resolution": "(512, 640)",
    "sampler": "dpmpp_2m",
    "scheduler": "karras",
    "seed": "77",
    "sharpness": 2.0,
    "steps": 24,
    "styles": "['Fooocus V2', 'Fooocus Sharp']",
    "vae": "Default (model)",
    "version": "Fooocus v2.5.5",
}

PARAMETERS_JSON = {
    "PositivePrompt": "a fox",
    "NegativePrompt": "blurry",
    "Steps": 24,
    "Sampler": "DPM++ 2M Karras",
    "CfgScale": 6.5,
    "Seed": 77,
    "Width": 512,
    "Height": 640,
    "ModelName": "dreamy",
    "ModelHash": "b899d188a1ac7356",
}


def _picture() -> Image.Image:
    return Image.new("RGB", (64, 64), (200, 120, 40))


def png(**texts: str | dict[str, Any]) -> Callable[[Path], Path]:
    """Writes a PNG with text chunks, as `Image.save` of these programs does; "__" in a keyword stands for "-"."""

    def write(folder: Path) -> Path:
        chunks = PngInfo()
        for keyword, text in texts.items():
            chunks.add_text(keyword.replace("__", "-"), text if isinstance(text, str) else json.dumps(text))
        _picture().save(folder / "a.png", pnginfo=chunks)
        return folder / "a.png"

    return write


def exif(name: str, tags: dict[int, Any], comment: bytes | None = None) -> Callable[[Path], Path]:
    """Writes a JPEG or WebP with EXIF entries in the first directory, and a UserComment in the EXIF directory."""

    def write(folder: Path) -> Path:
        block = Image.Exif()
        for tag, value in tags.items():
            block[tag] = value
        if comment is not None:
            block.get_ifd(0x8769)[0x9286] = comment
        _picture().save(folder / name, exif=block)
        return folder / name

    return write


def with_sidecar(suffix: str, text: str | bytes) -> Callable[[Path], Path]:
    """Writes a PNG without texts, and a file beside it."""

    def write(folder: Path) -> Path:
        _picture().save(folder / "a.png")
        (folder / f"a{suffix}").write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder / "a.png"

    return write


def with_comment(text: str) -> Callable[[Path], Path]:
    """Writes a JPEG as stable-diffusion.cpp does: the text in a comment."""

    def write(folder: Path) -> Path:
        _picture().save(folder / "a.jpg", comment=b"parameters\0" + text.encode() + b"\0")
        return folder / "a.jpg"

    return write


def with_xmp(text: str) -> Callable[[Path], Path]:
    """Writes a WebP as stable-diffusion.cpp does: the text in XMP."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        f'xmlns:sdcpp="https://github.com/leejet/stable-diffusion.cpp/ns/1.0/"><sdcpp:parameters>{escaped}</sdcpp:parameters>'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )

    def write(folder: Path) -> Path:
        _picture().save(folder / "a.webp", xmp=packet.encode())
        return folder / "a.webp"

    return write


UNICODE = b"UNICODE\0"
# By a name for the test: how the picture is written, and the program that wrote it.
PICTURES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "Forge, PNG": (png(parameters=FORGE), "Forge"),
    "Forge, JPEG, big-endian": (exif("a.jpg", {}, UNICODE + FORGE.encode("utf-16-be")), "Forge"),
    "Forge, WebP, little-endian": (exif("a.webp", {}, UNICODE + FORGE.encode("utf-16-le")), "Forge"),
    "Forge, JPEG, ASCII": (exif("a.jpg", {}, b"ASCII\0\0\0" + FORGE.encode()), "Forge"),
    "Forge, JPEG, UTF-8": (exif("a.jpg", {}, FORGE.encode()), "Forge"),
    "Forge, text file": (with_sidecar(".txt", FORGE + "\n"), "Forge"),
    "Forge, text file in UTF-16": (with_sidecar(".txt", FORGE.encode("utf-16")), "Forge"),
    "ComfyUI, PNG": (png(prompt=COMFYUI, workflow={"nodes": []}), "ComfyUI"),
    "ComfyUI, WebP": (exif("a.webp", {0x0110: f"prompt:{json.dumps(COMFYUI)}", 0x010F: "workflow:{}"}), "ComfyUI"),
    "InvokeAI, PNG": (png(invokeai_metadata=INVOKEAI), "InvokeAI"),
    "InvokeAI, JSON file": (with_sidecar(".json", json.dumps(INVOKEAI)), "InvokeAI"),
    "InvokeAI 2, PNG": (png(sd__metadata=INVOKEAI_2, Dream='"a fox [blurry]" -s 24'), "InvokeAI"),
    "InvokeAI 1, PNG": (png(Dream='"a fox [blurry]" -s 24 -S 77 -W 512 -H 640 -C 6.5 -A k_euler_a -G 0.8'), "InvokeAI"),
    "SwarmUI, PNG": (png(parameters=SWARMUI), "SwarmUI"),
    "SwarmUI, JPEG": (exif("a.jpg", {}, UNICODE + json.dumps(SWARMUI).encode("utf-16-le")), "SwarmUI"),
    "SwarmUI, JSON file": (with_sidecar(".swarm.json", json.dumps(SWARMUI, indent=2)), "SwarmUI"),
    "Fooocus, PNG": (png(parameters=FOOOCUS, fooocus_scheme="fooocus"), "Fooocus"),
    "Fooocus, JPEG": (exif("a.jpg", {0x9286: json.dumps(FOOOCUS), 0x927C: "fooocus"}), "Fooocus"),
    "Fooocus, PNG, A1111": (png(parameters=FOOOCUS_A1111, fooocus_scheme="a1111"), "Fooocus"),
    "Stability Matrix, PNG": (png(parameters=STABILITY_MATRIX, parameters__json=PARAMETERS_JSON, smproj="{}"), "Stability Matrix"),
    "Stability Matrix, WebP": (exif("a.webp", {0x010E: json.dumps(PARAMETERS_JSON), 0x0131: "{}"}), "Stability Matrix"),
    "krita, PNG": (png(parameters=KRITA), "Krita AI Diffusion"),
    "sd.cpp, PNG": (png(parameters=SDCPP), "stable-diffusion.cpp"),
    "sd.cpp, JPEG": (with_comment(SDCPP), "stable-diffusion.cpp"),
    "sd.cpp, WebP": (with_xmp(SDCPP), "stable-diffusion.cpp"),
}
