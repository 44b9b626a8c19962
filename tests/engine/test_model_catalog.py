"""Which models are offered, and which of them go well beside each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from latentlab.engine.files import model_catalog as catalogue
from latentlab.engine.files.model_catalog import KnownModel, comparable, known, most_different

VAE = KnownModel("vae", "vae", "vae", "mnist", 2)
AE = KnownModel("ae", "ae", "ae", "mnist", 2)
BETA = KnownModel("beta", "beta", "vae", "mnist", 2, 4.0)
WIDE = KnownModel("wide", "wide", "vae", "mnist", 16)
TOLD = KnownModel("told", "told", "cvae", "mnist", 2)
NO_PLANE = KnownModel("steps", "steps", "ddpm", "mnist")
FACES = KnownModel("faces", "faces", "ae", "faces", 2)


def test_that_the_model_that_differs_most_comes_next() -> None:
    everything = [WIDE, NO_PLANE, FACES, TOLD, BETA, VAE, AE]
    assert most_different([VAE], everything) == AE
    assert most_different([VAE, AE], everything) == BETA
    assert most_different([VAE, AE, BETA], everything) == TOLD
    assert most_different([VAE, AE, BETA, TOLD], everything) == WIDE
    assert most_different([VAE, AE, BETA, TOLD, WIDE], everything) is None
    assert most_different([], everything) is None


def test_that_what_ships_is_known() -> None:
    model = known("mnist-vae-2d")
    assert (model.kind, model.data, model.latents, model.beta) == ("vae", "mnist", 2, 1.0)
    assert model in comparable(Path("nowhere"))


def write(path: Path, metadata: object) -> None:
    header = json.dumps({"__metadata__": metadata}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header)


def test_that_own_models_are_found_with_what_their_cards_say(tmp_path: Path) -> None:
    card = {
        "kind": "vae",
        "config": {"latents": 3},
        "data": {"name": "cats"},
        "command": "latentlab train vae --beta 4",
    }
    write(tmp_path / "mine.safetensors", {"latentlab": json.dumps(card)})
    found = comparable(tmp_path)[-1]
    assert found == KnownModel(str(tmp_path / "mine.safetensors"), "mine", "vae", "cats", 3, 4.0)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff" * 30, b"\x02\0\0\0\0\0\0\0[]", (20).to_bytes(8, "little") + b'{"__metadata__": 5}'],
)
def test_that_a_file_that_is_no_model_is_offered_but_predicted_nothing(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "odd.safetensors"
    path.write_bytes(content)
    assert known(str(path)) == KnownModel(str(path), "odd")


@pytest.mark.parametrize("card", ["[]", "5", '{"config": 3, "data": "x", "command": "--beta 1e"}'])
def test_that_an_odd_card_is_no_harm(tmp_path: Path, card: str) -> None:
    path = tmp_path / "odd.safetensors"
    write(path, {"latentlab": card})
    assert catalogue.known(str(path)).beta == 1.0
