"""Names from files in the window: they are read, and do nothing. Qt would take them for HTML."""

from __future__ import annotations

import ast
import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QSpinBox
from pytestqt.qtbot import QtBot

import latentlab.qt
from latentlab.data.spec import Spec
from latentlab.engine.attributes.direction_files import save_directions
from latentlab.engine.attributes.directions import Directions
from latentlab.engine.attributes.trust import Trust
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.rendering.renderer import Renderer
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.open_data.dialog import OpenDataDialog
from latentlab.qt.shell.crash_reporter import CrashDialog
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.widgets.plain_text import (
    Label,
    in_html,
    on_button,
    plain_tip,
    spoken,
    title_text,
    without_mnemonic,
)
from latentlab.session.own_directions import OwnDirection
from latentlab.session.state import SessionState
from tests.data.pictures import noise, write
from tests.qt.controllers.test_file_opener import drop, picture
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.views.diffusion.test_diffusion_view import save_tiny_denoiser
from tests.qt.waiting import until_idle
from tests.qt.walking import HOSTILE, MARK, MOST_WIDTH, fault_of, faults
from tests.tiny import save_tiny_cvae

pytestmark = OFFSCREEN
PACKAGE = Path(latentlab.qt.__file__).parent
UNKNOWN = Trust(None, None, 0, 0)


def as_file(name: str) -> str:
    """The name as far as a file system takes it."""
    return name.replace("/", "\N{DIVISION SLASH}")[:180]


FILE = as_file(HOSTILE[0] + "&b\x1b\u202e")


def classes(root: Path) -> Path:
    """Pictures in folders of hostile names: as many classes."""
    for place, name in enumerate(HOSTILE):
        for number in range(4):
            write(root / as_file(name) / f"{number}.png", noise(10 * place + number, 8, 1))
    return root


def attributes(root: Path) -> Path:
    """Pictures with a table whose columns are hostile attributes."""
    for number in range(24):
        write(root / f"{number}.png", noise(number, 8, 1))
    names = [name for name in HOSTILE if "\n" not in name]
    with (root / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["file", *names])
        for number in range(24):
            table.writerow([f"{number}.png", *((number >> place) & 1 for place in range(len(names)))])
    return root


def saved_session(folder: Path, model: Path, data: Path) -> Settings:
    """As a session is found again: with directions of one's own, groups, pins and a selected picture."""
    found = load_model(str(model))
    own = tuple(
        OwnDirection(name[:80], (1.0, 0.5 + place), "groups", 3, 4, UNKNOWN, MARK, MARK, found.hash)
        for place, name in enumerate(HOSTILE)
    )
    count = len(HOSTILE)
    settings = Settings(folder / "lab.ini")
    settings.session = SessionState(
        model=str(model), data=str(data), split="all", selected=1, own=own, pins=((0.0, 0.0), (1.0, 1.0)),
        group_a=(0, 1), group_b=(2, 3), amounts=((own[0].key, 0.5),),
        condition=(1.0, *(0.0,) * (count - 1)), asked=((HOSTILE[0], 1.0),),
    )  # fmt: skip
    assert settings.save()
    return Settings(folder / "lab.ini")


def see_all(qtbot: QtBot, window: LabWindow) -> None:
    """Every panel and every page of it in front once."""
    for dock in window.bench.docks.all:
        window.bench.workspaces.reveal(dock)
        until_idle()
    pages = window.bench.attributes.pages
    window.bench.docks.show_attributes()
    for place in range(pages.count()):
        pages.setCurrentIndex(place)
        until_idle()
    window.bench.palette.open_at_top()
    window.bench.actions.refresh()
    until_idle()


def directions_file(folder: Path, model: Path) -> Path:
    found = load_model(str(model))
    names = tuple(name[:60] for name in HOSTILE)
    count = len(names)
    vectors = np.eye(count, 2, dtype=np.float32) + 1.0
    made = Directions(
        names, vectors, "means", (3,) * count, (4,) * count, (UNKNOWN,) * count,
        data=MARK, model=MARK, model_hash=found.hash,
    )  # fmt: skip
    return save_directions(folder / f"{FILE}.npz", made)


@pytest.fixture(params=[False, True], ids=["attributes", "classes"])
def window(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path) -> Iterator[LabWindow]:
    """Of a real model with hostile attributes, or classes, found again in a saved session, and all seen."""
    exclusive = request.param
    home = tmp_path / FILE
    home.mkdir()
    model = save_tiny_cvae(home / f"{FILE}.safetensors", HOSTILE, exclusive=exclusive, data=FILE)
    data = (classes if exclusive else attributes)(home / FILE)
    # Trained here, as far as the menu of models knows.
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / f"{FILE}.safetensors").write_bytes(model.read_bytes())
    settings = saved_session(tmp_path, model, data)
    with open_window(qtbot, tmp_path, Renderer(), settings) as made:
        see_all(qtbot, made)
        yield made


def test_that_no_name_does_anything_anywhere_in_the_window(qtbot: QtBot, window: LabWindow) -> None:
    qtbot.waitUntil(lambda: bool(window.bench.attributes.sections.offers), timeout=10000)
    see_all(qtbot, window)
    wrong, counts = faults()
    assert wrong == []
    # Else nothing was looked at.
    least = {"label": 10, "tip": 40, "button": 9, "item": 1, "action": 1, "title": 1}
    assert {kind: counts.get(kind, 0) for kind in least if counts.get(kind, 0) < least[kind]} == {}
    assert window.minimumSizeHint().width() <= MOST_WIDTH


def test_that_no_name_does_anything_in_a_dialog(qtbot: QtBot, window: LabWindow, tmp_path: Path) -> None:
    qtbot.waitUntil(lambda: bool(window.bench.attributes.sections.offers), timeout=10000)
    board = window.bench.attributes
    pages: list[QDialog] = []
    board._show_sheet()
    board._show_trust()
    window.bench.actions["aboutAction"].trigger()
    window.bench.actions["shortcutsAction"].trigger()
    window.bench.controller.ask_to_save("probe")
    yours = board.sections.yours
    yours._rename(next(iter(yours.rows)))
    pages.append(CrashDialog(tmp_path / FILE / "lab.log", window))
    pages[-1].add(f"ValueError: {HOSTILE[0]}\x1b[2J", f"{HOSTILE[0]} and {HOSTILE[1]}")
    for data in (tmp_path / FILE / FILE, tmp_path / FILE / "missing"):
        pages.append(OpenDataDialog(Spec.parse(str(data)), window.bench.background, window))
    for page in pages:
        page.open()
    until_idle()
    qtbot.waitUntil(lambda: not window.bench.background.busy, timeout=10000)
    wrong, counts = faults()
    shown = [
        page for page in QApplication.topLevelWidgets() if isinstance(page, QDialog) and page.isVisible()
    ]
    for page in shown:
        page.close()
    assert wrong == []
    assert len(shown) >= 8
    assert counts["title"] >= 2


def test_that_files_of_hostile_names_tell_of_themselves_in_plain_words(
    qtbot: QtBot, window: LabWindow, tmp_path: Path
) -> None:
    home, messages = tmp_path / FILE, window.bench.messages
    said = []

    def look() -> None:
        wrong, _ = faults()
        assert wrong == []
        said.append((messages.label.text(), messages.offer.text(), window.statusBar().currentMessage()))

    hostile = {"model": HOSTILE[0], "model_hash": "0123456789ab", "z": (0.5, 0.5)}
    for name, fields in (("at", hostile), ("grid", {**hostile, "what": "grid", "z": None})):
        messages.hide()
        drop(window, picture(home / f"{name}{FILE}.png", **fields))
        qtbot.waitUntil(messages.isVisible, timeout=5000)
        look()
    for broken in (home / f"{FILE}.b.safetensors", home / f"{FILE}.zip", home / f"{FILE}.pt"):
        broken.write_bytes(b"nothing")
        messages.hide()
        if broken.suffix != ".zip":
            drop(window, broken)
            qtbot.waitUntil(messages.isVisible, timeout=5000)
            look()
    window.bench.controller.directions.import_from(
        str(directions_file(home, Path(window.workspace.state.model)))
    )
    qtbot.waitUntil(lambda: "Imported" in window.statusBar().currentMessage(), timeout=5000)
    look()
    assert f'<img src="∕{MARK}">&b\\x1b\\u202e.npz' in said[-1][2]
    assert said[0][0].startswith(str(tmp_path))
    assert HOSTILE[0] in said[0][0]


def test_that_a_denoiser_of_hostile_names_draws_a_tape_of_plain_captions(
    qtbot: QtBot, tmp_path: Path
) -> None:
    home = tmp_path / FILE
    home.mkdir()
    model = save_tiny_denoiser(home / f"{FILE}.safetensors", HOSTILE, data=FILE)
    with open_window(qtbot, tmp_path) as made:
        form = made.bench.diffusion.reverse.form
        form.steps.setValue(3)
        form.count.setValue(2)
        with qtbot.waitSignal(made.bench.diffusion.tape_finished, timeout=20000):
            made.bench.models.open_denoiser(str(model))
        see_all(qtbot, made)
        wrong, counts = faults()
        assert wrong == []
        assert counts["item"] >= len(HOSTILE)


def test_that_a_named_pipe_in_a_name_is_never_opened(tmp_path: Path) -> None:
    """In a process of its own, for it would wait for ever: classes and conditions name a pipe."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    code = f"""
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from PySide6.QtCore import QPoint
from shiboken6 import isValid
app = QApplication([])
from tests.qt import fake_renderer
name = '<img src="{pipe}">'
fake_renderer.CLASSES = (name, name + "b", "c")
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.session import Session
from latentlab.session.state import SessionState
folder = Path({str(tmp_path)!r})
renderer = fake_renderer.FakeRenderer(2, (name, name + "x"), False)
workspace = Workspace(Session(SessionState(selected=0)), renderer)
window = LabWindow(workspace, Settings(folder / "lab.ini"), folder / "models")
window.show()
window.start()
shown = set()
def turn():
    for _ in range(20):
        app.processEvents()
        app.thread().msleep(5)
for dock in (None, *window.bench.docks.all):
    if dock is not None:
        window.bench.workspaces.reveal(dock)
    turn()
for widget in app.allWidgets():
    # A tip that was shown before may be gone by now.
    tip = widget.toolTip() if isValid(widget) else ""
    if "pipe" in tip and tip not in shown:
        shown.add(tip)
        QToolTip.showText(QPoint(5, 5), tip, window)
        app.processEvents()
window.bench.messages.say(name)
turn()
window.close()
print("tips", len(shown))
# As the program ends: a thread that is still importing is not waited for.
from latentlab.qt.clients.joining import end_process
end_process(0)
"""
    root = Path(__file__).parents[2]
    environment = {
        **os.environ,
        "PYTHONPATH": str(root),
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    tips = int(re.search(r"tips (\d+)", done.stdout)[1])
    assert tips >= 8


# The parts


def test_that_a_label_shows_html_as_it_is_and_keeps_its_mnemonic(qtbot: QtBot) -> None:
    label, box = Label("<b>a</b>\x1b&x"), QSpinBox()
    for widget in (label, box):
        qtbot.addWidget(widget)
    assert (label.text(), label.textFormat()) == ("<b>a</b>\\x1b&x", Qt.TextFormat.PlainText)
    plain = QLabel("<b>a</b>\\x1b&x", textFormat=Qt.TextFormat.PlainText)
    qtbot.addWidget(plain)
    assert label.sizeHint() == plain.sizeHint()


def test_that_a_long_name_does_not_widen_a_label_that_breaks_its_lines(qtbot: QtBot) -> None:
    label = Label("w" * 5000)
    qtbot.addWidget(label)
    label.setWordWrap(True)
    assert len(label.text()) == 300
    assert label.minimumSizeHint().width() < 300


@pytest.mark.parametrize("name", HOSTILE)
def test_that_a_tip_reads_as_the_name(name: str) -> None:
    tip = plain_tip(f"Class {name}")
    page = QtGui.QTextDocument()
    page.setHtml(tip) if QtGui.Qt.mightBeRichText(tip) else page.setPlainText(tip)
    assert MARK in page.toPlainText()
    assert fault_of("tip", tip) == ""
    if tip == f"Class {name}":
        assert not QtGui.Qt.mightBeRichText(tip)
    elif "<" in name:
        assert page.toPlainText() == f"Class {name}"


def test_that_an_ampersand_is_one_on_a_button_and_read_back_as_one() -> None:
    assert without_mnemonic("a&b && c\t") == "a&&b &&&& c\\t"
    assert spoken(without_mnemonic("a&b && c")) == "a&b && c"
    assert spoken("&Open") == "Open"
    assert on_button("x" * 100) == "x" * 16 + "…" + "x" * 15
    assert title_text("[*] a") == "[*][*] a"
    assert in_html("<b>&") == "&lt;b&gt;&amp;"


def test_that_the_walk_finds_what_it_looks_for(qtbot: QtBot) -> None:
    label = QLabel(HOSTILE[0])
    label.setToolTip(HOSTILE[1])
    qtbot.addWidget(label)
    wrong, _ = faults()
    assert sorted(fault.partition("): ")[2].partition(":")[0] for fault in wrong) == ["the name is HTML"] * 2
    assert fault_of("button", HOSTILE[2]) == "a single &"
    assert fault_of("item", HOSTILE[4]).startswith("a control character")
    assert fault_of("action", HOSTILE[6]) == f"{len(HOSTILE[6])} letters"


# What every module of the window keeps to


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name != "plain_text.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield path.relative_to(PACKAGE).as_posix(), node


def _harmless(text: ast.expr) -> bool:
    """A text that is written in the module, or has gone through `latentlab.qt.widgets.plain_text`."""
    match text:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name.strip("_").isupper()
        case ast.IfExp(body=one, orelse=other):
            return _harmless(one) and _harmless(other)
        case ast.JoinedStr(values=parts):
            return all(_harmless(part.value) for part in parts if isinstance(part, ast.FormattedValue))
        case ast.Call(func=ast.Name(id=name)):
            return name in ("plain_tip", "one_line")
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in ("toolTip", "statusTip", "escape")
    return False


def test_that_tips_are_set_through_plain_tip() -> None:
    place_of_text = {
        "setToolTip": -1,
        "setStatusTip": -1,
        "setWhatsThis": -1,
        "setTabToolTip": 1,
        "showText": 1,
    }
    # Of the plane's shades, in paragraphs that are written there.
    known = {"views/latent_plane/view.py"}
    found = [
        f"{file}:{call.lineno}"
        for file, call in _calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr in place_of_text
        and not _harmless(call.args[place_of_text[call.func.attr]]) and file not in known
    ]  # fmt: skip
    assert found == [], "what is in a tip goes through plain_tip"


def test_that_nothing_that_may_show_html_is_used_but_through_the_module_for_it() -> None:
    banned = {
        *("QLabel", "QMessageBox", "QInputDialog", "QErrorMessage", "QProgressDialog", "QStaticText"),
        *("QTextEdit", "QTextBrowser", "setHtml", "insertHtml", "appendHtml", "setTextFormat"),
        *("TextItem", "LabelItem"),
    }
    found = [
        f"{file}:{call.lineno} {ast.unparse(call.func)}"
        for file, call in _calls()
        if ast.unparse(call.func).rpartition(".")[2] in banned
    ]
    assert found == [], "labels are Label or RichLabel of latentlab.qt.widgets.plain_text"
