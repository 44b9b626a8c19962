"""Configs check themselves, and cost nothing until they are found good."""

from __future__ import annotations

import dataclasses
import math
import time
import tracemalloc
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.errors import LabError
from latentlab.models.base import parse_config
from latentlab.models.registry import KINDS, build, count_parameters, expected_shapes, find_kind, registered
from latentlab.models.vae.model import VAE, VAEConfig


def test_that_a_config_survives_the_way_through_plain_fields():
    config = VAEConfig(latents=3, shape=(3, 9, 8), encoder="conv", encoder_widths=(4, 5), sigma=0.2)
    fields = dataclasses.asdict(config)
    as_json = {key: list(value) if isinstance(value, tuple) else value for key, value in fields.items()}
    assert parse_config(VAEConfig, as_json) == config
    assert parse_config(VAEConfig, {}) == VAEConfig()


def test_that_a_whole_number_does_for_a_float_and_becomes_one():
    assert parse_config(VAEConfig, {"sigma": 1}).sigma == 1.0
    assert type(parse_config(VAEConfig, {"sigma": 1}).sigma) is float


BAD = {
    "unknown field": ({"latent": 2}, "'latent' is unknown.*latents"),
    "text for a number": ({"latents": "2"}, "'latents' is '2', expected int"),
    "float for an int": ({"latents": 2.0}, "'latents' is 2.0, expected int"),
    "bool for an int": ({"latents": True}, "'latents' is True, expected int"),
    "bool for a float": ({"sigma": True}, "'sigma' is True, expected float"),
    "bool in a list": ({"shape": [True, 28, 28]}, "'shape' is True, expected int"),
    "null": ({"latents": None}, "'latents' is None, expected int"),
    "number for text": ({"likelihood": 1}, "'likelihood' is 1, expected str"),
    "text for a list": ({"shape": "abc"}, "'shape' must be a short list"),
    "object for a list": ({"shape": {"0": 1}}, "'shape' must be a short list"),
    "list in a list": ({"shape": [[1], 28, 28]}, "'shape' is .*expected int"),
    "long list": ({"encoder_widths": [4] * 257}, "'encoder_widths' must be a short list"),
    "too many layers": ({"encoder_widths": [4] * 9}, r"'encoder_widths \(its length\)' is 9"),
    "no layers": ({"decoder_widths": []}, r"'decoder_widths \(its length\)' is 0"),
    "NaN": ({"sigma": math.nan}, "'sigma' is nan, expected 0.001 to 10"),
    "infinite": ({"sigma": math.inf}, "'sigma' is inf, expected"),
    "zero sigma": ({"sigma": 0.0}, "'sigma' is 0.0, expected"),
    "past all floats": ({"sigma": 10**400}, "'sigma' is 1000000.*expected float"),
    "no latents": ({"latents": 0}, "'latents' is 0, expected 1 to 256"),
    "negative": ({"latents": -2}, "'latents' is -2, expected 1 to 256"),
    "rank 2": ({"shape": [28, 28]}, "'shape' has 2 numbers, expected C, H, W"),
    "five channels": ({"shape": [5, 28, 28]}, r"'shape \(channels\)' is 5, expected 1 to 4"),
    "tiny side": ({"shape": [1, 3, 28]}, r"'shape \(sides\)' is 3, expected 4 to 256"),
    "unknown likelihood": ({"likelihood": "poisson"}, "'poisson'.*bernoulli, gaussian, categorical"),
    "unknown network": ({"encoder": "resnet"}, "'resnet'.*mlp, conv"),
    "one level": ({"levels": 1}, "'levels' is 1, expected 2 to 256"),
}


@pytest.mark.parametrize(("fields", "reason"), BAD.values(), ids=BAD.keys())
def test_that_a_wrong_field_is_named(fields, reason):
    with pytest.raises(LabError, match=reason) as caught:
        build("vae", fields)
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


@given(
    st.sampled_from([field.name for field in dataclasses.fields(VAEConfig)]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=200),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    ),
)
def test_that_whatever_json_holds_is_a_config_or_a_lab_error(name, value):
    try:
        assert isinstance(parse_config(VAEConfig, {name: value}), VAEConfig)
    except LabError as error:
        if len(str(error)) > 200:
            raise


@pytest.mark.parametrize("fields", [[], None, "config", 3])
def test_that_fields_must_be_an_object(fields):
    with pytest.raises(LabError, match="expected an object"):
        parse_config(VAEConfig, fields)


@dataclass(frozen=True)
class Needy:
    size: int
    depth: int = 1


def test_that_a_missing_field_without_a_default_is_named():
    assert parse_config(Needy, {"size": 3}) == Needy(3)
    with pytest.raises(LabError, match="'size' is missing"):
        parse_config(Needy, {"depth": 3})


def test_that_unknown_kinds_list_the_known_ones():
    with pytest.raises(LabError, match=r"'transformer'.*vae"):
        find_kind("transformer")
    with pytest.raises(LabError, match="unknown kind") as caught:
        build("x" * 10**6, {})
    assert len(str(caught.value)) < 200


HUGE = {
    "units in one layer": {"encoder_widths": [10**9]},
    "latents": {"latents": 10**9},
    "pixels": {"shape": [1, 10**9, 10**9]},
    "layers of wide layers": {
        "latents": 256,
        "shape": [4, 256, 256],
        "encoder_widths": [4096] * 8,
        "decoder_widths": [4096] * 8,
        "likelihood": "categorical",
    },
    "wide convolutions": {
        "encoder": "conv",
        "decoder": "conv",
        "encoder_widths": [4096] * 8,
        "decoder_widths": [4096] * 8,
    },
}


@pytest.mark.parametrize("fields", HUGE.values(), ids=HUGE.keys())
def test_that_a_huge_config_is_refused_at_once_before_anything_is_allocated(fields):
    build("vae", {"encoder_widths": [4], "decoder_widths": [4]})  # what torch does but once is not ours

    def on_meta(config: VAEConfig) -> VAE:
        model = VAE(config)
        assert all(parameter.is_meta for parameter in model.parameters())
        return model

    tracemalloc.start()
    seconds = []
    try:
        with registered(dataclasses.replace(KINDS["vae"], model=on_meta)):
            for _ in range(3):  # the fastest: a busy machine can hold up any one of them
                started = time.process_time()
                with pytest.raises(LabError, match="config"):
                    build("vae", fields)
                seconds.append(time.process_time() - started)
            peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert min(seconds) < 0.1
    assert peak < 2**20


def test_that_counted_weights_are_those_of_the_model():
    config = VAEConfig(encoder="conv", encoder_widths=(4, 8), likelihood="categorical", levels=3)
    model = build("vae", dataclasses.asdict(config))
    assert count_parameters(KINDS["vae"], config) == sum(weight.numel() for weight in model.parameters())
    found = {name: tuple(weight.shape) for name, weight in model.state_dict().items()}
    assert expected_shapes("vae", dataclasses.asdict(config)) == found
    assert not any(weight.is_meta for weight in model.parameters())
