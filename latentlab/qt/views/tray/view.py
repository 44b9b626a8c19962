"""The tray: pinned points as a film strip, in the order of the walk."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QAction, QContextMenuEvent, QImage, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QToolButton, QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.requests.points import TrayRequest, WalkReply
from latentlab.engine.types import Point
from latentlab.models.capabilities import Capability
from latentlab.plain import minus
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.film_strip import PICTURE, FilmStrip
from latentlab.qt.widgets.images import to_qimage
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.session.bounds import MAX_PINS, TRAY_FULL
from latentlab.session.edits import MoveProbe, PointAt, SetPins
from latentlab.session.state import SessionState

_EMPTY = "Pin pictures to keep them."
_PIN = "Pin the picture at the probe."
_ROOMY = 290


class Tray(QWidget):
    """The strip and its commands, each a button, a context menu entry and, where useful, a key."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trayPanel")
        self._workspace = workspace
        self._pictures: dict[Point, QImage] = {}
        self._shown: tuple[Point, ...] = ()
        self._pointing = False
        self.strip = FilmStrip(_EMPTY)
        self.strip.setObjectName("tray")
        self.strip.setAccessibleName("Tray of pinned pictures")
        self.strip.setAccessibleDescription("Enter moves the probe to a pin, Delete removes the pin.")
        self.strip.setToolTip("Pinned pictures. Click one to move the probe there, drag to change the order.")
        self.strip.chosen.connect(self._chosen)
        self.strip.moved.connect(self._moved)
        self.strip.passed.connect(self._passed)
        self.strip.currentRowChanged.connect(self._offer)
        self.strip.viewport().installEventFilter(self)
        self.pin_action = self._action("pinProbe", "Pin probe", self.pin, "", _PIN)
        self.visit_action = self._action(
            "visitPin", "Move probe here", self.visit, "", "Move the probe to this pin."
        )
        self.remove_action = self._action("removePin", "Remove", self.remove, "Del", "Remove the chosen pin.")
        self.clear_action = self._action("clearPins", "Clear", self.clear, "", "Remove all pins.")
        self.left_action = self._action(
            "pinLeft",
            "Move left",
            self.move_left,
            "Alt+Left",
            "Move the chosen pin to an earlier place in the walk.",
        )
        self.right_action = self._action(
            "pinRight",
            "Move right",
            self.move_right,
            "Alt+Right",
            "Move the chosen pin to a later place in the walk.",
        )
        self._lay_out()
        workspace.changed.connect(self._changed)
        workspace.loaded.connect(self._loaded)
        workspace.on(TrayRequest).connect(self._trayed)
        self._show_pins()

    def _action(self, name: str, text: str, do: Callable[[], None], key: str, tip: str) -> QAction:
        """A command of the tray; the key works while the strip or a button has the focus."""
        action = QAction(text, self)
        action.setObjectName(f"{name}Action")
        action.setToolTip(plain_tip(f"{tip} ({QKeySequence(key).toString()})" if key else tip))
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(do)
        self.addAction(action)
        return action

    def _lay_out(self) -> None:
        self._arrows: list[QToolButton] = []
        self._for_pins: list[QToolButton] = []
        row = QHBoxLayout()
        row.setSpacing(4)
        for action, arrow in (
            (self.pin_action, None),
            (self.left_action, Qt.ArrowType.LeftArrow),
            (self.right_action, Qt.ArrowType.RightArrow),
            (self.remove_action, None),
            (self.clear_action, None),
        ):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setObjectName(action.objectName().removesuffix("Action"))
            button.setAccessibleName(action.text())
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setMinimumHeight(24)
            if arrow is not None:
                button.setArrowType(arrow)
                self._arrows.append(button)
            row.addWidget(button)
            if action is self.pin_action:
                row.addStretch(1)
            elif arrow is None:
                self._for_pins.append(button)
        layout = self._whole = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(5)
        layout.addWidget(self.strip, 1)
        layout.addLayout(row)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._show_arrows()
        super().resizeEvent(event)

    def _show_arrows(self) -> None:
        # Where width is limited, dragging, keys and the menu still change the order.
        for button in self._arrows:
            button.setVisible(self.width() >= _ROOMY and bool(self._shown))

    # What comes from the workspace

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.pins != new.pins:
            self._show_pins()

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._pictures.clear()

    @Slot(object)
    def _trayed(self, reply: WalkReply) -> None:
        self._pictures = dict(zip(reply.points, map(to_qimage, reply.pictures), strict=True))
        for row, pin in enumerate(self._shown):
            self.strip.item(row).setData(PICTURE, self._pictures.get(pin))

    def _show_pins(self) -> None:
        """Fills the strip again; known pictures are shown at once."""
        before, self._shown = self._shown, self._workspace.state.pins
        row = self.strip.currentRow()
        pinned = len(self._shown) == len(before) + 1
        self.strip.clear()
        for number, pin in enumerate(self._shown, 1):
            place = minus(", ".join(f"{value:.2f}" for value in pin[:4]))
            self.strip.add(str(number), self._pictures.get(pin), f"Pin {number} at z = ({place})")
        # Empty, it takes one line.
        directions = QBoxLayout.Direction
        self._whole.setDirection(directions.TopToBottom if self._shown else directions.RightToLeft)
        for button in self._for_pins:
            button.setVisible(bool(self._shown))
        self._show_arrows()
        self.strip.updateGeometry()
        self.strip.fit()
        self.strip.setCurrentRow(len(self._shown) - 1 if pinned else min(row, len(self._shown) - 1))
        self._offer()

    @Slot()
    def _offer(self) -> None:
        """Enables the commands that can be done now."""
        row, count = self.strip.currentRow(), self.strip.count()
        self.remove_action.setEnabled(row >= 0)
        self.visit_action.setEnabled(row >= 0)
        self.left_action.setEnabled(row > 0)
        self.right_action.setEnabled(0 <= row < count - 1)
        self.clear_action.setEnabled(count > 0)
        full = count >= MAX_PINS
        self.pin_action.setEnabled(not full)
        self.pin_action.setToolTip(TRAY_FULL if full else _PIN)

    # Commands

    @Slot()
    def pin(self) -> None:
        """Pins the probe at the end, unless it is there already."""
        pins, probe = self._workspace.state.pins, self._workspace.state.probe
        if pins[-1:] != (probe,) and len(pins) < MAX_PINS:
            self._workspace.do(SetPins(pins=(*pins, probe)))

    @Slot()
    def visit(self) -> None:
        """Moves the probe to the chosen pin."""
        self._chosen(self.strip.currentRow())

    @Slot()
    def remove(self) -> None:
        """Removes the chosen pin from the tray."""
        row, pins = self.strip.currentRow(), self._workspace.state.pins
        if row >= 0:
            self._workspace.do(SetPins(pins=pins[:row] + pins[row + 1 :]))

    @Slot()
    def clear(self) -> None:
        """Removes all pins from the tray."""
        self._workspace.do(SetPins(pins=()))

    @Slot()
    def move_left(self) -> None:
        """Swaps the chosen pin with the one before it."""
        self._moved(self.strip.currentRow(), self.strip.currentRow() - 1)

    @Slot()
    def move_right(self) -> None:
        """Swaps the chosen pin with the one after it."""
        self._moved(self.strip.currentRow(), self.strip.currentRow() + 1)

    @Slot(int, int)
    def _moved(self, row: int, to: int) -> None:
        pins = list(self._workspace.state.pins)
        if not (0 <= row < len(pins) and 0 <= to < len(pins)):
            return
        pins.insert(to, pins.pop(row))
        self._workspace.do(SetPins(pins=tuple(pins)))
        self.strip.setCurrentRow(to)

    @Slot(int)
    def _chosen(self, row: int) -> None:
        pins = self._workspace.state.pins
        if 0 <= row < len(pins):
            self._workspace.do(MoveProbe(z=pins[row]))

    # The hand

    @Slot(int)
    def _passed(self, row: int) -> None:
        if row < 0 and not self._pointing:
            return
        self._pointing = row >= 0
        pins = self._workspace.state.pins
        self._workspace.do(PointAt(z=pins[row] if 0 <= row < len(pins) else None))

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._passed(-1)
        return False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.made_menu().popup(event.globalPos())

    def made_menu(self) -> QMenu:
        """The context menu; entries for one pin are left out where none is chosen."""
        menu = QMenu(self)
        menu.setObjectName("trayMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.strip.currentRow() >= 0:
            menu.addActions([self.visit_action, self.left_action, self.right_action, self.remove_action])
            menu.addSeparator()
        menu.addActions([self.pin_action, self.clear_action])
        return menu


SPEC = ViewSpec(
    "tray",
    "Tray",
    lambda context: Tray(context.workspace),
    needs=frozenset({Capability.DECODES}),
)
