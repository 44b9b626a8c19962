"""The bar at the top: the open model, the workspaces, and what is of use in all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolBar, QToolButton, QWidget

from latentlab.qt.shell.workspace_switcher import Workspaces
from latentlab.qt.widgets.line_icons import line_icon
from latentlab.qt.widgets.plain_text import plain_tip, spoken

# Keys with a digit; one modifier more reaches as many further workspaces.
_DIGITS, _FURTHER = 9, 18
_SEARCH, _SAVE = "Search commands", "Save project"
# Letters of a name, where there is no room for all of it.
_LEAST_LETTERS = 6
# Around the names, where there is little room.
_TIGHT, _ANY = 8, 16_777_215
# Between an icon and its words.
_BESIDE = 12


def key_of(number: int) -> str:
    """The shortcut of the workspace with this number, from 0: Ctrl and a digit for the first nine, Ctrl+Shift
    and a digit for the next nine; "" beyond.
    """
    if number < _DIGITS:
        return f"Ctrl+{number + 1}"
    return f"Ctrl+Shift+{number + 1 - _DIGITS}" if number < _FURTHER else ""


class WorkspaceBar(QToolBar):
    """It cannot be moved or hidden. What stands at its left and right is put there by others."""

    def __init__(self, workspaces: Workspaces) -> None:
        super().__init__("Workspaces")
        self.setObjectName("workspaceBar")
        self.setAccessibleName("Workspaces")
        self.setMovable(False)
        self.toggleViewAction().setVisible(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._workspaces = workspaces
        # Those that have words beside their icons where there is room.
        self._wordy: list[QToolButton] = []
        self._in_words = self._tight = False
        self._giving: QWidget | None = None
        self.buttons = {name: self._button(number, name) for number, name in enumerate(workspaces.specs)}
        group = QButtonGroup(self)
        for button in self.buttons.values():
            group.addButton(button)
        self._page = page = QWidget()
        page.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(page)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(4)
        self._left, self._right = QHBoxLayout(), QHBoxLayout()
        row.addLayout(self._left)
        row.addStretch(1)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        row.addLayout(self._right)
        self.addWidget(page)
        page.installEventFilter(self)
        workspaces.changed.connect(self._show)
        workspaces.offered.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The open model's name has another length, or a button has come or gone.
        if watched is self._page and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """Words beside icons where there is room for all. Else first the space around the names becomes less,
        then the model's name; names of workspaces are cut short last.
        """
        layout, metrics, styles = self._page.layout(), self.fontMetrics(), Qt.ToolButtonStyle
        assert layout is not None
        words = sum(metrics.horizontalAdvance(one.text()) + _BESIDE for one in self._wordy)
        shown = [button for button in self.buttons.values() if not button.isHidden()]
        saved = sum(button.saved for button in shown)
        given = 0 if self._giving is None else self._giving.sizeHint().width()
        kept = 0 if self._giving is None else min(given, self._giving.maximumWidth())
        # As wide as all of it is without words, with space around the names.
        plain = layout.sizeHint().width() - words * self._in_words + saved * self._tight + given - kept
        self._in_words = self.width() >= plain + words
        for one in self._wordy:
            one.setToolButtonStyle(
                styles.ToolButtonTextBesideIcon if self._in_words else styles.ToolButtonIconOnly
            )
        self._tight = self.width() < plain
        for button in self.buttons.values():
            button.set_tight(self._tight)
        if self._giving is not None:
            lacking = max(0, plain - saved - self.width()) if self._tight else 0
            self._giving.setMaximumWidth(
                max(self._giving.minimumSizeHint().width(), given - lacking) if lacking else _ANY
            )

    def put_left(self, widget: QWidget) -> None:
        """Puts a widget at the left end; the first gives way where there is little room."""
        if self._giving is None:
            self._giving = widget
        self._left.addWidget(widget)

    def put_save(self, action: QAction) -> None:
        """Adds the button that saves the project, at the left end."""
        action.setIconText(_SAVE)
        button = self._tool(action, "save-project")
        button.setObjectName("saveProjectButton")
        button.setAccessibleName("Save project")
        self._wordy.append(button)
        self._left.addWidget(button)

    def put_right(self, actions: Sequence[tuple[QAction, str]]) -> None:
        """Adds a button for each of these actions, with an icon, at the right end."""
        for action, icon in actions:
            button = self._tool(action, icon)
            if icon == "search":
                action.setIconText(_SEARCH)
                self._wordy.append(button)
            self._right.addWidget(button)

    def _tool(self, action: QAction, icon: str) -> QToolButton:
        action.setIcon(line_icon(icon))
        button = NarrowButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setAutoRaise(True)
        button.setObjectName(action.objectName().removesuffix("Action") + "Button")
        button.setAccessibleName(spoken(action.text()))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def show_while_presenting(self, action: QAction) -> None:
        """Adds a button for this action, which is there while the action is checked."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setObjectName("endPresentationButton")
        button.setAccessibleName("End the presentation")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        action.setIconText("End (Esc)")
        button.setVisible(action.isChecked())
        action.toggled.connect(button.setVisible)
        self._right.addWidget(button)

    def _button(self, number: int, name: str) -> WorkspaceButton:
        button = WorkspaceButton(self._workspaces.specs[name].title)
        button.setObjectName(f"workspace_{name}")
        button.clicked.connect(partial(self._workspaces.show, name))
        return button

    @Slot()
    def _show(self) -> None:
        for number, (name, button) in enumerate(self.buttons.items()):
            spec, reason = self._workspaces.specs[name], self._workspaces.why_not(name)
            button.setChecked(name == self._workspaces.current)
            button.setEnabled(not reason)
            button.setVisible(not spec.joins or self._workspaces.offers(name))
            key = key_of(number)
            button.setToolTip(plain_tip(reason or (f"{spec.tip} ({key})" if key else spec.tip)))
        self._fit()


class NarrowButton(QToolButton):
    """May have words, and never keeps a window wide by them: it can become as narrow as its icon."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        high = self.sizeHint().height()
        return QSize(high, high)


class WorkspaceButton(QToolButton):
    """The name of a workspace, on the accent colour while it is current."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setText(title)
        self.setAccessibleName(f"Workspace {title}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # In a narrow window the names are elided: the bar must not keep the window wide.
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._tight = False

    def set_tight(self, tight: bool) -> None:
        """Sets whether it has little room around its name."""
        if tight != self._tight:
            self._tight = tight
            self.updateGeometry()
            self.update()

    @property
    def saved(self) -> int:
        """The width that is saved by little room."""
        return 2 * self.fontMetrics().averageCharWidth() + 6 - _TIGHT

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        around = _TIGHT if self._tight else _TIGHT + self.saved
        return QSize(metrics.horizontalAdvance(self.text()) + around, round(1.7 * metrics.height()))

    def minimumSizeHint(self) -> QSize:
        whole, letter = self.sizeHint(), self.fontMetrics().averageCharWidth()
        return QSize(min(whole.width(), _LEAST_LETTERS * letter), whole.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, area = self.palette(), QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, ink = QPalette.ColorRole.Button, QPalette.ColorRole.ButtonText
        if self.isChecked():
            fill, ink = QPalette.ColorRole.Highlight, QPalette.ColorRole.HighlightedText
        elif self.underMouse() and self.isEnabled():
            fill = QPalette.ColorRole.Mid
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(fill))
        painter.drawRoundedRect(area, 4, 4)
        if self.hasFocus():
            painter.setPen(palette.color(QPalette.ColorRole.Highlight if not self.isChecked() else ink))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1.5, 1.5, -1.5, -1.5), 3, 3)
        painter.setPen(palette.color(ink))
        room = self.width() - (_TIGHT - 2 if self._tight else self.fontMetrics().averageCharWidth())
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, shown)
