"""Tapes taken away as files and brought back, in a real window over a tiny denoiser."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from latentlab.engine.diffusion.recipes import FromPicture, Pixels, Recipe, SamplerSettings
from latentlab.engine.diffusion.tape_models import find_model_of
from latentlab.engine.diffusion.tape_origin import Origin, provenance_of, read_tape
from latentlab.engine.files.export import save_picture
from latentlab.engine.files.provenance import read_provenance
from latentlab.qt.export import tapes
from latentlab.qt.export.tape_dialog import TapeDialog
from latentlab.qt.export.tapes import BATCH, FRAME, TAPE, TapeInHand, TapeWish
from latentlab.qt.shell.main_window import LabWindow
from tests.qt.controllers.test_file_opener import drop
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.views.diffusion.test_diffusion_view import save_tiny_denoiser
from tests.qt.waiting import until_idle

pytestmark = [OFFSCREEN, pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)]
LEFT = Qt.MouseButton.LeftButton
COUNT, STEPS = 3, 6


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return save_tiny_denoiser(tmp_path / "mine.safetensors")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, model: Path) -> Iterator[LabWindow]:
    """With a tape of three pictures in seven frames."""
    with open_window(qtbot, tmp_path) as made:
        made.settings.folder = str(tmp_path)
        form = made.bench.diffusion.reverse.form
        form.steps.setValue(STEPS)
        form.count.setValue(COUNT)
        form.seed.setValue(5)
        with qtbot.waitSignal(made.bench.diffusion.tape_finished, timeout=20000):
            made.bench.models.open_denoiser(str(model))
        yield made


def branch(qtbot: QtBot, window: LabWindow) -> None:
    """Off the third frame, in another manner."""
    page = window.bench.diffusion.reverse
    page.playback.go(2)
    page.form.sampler.setCurrentIndex(page.form.sampler.findData("ddpm"))
    page.form.guidance.setValue(25)
    with qtbot.waitSignal(window.bench.diffusion.tape_finished, timeout=20000):
        qtbot.mouseClick(page.transport.branch, LEFT)


def dialog(window: LabWindow, action: str) -> TapeDialog:
    window.bench.actions[action].trigger()
    pages = [page for page in window.findChildren(TapeDialog) if page.isVisible()]
    assert len(pages) == 1
    return pages[0]


def saved(qtbot: QtBot, window: LabWindow, action: str, path: Path, show: int = 0) -> Path:
    """By the page that a command opens."""
    page = dialog(window, action)
    page.show_.setCurrentIndex(show)
    page.scale.setValue(1)
    page.path.setText(str(path))
    with qtbot.waitSignal(window.bench.exporter.saved, timeout=10000):
        qtbot.keyClick(page.path, Qt.Key.Key_Return)
    assert str(path) in window.statusBar().currentMessage()
    return path


def restored(qtbot: QtBot, window: LabWindow, path: Path) -> None:
    with qtbot.waitSignal(window.bench.diffusion.tape_finished, timeout=20000):
        drop(window, path)


def content(window: LabWindow) -> list[tuple[int, int, bytes, bytes]]:
    """All frames, to the last bit."""
    return [(f.number, f.t, f.x_t.tobytes(), f.x0_hat.tobytes()) for f in window.bench.diffusion.frames()]


@pytest.mark.parametrize(
    ("action", "name"),
    [("saveFrameAction", "f.png"), ("saveBatchAction", "b.webp"), ("saveTapeAction", "t.gif"),
     ("saveTapeAction", "t.apng"), ("saveNumbersAction", "t.npz")],
)  # fmt: skip
def test_that_a_branched_tape_dropped_on_the_window_has_the_same_frames_to_the_last_bit(
    qtbot: QtBot, window: LabWindow, tmp_path: Path, action: str, name: str
) -> None:
    branch(qtbot, window)
    recipe, frames = window.bench.diffusion.recipe(), content(window)
    assert recipe is not None
    assert recipe.branches[0].at == 2
    path = saved(qtbot, window, action, tmp_path / name)
    form = window.bench.diffusion.reverse.form
    form.seed.setValue(77)
    form.count.setValue(1)
    form.sampler.setCurrentIndex(form.sampler.findData("ddim"))
    with qtbot.waitSignal(window.bench.diffusion.tape_finished, timeout=20000):
        qtbot.mouseClick(window.bench.diffusion.reverse.buttons.draw, LEFT)
    assert content(window) != frames
    restored(qtbot, window, path)
    assert window.bench.diffusion.recipe() == recipe
    assert content(window) == frames
    assert form.sampler_settings == recipe.last_sampler_settings
    assert form.count.value() == COUNT
    assert not window.bench.messages.isVisible()


def test_that_a_dropped_tape_opens_its_model_in_another_window(
    qtbot: QtBot, window: LabWindow, tmp_path: Path
) -> None:
    frames = content(window)
    path = saved(qtbot, window, "saveBatchAction", tmp_path / "b.png")
    other = tmp_path / "other"
    other.mkdir()
    with open_window(qtbot, other) as again:
        again.bench.opener.open_file(path)
        qtbot.waitUntil(lambda: len(again.bench.diffusion.frames()) == STEPS + 1, timeout=20000)
        assert again.bench.diffusion.chooser.currentText() == "mine"
        assert again.bench.docks.in_front(again.bench.docks.diffusion)
        assert content(again) == frames


def test_that_a_model_that_was_trained_again_is_told(
    qtbot: QtBot, window: LabWindow, tmp_path: Path, model: Path
) -> None:
    path = saved(qtbot, window, "saveTapeAction", tmp_path / "t.png")
    save_tiny_denoiser(model, ("a", "b"), data="another")
    with qtbot.waitSignal(window.bench.diffusion.tape_finished, timeout=20000):
        window.bench.models.open_denoiser(str(model))
    restored(qtbot, window, path)
    words = window.bench.messages.label.text()
    assert "t.png" in words
    assert "the pictures will not be the same" in words


def test_that_the_file_is_read_anew_where_it_is_another_than_the_model_that_is_open(
    qtbot: QtBot, window: LabWindow, tmp_path: Path, model: Path
) -> None:
    first = model.read_bytes()
    path = saved(qtbot, window, "saveBatchAction", tmp_path / "b.png")
    save_tiny_denoiser(model, ("a", "b"), data="another")
    with qtbot.waitSignal(window.bench.diffusion.tape_finished, timeout=20000):
        window.bench.models.open_denoiser(str(model))
    model.write_bytes(first)
    restored(qtbot, window, path)
    assert window.bench.denoiser_client.model is not None
    assert window.bench.denoiser_client.model.hash == read_tape(path).model_hash
    assert (
        not window.bench.messages.isVisible() or "not be the same" not in window.bench.messages.label.text()
    )


def test_that_a_missing_model_is_told_and_another_one_offered(
    qtbot: QtBot, window: LabWindow, tmp_path: Path
) -> None:
    recipe = Recipe(2, SamplerSettings(steps=4, seed=8))
    grey = np.zeros((8, 8), np.uint8)
    path = save_picture(tmp_path / "x.png", grey, provenance=provenance_of(Origin(recipe, "gone", "0" * 12)))
    before = content(window)
    drop(window, path)
    qtbot.waitUntil(window.bench.messages.isVisible, timeout=3000)
    assert "gone (000000000000), which neither comes with LatentLab" in window.bench.messages.label.text()
    assert content(window) == before
    assert window.bench.messages.offer.text() == "Draw with mine instead"
    with qtbot.waitSignal(window.bench.diffusion.tape_finished, timeout=20000):
        qtbot.mouseClick(window.bench.messages.offer, LEFT)
    assert window.bench.diffusion.recipe() == recipe
    assert "the pictures will not be the same" in window.bench.messages.label.text()


def test_that_a_picture_whose_recipe_did_not_fit_says_so(
    qtbot: QtBot, window: LabWindow, tmp_path: Path
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 200), np.uint8)
    start = FromPicture(Pixels((200, 200), noise.tobytes()))
    origin = Origin(Recipe(1, start=start), "mine", "0" * 12)
    path = save_picture(tmp_path / "x.png", noise, provenance=provenance_of(origin))
    drop(window, path)
    qtbot.waitUntil(window.bench.messages.isVisible, timeout=3000)
    assert "start picture was too large" in window.bench.messages.label.text()


def test_that_what_is_seen_can_be_chosen(qtbot: QtBot, window: LabWindow, tmp_path: Path) -> None:
    page = window.bench.diffusion.reverse
    page.playback.go(3)
    page.playback.choose(2)
    frame = page.frame
    assert frame is not None
    path = saved(qtbot, window, "saveFrameAction", tmp_path / "f.png", show=1)
    found = read_provenance(path)
    assert found is not None
    assert (found.extra["show"], found.extra["frame"], found.extra["picture"]) == ("x0", "3", "2")
    with Image.open(path) as image:
        assert image.size == (8, 8)
        assert np.abs(np.asarray(image) - (frame.x0_hat[2, 0] + 1.0) * 127.5).max() < 1.0
    both = saved(qtbot, window, "saveBatchAction", tmp_path / "b.png", show=4)
    with Image.open(both) as image:
        assert image.size == (3 * 16 + 4, 16)


def test_that_the_whole_tape_moves_or_lies_in_a_strip_or_is_numbers(
    qtbot: QtBot, window: LabWindow, tmp_path: Path
) -> None:
    with Image.open(saved(qtbot, window, "saveTapeAction", tmp_path / "t.webp", show=3)) as image:
        assert image.n_frames > STEPS
        assert image.size == (2 * 16 + 2, 16)
    with Image.open(saved(qtbot, window, "saveTapeAction", tmp_path / "t.png")) as image:
        assert image.size == ((STEPS + 1) * 9 - 1, COUNT * 9 - 1)
    with np.load(saved(qtbot, window, "saveNumbersAction", tmp_path / "t.npz")) as arrays:
        frames = window.bench.diffusion.frames()
        assert arrays["x_t"].tobytes() == b"".join(frame.x_t.tobytes() for frame in frames)
        assert arrays["x0_hat"].shape == (STEPS + 1, COUNT, 1, 8, 8)


def test_that_the_page_says_what_will_be_written(qtbot: QtBot, window: LabWindow, tmp_path: Path) -> None:
    page = dialog(window, "saveTapeAction")
    assert page.path.text() == str(tmp_path / "tape.webp")
    page.scale.setValue(2)
    assert page.size_label.text() == f"32 × 32 pixels, {STEPS + 1} frames"
    assert page.rate.isVisible()
    page.pictures.setCurrentIndex(1)
    assert page.size_label.text().startswith("16 × 16 pixels")
    page.path.setText(str(tmp_path / "tape.npz"))
    assert page.chosen.suffix == ".npz"
    assert "7 frames of 3 pictures" in page.size_label.text()
    assert not page.show_.isVisible()
    assert not page.rate.isVisible()
    (tmp_path / "tape.gif").write_bytes(b"precious")
    page.path.setText(str(tmp_path / "tape.gif"))
    assert "exists already" in page.note.text()
    assert page.show_.isVisible()
    assert page.rate.maximum() == 50
    page.reject()
    assert (tmp_path / "tape.gif").read_bytes() == b"precious"


def test_that_the_page_refuses_what_is_too_large(
    qtbot: QtBot, window: LabWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("latentlab.engine.files.animation.MAX_PIXELS", 2000)
    page = dialog(window, "saveTapeAction")
    page.scale.setValue(16)
    save = page.findChild(QPushButton, "exportSave")
    assert "too many" in page.note.text()
    assert not save.isEnabled()
    page.scale.setValue(1)
    assert save.isEnabled()
    page.reject()


def test_that_mp4_is_offered_only_where_it_can_be_written(
    qtbot: QtBot, window: LabWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    for found in (None, object()):
        monkeypatch.setattr("importlib.util.find_spec", lambda name, found=found: found)
        page = dialog(window, "saveTapeAction")
        assert (page.format.findText("MP4 film") >= 0) == (found is not None)
        page.reject()
        monkeypatch.undo()
        until_idle()


def test_that_saving_is_offered_only_while_there_is_a_tape(qtbot: QtBot, tmp_path: Path, model: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        names = ["saveFrameAction", "saveBatchAction", "saveTapeAction", "saveNumbersAction"]
        button = window.bench.diffusion.reverse.buttons.save
        assert not any(window.bench.actions[name].isEnabled() for name in names)
        assert not button.isEnabled()
        window.bench.diffusion.reverse.form.steps.setValue(3)
        with qtbot.waitSignal(window.bench.diffusion.tape_finished, timeout=20000):
            window.bench.models.open_denoiser(str(model))
        assert all(window.bench.actions[name].isEnabled() for name in names)
        assert button.isEnabled()
        assert button.isVisible()
        assert [action.objectName() for action in button.menu().actions() if action.objectName()] == names


def test_that_a_save_that_fails_is_told(qtbot: QtBot, window: LabWindow, tmp_path: Path) -> None:
    tape = window.bench.tapes.in_hand()
    assert tape is not None
    path = tmp_path / "f.png"
    path.write_bytes(b"precious")
    with qtbot.waitSignal(window.bench.exporter.failed, timeout=5000):
        window.bench.tapes.save(tape, TapeWish(FRAME, path))
    assert "f.png: already exists" in window.bench.messages.label.text()
    assert path.read_bytes() == b"precious"


def part(tape: TapeInHand, numbers: tuple[int, ...], running: bool = False) -> TapeInHand:
    frames = tuple(frame for frame in tape.frames if frame.number in numbers)
    return TapeInHand(tape.origin, tape.alpha_bar, frames, frames[-1], 0, running)


def test_that_what_is_missing_of_a_tape_is_said_on_the_page_and_in_the_file(
    window: LabWindow, tmp_path: Path
) -> None:
    whole = window.bench.tapes.in_hand()
    assert whole is not None
    assert (whole.words, whole.extra) == ("", {})
    begun = part(whole, (0, 1, 2), running=True)
    assert (
        begun.words
        == f"It is still being drawn: the frames so far are saved, up to frame 2 of 6, t = {begun.frame.t}."
    )
    assert "It was stopped" in part(whole, (0, 1, 2)).words
    thin = part(whole, (0, 2, 4, 6))
    assert thin.words == "To save memory only 4 of 7 frames were kept; those are saved."
    for tape, key, words in ((begun, "ends_at", "frame 2 of 6"), (thin, "kept", "4 of 7 frames")):
        path = tapes.save(tape, TapeWish(TAPE, tmp_path / "t.png", overwrite=True))
        found = read_provenance(path)
        assert found is not None
        assert words in found.extra[key]
        assert read_tape(path) == whole.origin


def test_that_the_numbers_of_a_plain_archive_are_no_tape(
    qtbot: QtBot, window: LabWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[str] = []
    window.bench.opener.data_wanted.disconnect()
    window.bench.opener.data_wanted.connect(wanted.append)
    path = tmp_path / "plain.npz"
    np.savez(path, x=np.zeros((2, 8, 8), np.uint8))
    drop(window, path)
    qtbot.waitUntil(lambda: wanted == [str(path)], timeout=3000)


def test_that_a_model_is_found_by_name_and_told_by_its_hash(tmp_path: Path, model: Path) -> None:
    trained = tmp_path / "trained"
    trained.mkdir()
    own = save_tiny_denoiser(trained / "mine.safetensors", data="another")
    find = functools.partial(find_model_of, beside=tmp_path / "tape.png", own=[own])
    both = {path: find_model_of(Origin(Recipe(), "mine", ""), path, []) for path in (model, own)}
    for path, found in both.items():
        assert found is not None
        assert found[0] == path
        assert find(Origin(Recipe(), "mine", found[1])) == found
    assert find(Origin(Recipe(), "mine", "f" * 12)) == both[own]
    for name in ("", "none", "../mine", str(model.with_suffix(""))):
        assert find(Origin(Recipe(), name, "f" * 12)) is None
    assert BATCH != FRAME
