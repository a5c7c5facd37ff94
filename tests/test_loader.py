import json
import shutil

import diffusers
import pytest
import torch
from safetensors.torch import load_file, save_file

from desktop.diffusion.device import Device
from desktop.diffusion.loader import load
from desktop.errors import ModelDamaged, ModelForEditing, ModelIncomplete, ModelUnsupported
from tests import tiny
from tests.engine_runs import weight_bytes

CPU = Device("cpu", "", torch.float32)
WEIGHTS = {"unet": "diffusion_pytorch_model.safetensors", "vae": "diffusion_pytorch_model.safetensors", "text_encoder": "model.safetensors"}


@pytest.fixture
def folder(model, tmp_path):
    return shutil.copytree(model, tmp_path / "model")


def pictures(pipeline) -> torch.Tensor:
    call = {"num_inference_steps": 2, "generator": torch.Generator().manual_seed(1), "height": 64, "width": 64, "output_type": "pt"}
    return pipeline("a cat", **call).images


@pytest.mark.slow
@pytest.mark.parametrize("autoencoder", ["kl", "tiny"])
def test_a_folder_becomes_the_stock_pipeline(tmp_path, capfd, autoencoder):
    folder = tiny.save_folder(tmp_path / "model", autoencoder=autoencoder)
    pipeline = load(folder, CPU)
    assert type(pipeline) is diffusers.StableDiffusionPipeline
    assert torch.equal(pictures(pipeline), pictures(tiny.pipeline(autoencoder=autoencoder)))
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_the_precision_is_the_devices(folder):
    pipeline = load(folder, Device("cpu", "", torch.bfloat16))
    assert {pipeline.unet.dtype, pipeline.vae.dtype, pipeline.text_encoder.dtype} == {torch.bfloat16}


def test_a_pipeline_that_makes_numpy_pictures_is_loaded_in_float32(tmp_path):
    tiny.ddpm().pipeline.save_pretrained(tmp_path / "model")
    pipeline = load(tmp_path / "model", Device("cpu", "", torch.bfloat16))
    assert pipeline(num_inference_steps=1, output_type="np").images.shape == (1, 16, 16, 3)
    assert weight_bytes(tmp_path / "model", torch.bfloat16) == weight_bytes(tmp_path / "model", torch.float32)


def test_half_precision_files_do_where_there_are_no_others(folder):
    numbers = weight_bytes(folder, torch.float32)
    for part, name in WEIGHTS.items():
        half = {key: weight.half() for key, weight in load_file(folder / part / name).items()}
        save_file(half, folder / part / name.replace(".safetensors", ".fp16.safetensors"), {"format": "pt"})
        (folder / part / name).unlink()
    pipeline = load(folder, CPU)
    assert pipeline.unet.dtype == torch.float32
    assert weight_bytes(folder, torch.float32) == numbers
    assert pictures(pipeline).isfinite().all()


def test_weights_are_counted_in_the_precision_they_will_have(folder):
    pipeline = load(folder, CPU)
    parameters = sum(part.num_parameters() for part in (pipeline.unet, pipeline.vae, pipeline.text_encoder))
    assert weight_bytes(folder, torch.float32) == pytest.approx(4 * parameters, rel=0.01)
    assert weight_bytes(folder, torch.bfloat16) == pytest.approx(2 * parameters, rel=0.01)


def test_weights_that_are_not_loaded_are_not_counted(folder):
    counted = weight_bytes(folder, torch.float32)
    for name in ("diffusion_pytorch_model.non_ema.safetensors", "other.safetensors"):
        shutil.copy(folder / "unet" / WEIGHTS["unet"], folder / "unet" / name)
    assert weight_bytes(folder, torch.float32) == counted


@pytest.mark.slow
def test_low_bits_do_not_depend_on_where_the_weights_lie_in_their_file(folder):
    """A mapped file gives addresses that kernels treat differently from those of tensors that torch has allocated."""
    expected = pictures(tiny.pipeline())
    for length in range(1, 60, 8):
        for part, name in WEIGHTS.items():
            weights = load_file(folder / part / name)
            save_file({key: weight.clone() for key, weight in weights.items()}, folder / part / name, {"format": "pt", "x": "x" * length})
        pipeline = load(folder, CPU)
        networks = (pipeline.unet, pipeline.vae, pipeline.text_encoder)
        tensors = [tensor for network in networks for tensor in (*network.parameters(), *network.buffers())]
        assert not [tensor for tensor in tensors if tensor.data_ptr() % 64]
        assert torch.equal(pictures(pipeline), expected)


@pytest.mark.parametrize(
    ("changes", "error"), [({"in_channels": 9}, ModelForEditing), ({"in_channels": 8, "out_channels": 8}, ModelDamaged)]
)
def test_a_denoiser_that_does_not_fit_the_autoencoder_is_named(folder, changes, error):
    config = folder / "unet" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | changes))
    with pytest.raises(error, match=f"{changes['in_channels']} (latent )?channels"):
        load(folder, CPU)


def test_a_tokenizer_without_a_limit_gets_the_text_encoders(folder):
    config = folder / "tokenizer" / "tokenizer_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"model_max_length": 10**30}))
    assert load(folder, CPU).tokenizer.model_max_length == tiny.TOKENS


@pytest.mark.parametrize("part", WEIGHTS)
def test_weights_that_are_not_there_are_named(folder, part):
    (folder / part / WEIGHTS[part]).unlink()
    with pytest.raises(ModelIncomplete, match=part):
        load(folder, CPU)


@pytest.mark.slow
@pytest.mark.parametrize("part", WEIGHTS)
def test_a_tensor_that_is_missing_is_not_made_up(folder, part):
    file = folder / part / WEIGHTS[part]
    weights = load_file(file)
    del weights[sorted(weights)[0]]
    save_file(weights, file, {"format": "pt"})
    with pytest.raises(ModelIncomplete, match=part):
        load(folder, CPU)


@pytest.mark.slow
@pytest.mark.parametrize("part", WEIGHTS)
def test_weights_of_another_shape_are_damage(folder, part):
    file = folder / part / WEIGHTS[part]
    weights = load_file(file)
    weights[sorted(weights)[0]] = torch.zeros(3, 5)
    save_file(weights, file, {"format": "pt"})
    with pytest.raises(ModelDamaged):
        load(folder, CPU)


@pytest.mark.slow
@pytest.mark.parametrize(
    "file",
    [
        "unet/config.json",
        "vae/diffusion_pytorch_model.safetensors",
        "tokenizer/tokenizer.json",
        "scheduler/scheduler_config.json",
        "model_index.json",
    ],
)
def test_a_file_that_is_cut_is_damage(folder, file):
    (folder / file).write_bytes((folder / file).read_bytes()[:20])
    with pytest.raises(ModelDamaged):
        load(folder, CPU)


def test_other_pipelines_are_not_run(folder):
    index = folder / "model_index.json"
    index.write_text(index.read_text().replace("StableDiffusionPipeline", "StableVideoDiffusionPipeline"))
    with pytest.raises(ModelUnsupported, match="StableVideoDiffusionPipeline"):
        load(folder, CPU)


def test_a_missing_part_is_named(folder):
    shutil.rmtree(folder / "scheduler")
    with pytest.raises(ModelIncomplete, match="scheduler"):
        load(folder, CPU)
