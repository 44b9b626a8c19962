"""The model chip and the gallery, by mouse and key on the real window."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QPlainTextEdit
from pytestqt.qtbot import QtBot

from latentlab.engine.files.model_cards import facts_of
from latentlab.engine.files.model_notes import read_note, write_note
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.training.events import Progress, Started
from latentlab.engine.training.plan import TrainingPlan
from latentlab.models.objectives.figures import elbo_figures
from latentlab.qt.clients.training_orders import Begin
from latentlab.qt.clients.training_thread import TrainingThread
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.gallery.card import Card
from latentlab.qt.shell.gallery.chip import ModelChip
from latentlab.qt.shell.gallery.page import GalleryPage
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.edits import ChangeData
from latentlab.session.state import SessionState
from tests.data.pictures import noise, write
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle
from tests.qt.walking import HOSTILE, faults
from tests.tiny import save_tiny_ddpm, save_tiny_model

pytestmark = OFFSCREEN
LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the cache nor the trash of the person who runs the tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


class OfFiles(FakeRenderer):
    """Its models are the files that are asked for."""

    def serve(self, request: Request) -> Iterator[Reply | None]:
        yield from map(self._named, super().serve(request))

    def _named(self, reply: Reply | None) -> Reply | None:
        if not isinstance(reply, LoadedReply) or os.sep not in reply.model:
            return reply
        path = Path(reply.model)
        facts = facts_of(str(path))
        assert facts is not None
        return dataclasses.replace(reply, model=path.stem, path=str(path), hash=facts.hash)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[LabWindow]:
    """With one model trained yesterday, and one today."""
    models = tmp_path / "models"
    models.mkdir()
    save_tiny_model(models / "yesterday.safetensors")
    os.utime(models / "yesterday.safetensors", (1, 1))
    save_tiny_model(models / "today.safetensors", seed=1)
    with open_window(qtbot, tmp_path, OfFiles()) as made:
        yield made


def chip(window: LabWindow) -> ModelChip:
    found = window.findChild(ModelChip, "modelChip")
    assert found is not None
    assert found.isVisible()
    return found


def page(window: LabWindow) -> GalleryPage:
    found = window.findChild(GalleryPage, "gallery")
    assert found is not None
    return found


def opened(qtbot: QtBot, window: LabWindow) -> GalleryPage:
    qtbot.mouseClick(chip(window), LEFT)
    until_idle()
    assert page(window).isVisible()
    return page(window)


def card(window: LabWindow, title: str) -> Card:
    return next(one for one in page(window).card_list.models if one.facts.title == title)


def choose(window: LabWindow, name: str) -> None:
    """Chooses in the menu of a card, which is open."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = menu.findChild(QAction, name)
    assert action is not None
    menu.close()
    action.trigger()
    until_idle()


def test_that_a_newcomer_opens_yesterdays_model_in_two_actions(qtbot: QtBot, window: LabWindow) -> None:
    assert chip(window).shown.name == "mnist-vae-2d"
    assert "mnist (test), 60" in chip(window).shown.second
    assert chip(window).mapTo(window, QPoint()).x() < 60
    gallery = opened(qtbot, window)
    found = card(window, "yesterday")
    assert not found.visibleRegion().isEmpty(), "it is seen without scrolling"
    assert found.strip.known, "what it draws has been drawn"
    assert "VAE, 2 latents" in found.accessibleDescription()
    assert card(window, "mnist-vae-2d").facts.ships
    qtbot.mouseClick(found, LEFT)
    until_idle()
    assert not gallery.isVisible()
    path = window.bench.trainer.folder / "yesterday.safetensors"
    assert window.session.state.model == str(path)
    assert "yesterday" in chip(window).shown.name
    assert chip(window).shown.name in chip(window).accessibleName()
    assert str(path) in window.settings.recent_models


def test_that_the_gallery_is_searched_and_walked_by_key_alone(qtbot: QtBot, window: LabWindow) -> None:
    window.bench.actions["galleryAction"].trigger()
    until_idle()
    gallery = page(window)
    assert QApplication.focusWidget() is gallery.search
    first, second = gallery.card_list.models[:2]
    assert [first.facts.title, second.facts.title] == ["today", "yesterday"]
    qtbot.keyClick(gallery.search, Key.Key_Down)
    assert first.hasFocus()
    qtbot.keyClick(first, Key.Key_Right)
    assert second.hasFocus()
    qtbot.keyClick(second, Key.Key_Down)
    below = next(one for one in gallery.card_list.models if one.hasFocus())
    assert below.facts.ships
    qtbot.keyClick(below, Key.Key_Home)
    assert first.hasFocus()
    qtbot.keyClick(first, Key.Key_Up)
    assert gallery.search.hasFocus()
    probe = window.session.state.probe
    qtbot.keyClick(gallery.search, Key.Key_Down)
    qtbot.keyClick(first, Key.Key_R, delay=0)
    assert gallery.search.text() == "r", "typed on a card, a letter is searched for"
    assert window.session.state.probe == probe, "and moves no probe to a random point"
    gallery.search.setText("yester vae")
    assert [one.title for one in gallery.card_list.cards] == ["yesterday"]
    for _ in range(12):
        qtbot.keyClick(QApplication.focusWidget(), Key.Key_Tab)
        assert gallery.isAncestorOf(QApplication.focusWidget()), "Tab stays on the page"
    gallery.search.setText("nothing of the kind")
    assert "nothing of the kind" in gallery.card_list.empty.text()
    qtbot.keyClick(gallery.search, Key.Key_Escape)
    assert not gallery.isVisible()
    assert window.session.state.model == "mnist-vae-2d"
    opened(qtbot, window)
    assert gallery.search.text() == ""
    qtbot.keyClick(gallery.search, Key.Key_Return)
    until_idle()
    assert window.session.state.model.endswith("today.safetensors")


def test_that_an_own_model_is_renamed_noted_copied_and_thrown_away(
    qtbot: QtBot, window: LabWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, gallery = window.bench.trainer.folder, opened(qtbot, window)
    qtbot.mouseClick(card(window, "today"), LEFT)
    until_idle()
    opened(qtbot, window)
    assert card(window, "today").is_open
    qtbot.mouseClick(card(window, "today").more, LEFT)
    choose(window, "noteModelAction")
    note = window.findChild(QDialog, "modelNoteDialog")
    assert note is not None
    note.findChild(QPlainTextEdit).setPlainText("sharp\nbut few")
    note.accept()
    until_idle()
    assert card(window, "today").note == "sharp\nbut few"
    qtbot.mouseClick(card(window, "today").more, LEFT)
    choose(window, "renameModelAction")
    dialog = window.findChild(QDialog, "renameModelDialog")
    assert dialog is not None
    name = dialog.findChild(QLineEdit)
    assert name is not None
    name.setText("yesterday")
    dialog.accept()
    assert dialog.isVisible(), "that name is taken"
    trainer = window.bench.trainer
    trainer._thread = TrainingThread(Begin("vae", {}, TrainingPlan(), "mnist", folder / "coming.safetensors"))
    dialog.named.emit("coming")
    trainer._thread = None
    assert "the training that runs makes a model of that name" in gallery.messages.label.text()
    assert (folder / "today.safetensors").exists(), "at its end the training would have replaced it"
    name.setText("best")
    dialog.accept()
    until_idle()
    assert window.session.state.model == str(folder / "best.safetensors"), "it stays open"
    assert chip(window).shown.name == "best"
    assert card(window, "best").note == "sharp\nbut few"
    assert card(window, "best").is_open
    hash_ = card(window, "best").facts.hash
    assert read_note(folder.parent / "notes", hash_) == "sharp\nbut few"
    card(window, "best").setFocus()
    qtbot.mouseClick(card(window, "best").more, LEFT)
    choose(window, "duplicateModelAction")
    assert card(window, "best-copy").facts.hash == hash_
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()) or False)
    qtbot.mouseClick(card(window, "best").more, LEFT)
    choose(window, "showModelAction")
    assert shown == [str(folder)]
    assert str(folder) in gallery.messages.label.text()
    with qtbot.waitActive(window):
        window.activateWindow()  # after a dialog the offscreen platform leaves no window active
    best = card(window, "best")
    best.setFocus()
    qtbot.keyClick(best, Key.Key_Delete)
    until_idle()
    assert not (folder / "best.safetensors").exists()
    assert window.isVisible()
    assert window.session.state.model.endswith("best.safetensors")
    assert "best is in the trash" in gallery.messages.label.text()
    assert "best" not in [one.title for one in gallery.card_list.cards]
    assert any(one.hasFocus() for one in gallery.card_list.cards), "the keyboard goes on from its place"
    qtbot.mouseClick(gallery.messages.offer, LEFT)
    until_idle()
    assert (folder / "best.safetensors").exists(), "it was put back"
    assert card(window, "best").facts.hash == hash_
    ships = card(window, "mnist-vae-2d")
    qtbot.mouseClick(ships.more, LEFT)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    assert menu.findChild(QAction, "trashModelAction") is None
    menu.close()


def test_that_what_lies_below_gets_no_click_and_the_recent_files_are_listed(
    qtbot: QtBot, window: LabWindow, tmp_path: Path
) -> None:
    far = tmp_path / "far"
    far.mkdir()
    window.bench.opener.open_file(save_tiny_model(far / "elsewhere.safetensors", seed=5))
    until_idle()
    gallery = opened(qtbot, window)
    assert card(window, "elsewhere").is_open
    assert window.bench.actions["recentModel1Action"].isVisible()
    assert "elsewhere" in window.bench.actions["recentModel1Action"].text()
    probe = window.session.state.probe
    qtbot.mouseClick(gallery, LEFT, pos=QPoint(2, 2))
    gallery.leave()
    assert window.session.state.probe == probe
    window.save_settings()
    again = Settings(window.settings.path)
    assert again.recent_models[0] == str(far / "elsewhere.safetensors")


def test_that_opening_a_model_proposes_its_partner_once(qtbot: QtBot, window: LabWindow) -> None:
    folder = window.bench.trainer.folder
    save_tiny_ddpm(folder / "noise.safetensors")
    window.workspace.do(ChangeData(data=str(folder / "toy")))
    until_idle()
    said = window.bench.messages
    assert said.isHidden(), "nothing is proposed at the start"
    opened(qtbot, window)
    qtbot.mouseClick(card(window, "today"), LEFT)
    until_idle()
    assert "Also open noise, a diffusion model of the same data?" in said.label.text()
    window.bench.models.open_denoiser(str(folder / "noise.safetensors"))
    until_idle()
    assert said.isHidden(), "it is open"
    opened(qtbot, window)
    qtbot.mouseClick(card(window, "yesterday"), LEFT)
    until_idle()
    assert said.isHidden(), "once"
    window.bench.opener.open_model(str(folder / "noise.safetensors"))
    until_idle()
    assert "with noise" in chip(window).shown.second, "both are named where they work"


@pytest.mark.slow
def test_that_a_model_opens_without_its_data_and_they_are_found_again(qtbot: QtBot, tmp_path: Path) -> None:
    model = save_tiny_model(tmp_path / "lone.safetensors")
    state = SessionState(model=str(model), data=str(tmp_path / "gone"), probe=(0.0, 0.0))
    settings = Settings(tmp_path / "lab.ini")
    with open_window(qtbot, tmp_path, renderer=Renderer(), settings=settings, state=state) as window:
        bench = window.bench
        assert len(window.workspace.model.images) == 0
        text = bench.messages.label.text()
        assert "lone is open without pictures" in text
        assert str(tmp_path / "gone") in text
        assert "latentlab" not in text.replace(str(tmp_path), "")
        assert bench.messages.offer.text() == "Find the data …"
        assert "pictures not found" in chip(window).shown.second
        for dock in bench.docks.all:
            bench.workspaces.reveal(dock)
            until_idle()
        window.bench.controller.random_probe()
        until_idle()
        for number in range(12):
            write(tmp_path / "found" / f"{number}.png", noise(number, 8, 1))
        qtbot.mouseClick(bench.messages.offer, LEFT)
        dialog = window.findChild(QDialog, "findDataDialog")
        assert dialog is not None
        dialog.fileSelected.emit(str(tmp_path / "found"))
        dialog.reject()
        until_idle()
        opening = bench.controller.data.page
        assert opening is not None
        opening.accept()
        until_idle()
        assert window.workspace.model.missing == ""
        assert len(window.workspace.model.images) > 0
        window.workspace.undo_stack.undo()
        until_idle()
        assert window.workspace.model.missing == str(tmp_path / "gone"), "as it was"
        window.workspace.undo_stack.redo()
        until_idle()
        assert len(window.workspace.model.images) > 0


def test_that_names_and_notes_from_outside_are_read_and_do_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    name = HOSTILE[0].replace("/", "\N{DIVISION SLASH}") + "&b\x1b\u202e"
    (tmp_path / "models").mkdir()
    path = save_tiny_model(tmp_path / "models" / f"{name}.safetensors")
    facts = facts_of(str(path))
    assert facts is not None
    write_note(tmp_path / "notes", facts.hash, facts.title, "\n".join(HOSTILE))
    with open_window(qtbot, tmp_path, OfFiles()) as window:
        opened(qtbot, window)
        (found,) = (one for one in page(window).card_list.models if not one.facts.ships)
        assert found.note
        qtbot.mouseClick(found.more, LEFT)
        choose(window, "renameModelAction")
        found.click()
        until_idle()
        assert chip(window).shown.name
        wrong, counts = faults()
        assert not wrong
        assert counts["tip"]


def test_that_notes_are_plain_json(tmp_path: Path) -> None:
    write_note(tmp_path, "0123456789ab", "Ä", "ü")
    fields = json.loads((tmp_path / "0123456789ab.json").read_text())
    assert fields == {"format": 1, "title": "Ä", "note": "ü"}


def test_that_a_model_renamed_while_another_is_opened_does_not_come_back(
    qtbot: QtBot, window: LabWindow
) -> None:
    folder = window.bench.trainer.folder
    opened(qtbot, window)
    qtbot.mouseClick(card(window, "today"), LEFT)
    until_idle()
    assert window.session.state.model == str(folder / "today.safetensors")
    window.bench.opener.open_model("mnist-vae-2d")
    (folder / "today.safetensors").rename(folder / "later.safetensors")
    window.bench.trainer.renamed.emit(folder / "today.safetensors", folder / "later.safetensors")
    until_idle()
    assert window.session.state.model == "mnist-vae-2d", "which was asked for last"
    window.bench.opener.open_model("missing")
    (folder / "yesterday.safetensors").rename(folder / "older.safetensors")
    window.bench.trainer.renamed.emit(folder / "yesterday.safetensors", folder / "older.safetensors")
    until_idle()
    assert window.session.state.model == "mnist-vae-2d"
    window.bench.opener.open_model(str(folder / "later.safetensors"))
    until_idle()
    window.bench.opener.open_model("missing")
    (folder / "later.safetensors").rename(folder / "last.safetensors")
    window.bench.trainer.renamed.emit(folder / "later.safetensors", folder / "last.safetensors")
    until_idle()
    assert window.session.state.model == str(folder / "last.safetensors"), "the other could not be opened"


def test_that_the_training_that_runs_has_a_card_that_leads_to_it(qtbot: QtBot, window: LabWindow) -> None:
    trainer, folder = window.bench.trainer, window.bench.trainer.folder
    beginning = Begin("vae", {}, TrainingPlan(), "mnist", folder / "coming.safetensors")
    trainer._thread = TrainingThread(beginning)
    try:
        trainer.told.emit(Started(4680, 10, "cpu", "float32", 2))
        trainer.told.emit(Progress(1200, 2, elbo_figures(-1.0), 1.0, 1.0, 1.0))
        gallery = opened(qtbot, window)
        first = gallery.card_list.cards[0]
        assert (first.title, first.words.second) == ("coming", "Step 1,200 of 4,680")
        trainer.told.emit(Progress(1300, 2, elbo_figures(-1.0), 1.0, 1.0, 1.0))
        assert first.words.second == "Step 1,300 of 4,680"
        qtbot.mouseClick(first, LEFT)
        until_idle()
        assert window.bench.workspaces.current == "train"
        assert not gallery.isVisible()
    finally:
        trainer._thread = None
    opened(qtbot, window)
    assert "coming" not in [one.title for one in page(window).card_list.cards]
