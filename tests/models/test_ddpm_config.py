"""The diffusion model's config and file: wrong ones are refused by name, good ones come back as they were."""

from __future__ import annotations

import dataclasses
import math
import tracemalloc

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from latentlab.engine.files.checkpoint import ModelCard, load_model, save_model
from latentlab.errors import LabError
from latentlab.models.base import (
    Conditional,
    Decodes,
    Denoises,
    Encodes,
    Trains,
    TrainsByDenoising,
    parse_config,
)
from latentlab.models.ddpm.model import DDPM, DDPMConfig
from latentlab.models.registry import KINDS, build, count_parameters, registered
from tests.models.test_ddpm import NAMES, SHAPE, config, make_ddpm, seeded


def test_that_it_can_do_what_it_says():
    model = make_ddpm(condition_names=NAMES, exclusive=False)
    for protocol in (Denoises, TrainsByDenoising, Conditional):
        assert isinstance(model, protocol)
    for protocol in (Encodes, Decodes, Trains):
        assert not isinstance(model, protocol)
    assert model.picture_shape == SHAPE
    assert model.condition_names == NAMES
    assert not model.exclusive


def test_that_it_comes_back_from_its_file_as_it_was(tmp_path):
    fields = dataclasses.asdict(config(condition_names=NAMES, exclusive=False, schedule="sigmoid", steps=50))
    model = build("ddpm", fields).eval()
    for weight in model.parameters():
        nn.init.normal_(weight, std=0.1)
    path = save_model(tmp_path / "d.safetensors", model, ModelCard("ddpm", fields, {"name": "toy"}))
    loaded = load_model(path)
    assert isinstance(loaded.model, DDPM)
    assert loaded.model.config == model.config
    assert not loaded.model.training
    assert torch.equal(loaded.model.schedule.alpha_bar, model.schedule.alpha_bar)
    x_t, y = torch.randn(2, *SHAPE, generator=seeded()), torch.tensor([1.0, 0.0, 1.0])
    assert torch.equal(loaded.model.denoise(x_t, 20, y, 2.0).x_0, model.denoise(x_t, 20, y, 2.0).x_0)
    assert count_parameters(KINDS["ddpm"], model.config) == sum(
        weight.numel() for weight in model.parameters()
    )


def test_that_its_schedule_is_no_part_of_the_weights():
    assert all(name.startswith("net.") for name in make_ddpm().state_dict())


BAD = {
    "unknown field": ({"width": 8}, "'width' is unknown.*widths"),
    "rank 2": ({"shape": [28, 28]}, r"'shape' has 2 numbers, expected C, H, W"),
    "no channels": ({"shape": [0, 28, 28]}, r"'shape \(channels\)' is 0, expected 1 to 4"),
    "tiny side": ({"shape": [1, 28, 3]}, r"'shape \(sides\)' is 3, expected 4 to 256"),
    "no patch": ({"patch": 0}, "'patch' is 0, expected 1 to 8"),
    "large patch": ({"patch": 9}, "'patch' is 9, expected 1 to 8"),
    "no levels": ({"widths": []}, r"'widths \(how many\)' is 0, expected 1 to 5"),
    "many levels": ({"widths": [8] * 6}, r"'widths \(how many\)' is 6"),
    "a width that cannot be shared by groups": (
        {"widths": [16, 20]},
        "'widths' has 20, expected multiples of 8",
    ),
    "a width too small": ({"widths": [0]}, "'widths' is 0, expected 8 to 1024"),
    "a width too large": ({"widths": [2048]}, "'widths' is 2048"),
    "float for a width": ({"widths": [8.0]}, "'widths' is 8.0, expected int"),
    "no blocks": ({"blocks": 0}, "'blocks' is 0, expected 1 to 4"),
    "all dropped": ({"dropout": 1.0}, "'dropout' is 1.0, expected 0 to 0.9"),
    "NaN": ({"condition_dropout": math.nan}, "'condition_dropout' is nan, expected 0 to 1"),
    "unknown schedule": ({"schedule": "square"}, "'square'.*linear, cosine, sigmoid"),
    "few steps": ({"steps": 9}, "'steps' is 9, expected 10 to 10000"),
    "many steps": ({"steps": 10**9}, "'steps' is 1000000000, expected 10 to 10000"),
    "unknown prediction": ({"predicts": "epsilon"}, "'epsilon'.*noise, x0, v"),
    "unknown weighting": ({"weighting": "snr"}, "'snr'.*simple, min-snr"),
    "a name twice": ({"condition_names": ["a", "a"]}, "two of the classes are called 'a'"),
    "many names": (
        {"condition_names": [str(n) for n in range(1200)]},
        "1,200 classes; at most 1,000 can be used by a model",
    ),
    "number for a name": ({"condition_names": [3]}, "'condition_names' is 3, expected str"),
    "a number for a switch": ({"exclusive": 1}, "'exclusive' is 1, expected bool"),
}


@pytest.mark.parametrize(("fields", "reason"), BAD.values(), ids=BAD.keys())
def test_that_a_wrong_field_is_named(fields, reason):
    with pytest.raises(LabError, match=reason) as caught:
        build("ddpm", fields)
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


@given(
    st.sampled_from([field.name for field in dataclasses.fields(DDPMConfig)]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=200),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    ),
)
def test_that_whatever_json_holds_is_a_config_or_a_lab_error(name, value):
    try:
        assert isinstance(parse_config(DDPMConfig, {name: value}), DDPMConfig)
    except LabError as error:
        if len(str(error)) > 300:
            raise


def test_that_a_config_survives_the_way_through_plain_fields():
    given_ = config(condition_names=NAMES, schedule="linear", predicts="x0")
    as_json = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in dataclasses.asdict(given_).items()
    }
    assert parse_config(DDPMConfig, as_json) == given_


HUGE = {
    "pixels": {"shape": [1, 10**9, 10**9]},
    "levels": {"widths": [8] * 200},
    "one wide level": {"widths": [10**9]},
    "times": {"steps": 10**9},
    "wide levels": {"widths": [1024] * 5, "blocks": 4},
}


@pytest.mark.parametrize("fields", HUGE.values(), ids=HUGE.keys())
def test_that_a_huge_config_is_refused_at_once_before_anything_is_allocated(fields):
    build("ddpm", {"widths": [8]})  # what torch does but once is not ours

    def on_meta(config: DDPMConfig) -> DDPM:
        model = DDPM(config)
        assert all(parameter.is_meta for parameter in model.parameters())
        return model

    tracemalloc.start()
    try:
        with (
            registered(dataclasses.replace(KINDS["ddpm"], model=on_meta)),
            pytest.raises(LabError, match="config"),
        ):
            build("ddpm", fields)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**21
