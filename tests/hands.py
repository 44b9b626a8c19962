"""Hands that use a window as a person does: every control in sight, by mouse, by key and by its own ways.

Shared by the walk through all pairs of models and by the campaign of random edits. What they meet is told by
`Faults`: whatever reaches the crash handler, or would stand in its log.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import shiboken6
from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QScrollBar,
    QSpinBox,
    QTabWidget,
    QToolButton,
    QWidget,
)

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.trust import STEERED
from latentlab.engine.diffusion.recipes import Recipe, SamplerSettings
from latentlab.engine.files.model_catalog import (
    capabilities_of,
    card_in,
    data_of,
    denoises,
    makes_pictures,
)
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.crash_reporter import CrashLog
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.manifold_grid.picture import GridPicture
from latentlab.session.session import Session
from latentlab.session.state import SessionState
from latentlab.shipped import model_files

_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
_SHIFT = Qt.KeyboardModifier.ShiftModifier
# What asks for a file or the clipboard, trains, judges, or makes what is drawn long.
_LEFT_ALONE = re.compile(
    r".*(open|paste|save|export|import|copy|file).*|train.*|judge.*|ratio.*|stage.*|"
    r"tapeCount|steps.*|qt_.*|planeChooser",
    re.IGNORECASE,
)
_MOST_SPUN = 9
# Menu commands that are of use in any model, and each of which can be taken back or closed.
_COMMANDS = (
    "randomProbeAction", "originAction", "pinHereAction", "playWalkAction", "zoomInAction", "zoomOutAction",
    "showAllAction", "pointsLayerAction", "manifoldLayerAction", "contoursLayerAction", "densityLayerAction",
    "addToAAction", "addToBAction", "makeDirectionAction", "lassoAAction", "clearGroupsAction",
)  # fmt: skip


def planes() -> list[str]:
    """The shipped models that have a plane; of those that can do the same, with the same data and as many
    latents, the first.
    """
    found: dict[object, str] = {}
    for name in _pictures():
        card = card_in(model_files()[name])
        can = capabilities_of(card)
        if Capability.DECODES in can:
            found.setdefault((can, data_of(name), card["config"].get("latents")), name)
    return list(found.values())


def denoisers() -> list[str]:
    """The shipped models for the diffusion panel."""
    return [name for name in _pictures() if denoises(name)]


def _pictures() -> Iterator[str]:
    return (name for name, path in model_files().items() if makes_pictures(path))


@contextmanager
def few_pictures(count: int) -> Iterator[None]:
    """The shipped data have only the first `count` pictures of each split: models open quickly."""
    known: dict[tuple[str, str], ImageSet] = {}
    load = catalog.load

    def some(spec: str, split: str = "test") -> ImageSet:
        if (spec, split) not in known:
            part = load(spec, split).part(split, 0, count)
            # A slice would keep all the others in memory.
            known[spec, split] = replace(part, images=part.images.clone())
        return known[spec, split]

    catalog.load = some
    try:
        yield
    finally:
        catalog.load = load


def composed(settings: Settings, models: Path) -> LabWindow:
    """A window in sight, over the real renderer; whose tapes are short; its model open."""
    settings.tape = (denoisers()[0], Recipe(2, SamplerSettings(steps=2)))
    window = LabWindow(Workspace(Session(SessionState())), settings, models)
    window.resize(1500, 950)
    window.show()
    window.start()
    until(lambda: encoded(window), "the first model was not opened")
    return window


def settle(milliseconds: int = 0) -> None:
    """Lets the window come to rest for so long."""
    if milliseconds:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()
    QApplication.processEvents()


class Faults:
    """What reaches the crash handler of a window, in a log of its own."""

    def __init__(self, window: LabWindow, folder: Path) -> None:
        self._window = window
        window.crashes.log = CrashLog(folder / "faults" / "lab.log")
        window.crashes.install()

    @property
    def found(self) -> str:
        """All of them, in words; "" if there was none."""
        path = self._window.crashes.log.path
        return path.read_text() if path.exists() else ""


class Hands:
    """Two hands at a window, that do by chance, of which `seed` decides, what can be done."""

    def __init__(self, window: LabWindow, seed: int = 0) -> None:
        self.window, self.chance = window, random.Random(seed)
        self.uses = 0
        found = window.findChild(GridPicture)
        assert found is not None
        self.grid = found

    # Models and data

    def open(self, model: str, patience_s: float = 60.0) -> None:
        """Opens a model by its menu, and waits until its pictures have their places."""
        workspace = self.window.workspace
        loaded: list[object] = []
        workspace.loaded.connect(loaded.append)
        self.window.bench.actions[f"model_{model}"].trigger()
        until(lambda: bool(loaded) and encoded(self.window), f"{model} was not opened", patience_s)
        workspace.loaded.disconnect(loaded.append)

    def open_denoiser(self, model: str, patience_s: float = 60.0) -> None:
        """Opens a diffusion model by the chooser of its panel, and waits for the end of its tape."""
        view, diffusion = self.window.bench.diffusion, self.window.bench.denoiser_client
        self.window.bench.docks.show_diffusion()
        settle(20)
        if diffusion.model is not None and diffusion.model.model == model:
            view.open_model(model)  # the chooser would leave it as it is
        chooser = view.chooser
        chooser.setCurrentIndex(chooser.findText(model))
        chooser.activated.emit(chooser.currentIndex())
        until(
            lambda: (
                diffusion.model is not None
                and diffusion.model.model == model
                and not view.reverse.runs.running
                and bool(view.frames())
            ),
            f"{model} was not opened",
            patience_s,
        )

    # Whole panels

    def use_everything(self, of_a_kind: int = 2) -> None:
        """Each panel to the front, each page of it, of each kind of control there some; then the plane."""
        bench = self.window.bench
        for dock in bench.docks.all:
            if dock is bench.docks.compare:
                continue  # it opens models of its own, in threads that may be at work when a test ends
            bench.workspaces.reveal(dock)
            settle()
            content = bench.docks.content_of(dock)
            pages = [tabs for tabs in content.findChildren(QTabWidget) if tabs.objectName()]
            for tabs in pages:
                for page in range(tabs.count()):
                    tabs.setCurrentIndex(page)
                    settle()
                    self._use_panel(tabs.currentWidget(), of_a_kind)
            self._use_panel(content, of_a_kind)
        bench.workspaces.show("explore")
        settle()
        self._use_panel(self.window.centralWidget(), of_a_kind)
        self.use_plane()
        for name in _COMMANDS:
            self.command(name)
        self.close_pages()

    def _use_panel(self, panel: QWidget, of_a_kind: int) -> None:
        kinds: dict[tuple[type, str], int] = {}
        controls = self.controls(panel)
        self.chance.shuffle(controls)
        for control in controls:
            if not usable(control):
                continue  # gone by what was done before
            kind = (type(control), re.sub(r"[_\d].*", "", control.objectName()))
            kinds[kind] = kinds.get(kind, 0) + 1
            if kinds[kind] <= of_a_kind:
                self.use(control)

    @staticmethod
    def controls(panel: QWidget) -> list[QWidget]:
        """What there is to use on a panel, as far as it can be seen."""
        kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QListWidget)
        return [
            control
            for control in panel.findChildren(QWidget)
            if isinstance(control, kinds)
            and usable(control)
            and not isinstance(control, QScrollBar)
            and not isinstance(control.parentWidget(), QAbstractSpinBox | QComboBox)
            and control.objectName()
            and _LEFT_ALONE.fullmatch(control.objectName()) is None
        ]

    def use(self, control: QWidget) -> None:
        """Does with a control what it is for."""
        self.uses += 1
        chance = self.chance
        match control:
            case QToolButton() if control.menu() is not None:
                return  # its menu waits for the mouse in a loop of its own
            case QAbstractButton():
                QTest.mouseClick(control, _LEFT)
            case QAbstractSlider():
                most = control.maximum()
                if control.objectName() == "gridSize":
                    most = control.minimum() + _MOST_SPUN
                control.setValue(chance.randint(control.minimum(), most))
            case QSpinBox():
                control.setValue(chance.randint(control.minimum(), self._most(control)))
            case QDoubleSpinBox():
                control.setValue(chance.uniform(control.minimum(), min(control.maximum(), 100.0)))
            case QComboBox():
                choose(control, chance)
            case QLineEdit() if not control.isReadOnly():
                if control.objectName() == "probeZ":
                    latents = len(self.window.workspace.state.probe)
                    control.selectAll()
                    QTest.keyClicks(control, ", ".join(f"{chance.gauss(0, 1):.2f}" for _ in range(latents)))
                    QTest.keyClick(control, Qt.Key.Key_Return)
            case QListWidget() if control.count():
                row = chance.randrange(control.count())
                control.setCurrentRow(row)
                place = control.visualItemRect(control.item(row)).center()
                move(control.viewport(), QPointF(place))
                QTest.mouseClick(control.viewport(), _LEFT, pos=place)
        QApplication.processEvents()
        self.close_pages()

    def close_pages(self) -> None:
        """Uses and closes whatever page has opened."""
        for page in QApplication.topLevelWidgets():
            if isinstance(page, QDialog) and page.isVisible() and page.objectName() != "crashDialog":
                if isinstance(page, QFileDialog):
                    page.reject()
                    continue
                for control in self.controls(page):
                    if usable(control) and isinstance(control, QAbstractSlider | QComboBox | QListWidget):
                        self.use_quietly(control)
                if page.objectName() == "nameDialog":
                    QTest.keyClick(page, Qt.Key.Key_Return)
                QApplication.processEvents()
                if shiboken6.isValid(page) and page.isVisible():
                    page.close()

    @staticmethod
    def _most(control: QSpinBox) -> int:
        """The number of a picture may be any; of what is drawn there are to be few."""
        most = 2000 if control.objectName() == "selectedIndex" else _MOST_SPUN
        return min(control.maximum(), max(control.minimum(), most))

    def use_quietly(self, control: QWidget) -> None:
        """As `use`, for what is on a page that is open."""
        match control:
            case QAbstractSlider():
                control.setValue(self.chance.randint(control.minimum(), control.maximum()))
            case QComboBox():
                choose(control, self.chance)
            case QListWidget() if control.count():
                control.setCurrentRow(self.chance.randrange(control.count()))

    def command(self, name: str) -> None:
        """A command of the menus, if it can be done."""
        action = self.window.bench.actions[name]
        if action.isEnabled():
            self.uses += 1
            action.trigger()
            QApplication.processEvents()
            self.close_pages()

    # The plane

    def use_plane(self) -> None:
        """Drags, selects, gathers, pans, zooms and nudges."""
        for act in (self.drag, self.select, self.gather, self.look, self.nudge, self.point_at_grid):
            act()

    def _place(self) -> QPoint:
        plane = self.window.bench.plane
        return QPoint(
            self.chance.randint(4, max(5, plane.width() - 5)),
            self.chance.randint(4, max(5, plane.height() - 5)),
        )

    def drag(self) -> None:
        """The probe, to somewhere in the plane."""
        plane = self.window.bench.plane
        QTest.mousePress(plane, _LEFT, pos=self._place())
        for _ in range(3):
            move(plane, QPointF(self._place()), _LEFT)
        QTest.mouseRelease(plane, _LEFT, pos=self._place())
        QApplication.processEvents()

    def select(self) -> None:
        """A picture, by double-clicking its point; mostly one is found."""
        plane = self.window.bench.plane
        cloud = plane.cloud
        place = self._place()
        if cloud is not None and len(cloud):
            number = self.chance.randrange(len(cloud))
            x, y = plane.camera.to_pixel(float(cloud.x[number]), float(cloud.y[number]))
            if plane.rect().contains(QPoint(round(x), round(y))):
                place = QPoint(round(x), round(y))
        move(plane, QPointF(place))
        QTest.mouseDClick(plane, _LEFT, pos=place)
        QTest.mouseRelease(plane, _LEFT, pos=place)
        QApplication.processEvents()

    def gather(self) -> None:
        """Points into a group, with the lasso."""
        plane = self.window.bench.plane
        keys = _SHIFT | (
            Qt.KeyboardModifier.ControlModifier
            if self.chance.random() < 0.5
            else Qt.KeyboardModifier.NoModifier
        )
        QTest.mousePress(plane, _LEFT, keys, self._place())
        for _ in range(4):
            move(plane, QPointF(self._place()), _LEFT, keys)
        QTest.mouseRelease(plane, _LEFT, keys, self._place())
        QApplication.processEvents()

    def look(self) -> None:
        """Elsewhere, and closer or from further away."""
        plane = self.window.bench.plane
        QTest.mousePress(plane, _RIGHT, pos=self._place())
        move(plane, QPointF(self._place()), _RIGHT)
        QTest.mouseRelease(plane, _RIGHT, pos=self._place())
        plane.zoom(self.chance.uniform(0.8, 1.25))
        if self.chance.random() < 0.3:
            plane.show_all()
        QApplication.processEvents()

    def nudge(self) -> None:
        """The probe by the arrow keys, in the plane or in the grid."""
        keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
        widget = self.chance.choice((self.window.bench.plane, self.grid))
        QTest.keyClick(widget, self.chance.choice(keys))
        QApplication.processEvents()

    def point_at_grid(self) -> None:
        """The mouse passes over the grid, and presses there."""
        picture = self.grid
        if picture.cells is not None and picture.width() > 20:
            place = QPoint(
                self.chance.randrange(picture.width()), self.chance.randrange(max(1, picture.height()))
            )
            move(picture, QPointF(place))
            QTest.mouseClick(picture, _LEFT, pos=place)
        QApplication.processEvents()


def encoded(window: LabWindow) -> bool:
    """Whether all pictures have their places."""
    found = window.workspace.encodings
    return found is not None and found.done


def until(done: Callable[[], bool], fault: str, patience_s: float = 60.0) -> None:
    """Returns once `done`.

    Raises:
        TimeoutError: saying what did not come about.
    """
    late = time.monotonic() + patience_s
    while not done():
        if time.monotonic() > late:
            raise TimeoutError(fault)
        settle(5)


def usable(control: QWidget) -> bool:
    """Whether a control is still there, on a page that is in front, and enabled."""
    return bool(shiboken6.isValid(control) and control.isVisible() and control.isEnabled())


def choose(control: QComboBox, chance: random.Random) -> None:
    """Another entry; models are opened on purpose alone, and steering takes minutes."""
    if control.count() and control.objectName() != "denoiserChooser":
        index = chance.randrange(control.count())
        if control.itemData(index) != STEERED:
            control.setCurrentIndex(index)
            control.activated.emit(index)


def move(
    widget: QWidget,
    place: QPointF,
    button: Qt.MouseButton = Qt.MouseButton.NoButton,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """The mouse to a place, with a button held or none."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        QPointF(widget.mapToGlobal(place)),
        Qt.MouseButton.NoButton,
        button,
        keys,
    )
    QApplication.sendEvent(widget, event)
