"""What the gallery says of models: read from headers, without torch."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest

from latentlab.engine.files import model_cards
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.files.model_cards import facts_of, gallery_models, grouped, matches
from latentlab.engine.files.model_moves import copy_model, rename_model, wrong_stem
from latentlab.engine.files.model_notes import read_drawn, read_note, write_note
from latentlab.engine.files.partners import partner_of
from latentlab.engine.files.recorded_data import recorded_spec
from latentlab.engine.rendering.drawn import Drawer
from latentlab.engine.rendering.requests.drawn import DrawnReply, DrawnRequest
from latentlab.errors import LabError
from latentlab.models.registry import KINDS
from latentlab.shipped import model_files
from tests.tiny import save_tiny_classifier, save_tiny_cvae, save_tiny_ddpm, save_tiny_model


def test_that_every_shipped_model_that_makes_pictures_has_a_card_with_something_to_try() -> None:
    models = {one.model: one for one in gallery_models(())}
    assert {"mnist-vae-2d", "faces-vae", "mnist-ddpm"} <= set(models) < set(model_files())
    assert all(one.to_try and one.figure and one.kind and one.size and one.hash for one in models.values())
    drawn = {one.title for one in models.values() if not read_drawn(Path("nowhere"), one.hash)}
    assert not drawn, "python -m tests.drawn"
    vae = models["mnist-vae-2d"]
    assert (vae.in_short, vae.data, vae.learnt, vae.ships) == ("VAE, 2 latents", "mnist", 60_000, True)
    assert vae.figure == "Test ELBO −132.64 nats per picture"
    assert models["mnist-ddpm"].latents == 0
    # The figures of two players are of their game: here the judge says how good the pictures are.
    assert re.fullmatch(r"Fréchet distance \d+\.\d\d \(lower is better\)", models["mnist-wgan"].figure)
    assert not [one.title for one in models.values() if "Error of z" in one.figure]
    headings = [heading for heading, _ in grouped(list(models.values()))]
    assert [heading.partition(":")[0] for heading in headings] == ["mnist", "faces"]


def test_that_own_models_come_first_newest_first_and_what_is_no_model_is_left_out(tmp_path: Path) -> None:
    new, old = save_tiny_model(tmp_path / "new.safetensors"), save_tiny_cvae(tmp_path / "old.safetensors")
    judge, broken = save_tiny_classifier(tmp_path / "judge.safetensors"), tmp_path / "broken.safetensors"
    broken.write_bytes(b"no model")
    gone = tmp_path / "gone.safetensors"
    found = list(gallery_models([new, old, judge, broken, gone], [str(new), str(gone)]))
    assert [one.title for one in found if not one.ships] == ["new", "old"]
    heading, some = grouped(found)[0]
    assert (heading, [one.title for one in some]) == ("Yours", ["new", "old"])
    many = [dataclasses.replace(one, model=str(n)) for one in found if not one.ships for n in range(9)]
    assert [(heading, len(some)) for heading, some in grouped(many)] == [
        ("Yours: toy", 9),
        ("Yours: beings", 9),
    ]
    facts = facts_of(str(new))
    assert facts is not None
    assert matches(facts, "TOY vae 2", "")
    assert matches(facts, "kitten", "a kitten")
    assert not matches(facts, "x")
    assert facts.hash == load_model(str(new)).hash


def test_that_a_card_may_say_itself_what_to_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_tiny_model(tmp_path / "toy.safetensors")
    monkeypatch.setattr(model_cards, "card_in", lambda path: {"kind": "vae", "try": " Turn it. "})
    facts = facts_of(str(path))
    assert facts is not None
    assert facts.to_try == "Turn it."


def test_that_players_that_nobody_has_judged_have_the_length_of_their_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_tiny_model(tmp_path / "toy.safetensors")
    players = next(kind for kind in KINDS.values() if kind.figures.players)
    metrics = {"epochs": 7, "distance": 0.5, "latent_error": 0.25, "pixel_error": 0.5}
    monkeypatch.setattr(model_cards, "card_in", lambda path: {"kind": players.name, "metrics": metrics})
    facts = facts_of(str(path))
    assert facts is not None
    assert facts.figure == "7 epochs of training"


def test_that_the_partner_denoises_pictures_of_the_same_data_and_size(tmp_path: Path) -> None:
    vae = save_tiny_model(tmp_path / "vae.safetensors")
    near = save_tiny_ddpm(tmp_path / "near.safetensors")
    other = save_tiny_ddpm(tmp_path / "other.safetensors", data="others")
    found = partner_of(str(vae), [other, near])
    assert found is not None
    assert (found.title, found.called) == ("near", "a diffusion model")
    assert partner_of(str(vae), [other]) is None
    assert partner_of(str(near), [near]) is None
    shipped = partner_of("faces-vae", ())
    assert shipped is not None
    assert shipped.model == "faces-ddpm"


def test_that_a_file_is_renamed_and_copied_and_nothing_is_overwritten(tmp_path: Path) -> None:
    path = save_tiny_model(tmp_path / "a.safetensors")
    save_tiny_model(tmp_path / "taken.safetensors", seed=1)
    # What a training goes on from: at its end it writes over the model of that name.
    (tmp_path / "going.safetensors.training").touch()
    for wrong in ("", " a", "a/b", "taken", "going", "mnist-vae-2d", "x" * 300, "a\n"):
        assert wrong_stem(wrong, path)
        with pytest.raises(LabError, match=r"a\.safetensors"):
            rename_model(path, wrong)
    there = rename_model(path, "b")
    assert not path.exists()
    assert there.stem == "b"
    copies = [copy_model(there, tmp_path / "own") for _ in range(2)]
    assert [one.stem for one in copies] == ["b-copy", "b-copy-2"]
    with pytest.raises(LabError, match=r"a\.safetensors"):
        copy_model(path, tmp_path / "own")


def test_that_a_note_stays_with_a_renamed_model_and_an_empty_one_is_none(tmp_path: Path) -> None:
    path, notes = save_tiny_model(tmp_path / "a.safetensors"), tmp_path / "notes"
    facts = facts_of(str(path))
    assert facts is not None
    write_note(notes, facts.hash, facts.title, "sharp,\nbut few")
    renamed = facts_of(str(rename_model(path, "b")))
    assert renamed is not None
    assert read_note(notes, renamed.hash) == "sharp,\nbut few"
    write_note(notes, facts.hash, facts.title, "")
    assert read_note(notes, facts.hash) == ""
    assert not list(notes.iterdir())
    (notes / f"{facts.hash}.json").write_text("[1")
    assert read_note(notes, facts.hash) == ""


@pytest.mark.parametrize("make", [save_tiny_model, save_tiny_cvae, save_tiny_ddpm])
def test_that_ten_pictures_are_drawn_once_and_are_the_same_again(make, tmp_path: Path) -> None:
    path, folder = make(tmp_path / "a.safetensors"), tmp_path / "drawn"
    replies = [
        reply
        for _ in range(2)
        for reply in Drawer().serve(DrawnRequest(1, str(path), str(folder)))
        if isinstance(reply, DrawnReply)
    ]
    assert replies[0].png == replies[1].png == read_drawn(folder, load_model(str(path)).hash)


def test_that_a_card_tells_where_its_data_were(tmp_path: Path) -> None:
    assert recorded_spec({"spec": "/home/me/cats::side=32"}, "") == "/home/me/cats::side=32"
    assert recorded_spec({}, "latentlab train x --data /d/cats --out y") == "/d/cats"
    assert recorded_spec({}, "latentlab train x --data=mnist") == "mnist"
    assert recorded_spec({}, "latentlab train x --data cats") == ""
    assert recorded_spec({"spec": 3}, 'broken " quotes') == ""


def test_that_cards_are_read_without_torch() -> None:
    code = (
        "import sys; from latentlab.engine.files.model_cards import gallery_models as g; list(g(()));"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_that_ten_of_many_classes_are_from_all_over_the_list(tmp_path: Path) -> None:
    names = tuple(f"class {number}" for number in range(20))
    path = save_tiny_cvae(tmp_path / "many.safetensors", names, exclusive=True)
    replies = list(Drawer().serve(DrawnRequest(1, str(path), str(tmp_path))))
    assert isinstance(replies[-1], DrawnReply)
