"""Snapshots are restored exactly, store nothing twice, and contain no code."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionOutput
from diffusers.schedulers.scheduling_ddim import DDIMSchedulerOutput

from desktop.diffusion.snapshot import Snapshot, SnapshotReader, SnapshotWriter
from desktop.errors import StepNotKept

torch.set_num_threads(1)


def record(number: int = 1, **differences: Any) -> Snapshot:
    x = torch.randn(1, 4, 16, 16)
    values = {"sample": x, "output": (x * 2, x * 3), "prediction": x * 4, "generators": [torch.Generator().get_state()]}
    return Snapshot(**{"number": number, "calls": 50, "turns": 0, "noisy_scale": 1.0, "global_generator": None} | values | differences)


def back(*records: Snapshot) -> SnapshotReader:
    recorder = SnapshotWriter()
    return SnapshotReader([recorder.write(each) for each in records])


@pytest.mark.parametrize(
    "tensor",
    [
        torch.randn(3, 4),
        torch.randn(2, 2).bfloat16(),
        torch.randn(5).half(),
        torch.randn(2).double(),
        torch.tensor(1.5),
        torch.arange(7),
        torch.tensor([True, False, True]),
        torch.empty(0, 4),
        torch.randn(4, 6).T,
        torch.tensor(float("nan")),
        torch.zeros(3, dtype=torch.uint8),
    ],
    ids=lambda tensor: f"{tensor.dtype} {list(tensor.shape)}",
)
def test_every_kind_of_tensor_comes_back(tensor: torch.Tensor) -> None:
    found = back(record(scheduler={"held": tensor, "flags": torch.tensor([True])})).read(1).scheduler["held"]
    assert found.dtype == tensor.dtype
    assert torch.equal(found.nan_to_num(7), tensor.nan_to_num(7))
    assert found.shape == tensor.shape


def test_the_state_of_a_scheduler_comes_back_in_its_own_types() -> None:
    state = {
        "index": 3,
        "share": 0.1,
        "none": None,
        "flag": True,
        "name": "bh2",
        "infinite": float("inf"),
        "pair": (1, [2.5, None]),
        "by name": {"a": 1},
        "double": np.float64(0.1),
        "whole": np.int64(4),
        "array": np.arange(3.0),
    }
    found = back(record(scheduler=state)).read(1).scheduler
    assert {name: type(value) for name, value in found.items()} == {name: type(value) for name, value in state.items()}
    np.testing.assert_equal(found, state)


def test_outputs_keep_their_structure() -> None:
    x, meta = torch.randn(2, 3), torch.empty(2, 4, 8, 8, device="meta")
    output = DDIMSchedulerOutput(prev_sample=x, pred_original_sample=x + 1)
    found = back(record(output=output, denoised=[(meta,), UNet2DConditionOutput(sample=meta), [meta, [meta]]])).read(1)
    assert type(found.output) is DDIMSchedulerOutput
    assert torch.equal(found.output.prev_sample, x)
    assert torch.equal(found.x0, x + 1)
    assert type(found.denoised[1]) is UNet2DConditionOutput
    assert found.denoised[0][0].shape == found.denoised[2][1][0].shape == (2, 4, 8, 8)


def test_a_tensor_is_written_once_in_a_run() -> None:
    recorder = SnapshotWriter()
    first = recorder.write(record())
    x = torch.randn(1, 4, 16, 16)
    again = recorder.write(record(2, sample=x, output=(x.clone(),), prediction=x.clone(), scheduler={"model_outputs": [x, x.clone()]}))
    assert len(safetensors.torch.load(first)) == 5  # sample, two outputs, prediction, generator
    assert len(safetensors.torch.load(again)) == 1
    assert torch.equal(SnapshotReader([first, again]).read(2).scheduler["model_outputs"][1], x)


def test_what_is_read_is_independent() -> None:
    recording = back(record(scheduler={"one": torch.ones(2), "other": torch.ones(2)}))
    read = recording.read(1).scheduler
    read["one"] += 1
    assert torch.equal(read["other"], torch.ones(2))
    assert torch.equal(recording.read(1).scheduler["one"], torch.ones(2))


def test_a_snapshot_is_not_touched_by_what_happens_later() -> None:
    x, recorder = torch.ones(4), SnapshotWriter()
    snapshot = recorder.write(record(scheduler={"sum": x}))
    x += 1
    assert torch.equal(SnapshotReader([snapshot]).read(1).scheduler["sum"], torch.ones(4))


def test_a_step_without_the_steps_before_it_is_not_kept() -> None:
    recorder = SnapshotWriter()
    first, second = record(1), record(2)
    recorder.write(first)
    later = recorder.write(Snapshot(**{name: getattr(second, name) for name in Snapshot.__slots__} | {"sample": first.output[0]}))
    with pytest.raises(StepNotKept):
        SnapshotReader([later]).read(2)


def test_objects_of_a_scheduler_that_are_programs_are_left_out() -> None:
    found = back(record(scheduler={"noise_sampler": object(), "tau": lambda t: t, "index": 1})).read(1)
    assert found.scheduler == {"index": 1}


@pytest.mark.parametrize("kind", [["os", "system"], ["diffusers.utils", "logging"], ["diffusers.models", "UNet2DModel"]])
def test_a_snapshot_names_no_class_but_diffusers_outputs(kind: list[str]) -> None:
    snapshot = SnapshotWriter().write(record(output=DDIMSchedulerOutput(prev_sample=torch.ones(1))))
    old = json.dumps([DDIMSchedulerOutput.__module__, "DDIMSchedulerOutput"])
    forged = snapshot.replace(json.dumps(old)[1:-1].encode(), json.dumps(json.dumps(kind).ljust(len(old)))[1:-1].encode())
    size = int.from_bytes(forged[:8], "little") - (len(snapshot) - len(forged))
    with pytest.raises(StepNotKept):
        SnapshotReader([size.to_bytes(8, "little") + forged[8:]]).read(1)
