"""What the next start finds, and what it does with settings that cannot be believed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from pytestqt.qtbot import QtBot

from latentlab.engine.diffusion.recipes import Recipe, SamplerSettings
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.widgets.colours import Theme
from latentlab.session.bounds import MAX_PINS
from latentlab.session.edits import MoveProbe
from latentlab.session.state import SessionState
from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN


def test_that_everything_comes_back(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.resize(760, 640)
        window.bench.docks.tray.hide()
        window.bench.actions["darkThemeAction"].trigger()
        window.workspace.do(MoveProbe(z=(0.25, -1.5)))
    with open_window(qtbot, tmp_path) as window:
        assert (window.width(), window.height()) == (760, 640)
        assert not window.bench.docks.tray.isVisible()
        assert window.theming.theme is Theme.DARK
        assert window.workspace.state.probe == (0.25, -1.5)
        window.bench.actions["systemThemeAction"].trigger()


def test_that_settings_are_saved_a_while_after_a_change_without_closing(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window._save_later.stop()
        window._save_later.setInterval(30)
        window.workspace.do(MoveProbe(z=(0.5, 0.5)))
        qtbot.waitUntil(lambda: not window._save_later.isActive(), timeout=2000)
        found = Settings(tmp_path / "lab.ini").session
        assert found is not None
        assert found.probe == (0.5, 0.5)


def _good(path: Path) -> str:
    settings = Settings(path)
    settings.session = SessionState(probe=(1.0, 1.0))
    settings.theme, settings.scale = Theme.DARK, 4
    settings.layouts = {"explore": QByteArray(b"some layout")}
    settings.save()
    return path.read_text()


def test_that_a_tape_of_another_version_is_forgotten_and_nothing_else(tmp_path: Path) -> None:
    path, kept = tmp_path / "lab.ini", ("mnist-ddpm", Recipe(3, SamplerSettings(steps=7)))
    settings = Settings(path)
    settings.session, settings.tape = SessionState(probe=(1.0, 1.0)), kept
    settings.save()
    assert Settings(path).tape == kept
    text = path.read_text()
    path.write_text(text.replace('\\"sampler\\"', '\\"spoon\\"'))
    assert path.read_text() != text
    os.utime(path, (1_000_000_000, 1_000_000_000))
    found = Settings(path)
    assert found.tape is None
    assert found.complaint == ""
    assert found.session is not None
    assert found.session.probe == (1.0, 1.0)


def _changed(path: Path, before: str, after: str) -> str:
    """Settings in which something is replaced; their text."""
    text = _good(path)
    assert before in text
    changed = text.replace(before, after, 1)
    path.write_text(changed)
    # Qt reads a file again only if its time or size is another one; a test is faster than a clock ticks.
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return changed


_SAVED = "size and folder of saved pictures"
_SESSION = "open model, probe, pins and all else of the session"


@pytest.mark.parametrize("after", ["version=2", ""])
def test_that_settings_of_another_version_give_way_to_defaults_and_are_kept_aside(
    tmp_path: Path, after: str
) -> None:
    path = tmp_path / "lab.ini"
    changed = _changed(path, "version=1", after)
    settings = Settings(path)
    assert (settings.theme, settings.session, settings.scale) == (Theme.SYSTEM, None, 8)
    assert "lab.ini.damaged" in settings.complaint
    assert (tmp_path / "lab.ini.damaged").read_text() == changed
    assert settings.save()
    assert Settings(path).complaint == "", "told once"


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ("theme=dark", "theme=plaid", "theme"),
        ("scale=4", "scale=many", _SAVED),
        ("scale=4", "scale=999", _SAVED),
        ('\\"model\\"', '\\"muddle\\"', _SESSION),
        ("theme=dark", "theme=@Variant(\\0\\0\\0\\t\\0\\0)", "theme"),
        ("theme=dark", "theme=@ByteArray(x)", "theme"),
        ("explore=@ByteArray", "explore=@Point", "layout of the panels"),
        ("recentModels=[]", "recentModels=@ByteArray(x)", "recently opened data and models"),
    ],
)
def test_that_only_the_damaged_part_is_lost_and_named_and_the_file_kept_aside(
    tmp_path: Path, before: str, after: str, lost: str
) -> None:
    path = tmp_path / "lab.ini"
    changed = _changed(path, before, after)
    settings = Settings(path)
    assert (settings.theme is Theme.SYSTEM) == (lost == "theme")
    assert (settings.session is None) == (lost == _SESSION)
    assert settings.scale == (8 if lost == _SAVED else 4)
    assert bool(settings.layouts) == (lost != "layout of the panels")
    assert f"Back to their defaults: {lost}. Everything else" in settings.complaint
    assert "lab.ini.damaged" in settings.complaint
    assert (tmp_path / "lab.ini.damaged").read_text() == changed
    assert settings.save()
    assert Settings(path).complaint == "", "told once"


def test_that_the_window_says_that_the_session_was_lost_and_keeps_its_theme(
    qtbot: QtBot, tmp_path: Path
) -> None:
    _changed(tmp_path / "lab.ini", '\\"model\\"', '\\"muddle\\"')
    with open_window(qtbot, tmp_path) as window:
        assert f"Back to their defaults: {_SESSION}." in window.statusBar().currentMessage()
        assert window.theming.theme is Theme.DARK
        window.bench.actions["systemThemeAction"].trigger()


@pytest.mark.parametrize("content", [b"\x00\xff\xfe" * 50, b"not an ini at all", b"[General\nx=", b"\x80PNG"])
def test_that_a_file_of_rubbish_is_kept_aside_too(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lab.ini"
    path.write_bytes(content)
    settings = Settings(path)
    assert settings.session is None
    assert settings.complaint
    assert (tmp_path / "lab.ini.damaged").read_bytes() == content


def test_that_a_damaged_layout_gives_the_usual_one_and_a_word_in_the_status_bar(
    qtbot: QtBot, tmp_path: Path
) -> None:
    _good(tmp_path / "lab.ini")
    settings = Settings(tmp_path / "lab.ini")
    settings.geometry = QByteArray(b"nonsense")
    settings.layouts = {"explore": QByteArray(b"more nonsense")}
    settings.save()
    with open_window(qtbot, tmp_path) as window:
        docks = window.bench.docks
        assert all(docks.in_front(dock) for dock in (docks.plane, docks.points, docks.probe, docks.tray))
        assert "lab.ini" in window.statusBar().currentMessage()
        assert (tmp_path / "lab.ini.damaged").exists()


@pytest.mark.parametrize("version", [1, 5])
def test_that_a_layout_from_before_there_were_workspaces_gives_way_to_them_with_a_word_and_no_alarm(
    qtbot: QtBot, tmp_path: Path, version: int
) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.docks.tray.hide()
        window.workspace.do(MoveProbe(z=(0.5, 0.5)))
        older = window.saveState(version)
    settings = Settings(tmp_path / "lab.ini")
    assert settings._store is not None
    settings._store.remove("layouts")
    settings._store.setValue("layout", older)
    settings._store.sync()
    with open_window(qtbot, tmp_path) as window:
        assert window.bench.docks.tray.isVisible()
        assert window.workspace.state.probe == (0.5, 0.5)
        assert "workspaces" in window.statusBar().currentMessage()
        assert not window.settings.complaint
        assert not (tmp_path / "lab.ini.damaged").exists()
    with open_window(qtbot, tmp_path) as window:
        assert "workspaces" not in window.statusBar().currentMessage(), "told once"


def test_that_each_workspace_keeps_a_layout_of_its_own_and_the_current_one_comes_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        docks, workspaces = window.bench.docks, window.bench.workspaces
        docks.tray.hide()
        workspaces.show("train")
        docks.bring(docks.tray)
        docks.probe.hide()
    with open_window(qtbot, tmp_path) as window:
        docks, workspaces = window.bench.docks, window.bench.workspaces
        assert workspaces.current == "train"
        assert docks.tray.isVisible()
        assert not docks.probe.isVisible()
        workspaces.show("explore")
        assert not docks.tray.isVisible()
        assert docks.probe.isVisible()
        workspaces.reset()
        assert docks.tray.isVisible()
        workspaces.show("train")
        assert not docks.probe.isVisible(), "the other one was reset"


def test_that_settings_in_a_read_only_folder_are_no_reason_to_fail(qtbot: QtBot, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    settings = Settings(blocked / "lab.ini")
    with open_window(qtbot, tmp_path, settings=settings) as window:
        window.save_settings()
        assert "could not be saved" in window.statusBar().currentMessage()


def test_that_of_two_windows_on_one_file_the_last_one_wins(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as one, open_window(qtbot, tmp_path) as two:
        one.workspace.do(MoveProbe(z=(1.0, 0.0)))
        two.workspace.do(MoveProbe(z=(2.0, 0.0)))
        two.save_settings()
        one.save_settings()
    found = Settings(tmp_path / "lab.ini")
    assert found.complaint == ""
    assert found.session is not None
    assert found.session.probe == (1.0, 0.0), "the first window was the last to close"


def test_that_a_session_of_twenty_thousand_pins_starts_with_those_that_fit(tmp_path: Path) -> None:
    path = tmp_path / "lab.ini"
    settings = Settings(path)
    settings.session = SessionState(
        probe=(0.5, 0.5), pins=tuple((float(number), 0.0) for number in range(20_000))
    )
    settings.theme = Theme.DARK
    settings.save()
    whole = path.read_text()
    settings = Settings(path)
    assert settings.session is not None
    assert settings.session.pins == tuple((float(number), 0.0) for number in range(MAX_PINS))
    assert (settings.session.probe, settings.theme) == ((0.5, 0.5), Theme.DARK)
    assert settings.complaint == (
        "lab.ini: the session had 20,000 pins, over the 128 that fit. It goes on without; "
        "the old file is kept as lab.ini.larger."
    )
    assert (tmp_path / "lab.ini.larger").read_text() == whole
    assert settings.save()
    assert Settings(path).complaint == "", "told once"


def test_that_a_file_too_large_to_be_read_is_put_aside_unread(tmp_path: Path) -> None:
    path = tmp_path / "lab.ini"
    with path.open("wb") as stream:
        stream.truncate(3 * 2**30)
    settings = Settings(path)
    assert settings.session is None
    assert "is over 32 MiB" in settings.complaint
    assert (tmp_path / "lab.ini.damaged").stat().st_size == 3 * 2**30
    assert settings.save()
    assert Settings(path).complaint == ""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_that_settings_do_not_wait_for_a_pipe_and_leave_it_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "lab.ini"
    os.mkfifo(path)
    settings = Settings(path)
    assert "is a pipe, not a file" in settings.complaint
    assert not settings.save()
    assert path.is_fifo()


def test_that_a_layout_far_larger_than_any_is_damaged(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "lab.ini")
    settings.layouts = {"explore": QByteArray(b"x" * 100_000)}
    settings.save()
    assert "is damaged" in Settings(tmp_path / "lab.ini").complaint


def test_that_model_and_data_given_by_relative_paths_are_found_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, path = tmp_path / "here", tmp_path / "lab.ini"
    (here / "cats").mkdir(parents=True)
    for name in ("m.safetensors", "d.safetensors"):
        (here / name).touch()
    monkeypatch.chdir(here)
    settings = Settings(path)
    settings.session = SessionState(model="m.safetensors", data="cats::side=16", pins=((1.0, 2.0),))
    settings.tape = "d.safetensors", Recipe(3, SamplerSettings(steps=7))
    settings.save()
    monkeypatch.chdir("/")
    again = Settings(path)
    assert again.session is not None
    assert again.session.model == str(here / "m.safetensors")
    assert again.session.data == f"{here / 'cats'}::side=16"
    assert again.session.pins == ((1.0, 2.0),)
    assert again.tape is not None
    assert again.tape[0] == str(here / "d.safetensors")


@pytest.mark.parametrize("key", ["folder", "denoiser", "theme"])
def test_that_a_text_longer_than_any_path_is_not_taken(tmp_path: Path, key: str) -> None:
    path = tmp_path / "lab.ini"
    settings = Settings(path)
    settings.tape = ("mnist-ddpm", Recipe(3, SamplerSettings(steps=7)))
    settings.save()
    lines = path.read_text().split("\n")
    path.write_text("\n".join(f"{key}={'x' * 20_000}" if one.startswith(key) else one for one in lines))
    os.utime(path, (1_000_000_000, 1_000_000_000))
    found = Settings(path)
    assert found.folder == ""
    assert (found.tape is None) == (key == "denoiser")
    # A tape that cannot be found again is no news.
    assert ("is damaged" in found.complaint) == (key != "denoiser")
