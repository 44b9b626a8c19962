"""The column at the right edge of the window in which the guide is read.

It is no dock: it belongs to no workspace's layout, and stays while they change. The window makes room for it
in its margin; where its panels need the room themselves, the column lies over them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from latentlab.guide import chapters
from latentlab.guide.chapters import CONTENTS
from latentlab.qt.shell.guide.grip import Grip
from latentlab.qt.widgets.focus_return import focus_to_return_to
from latentlab.qt.widgets.guide_page import GuidePage
from latentlab.qt.widgets.plain_text import plain_tip

_WIDTH, _LEAST, _LEAST_REST = 400, 260, 320
_SIDES = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
_SHARE, _GRIP = 0.32, 5


class GuideColumn(QFrame):
    """Chapters, with a way back, the contents and a search.

    Signals:
        asked: the target of a link that is not a chapter.
    """

    asked = Signal(str)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.setObjectName("guide")
        self.setAccessibleName("Guide")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self._window, self._width = window, _WIDTH
        self._before: list[str] = []
        self._after: list[str] = []
        self._here = ""
        self._came_from: QWidget | None = None
        self._fitting = False
        self.back = _button("guideBack", "←", "Back (Alt+Left)", self.go_back)
        self.forward = _button("guideForward", "→", "Forward (Alt+Right)", self.go_forward)
        self.contents = _button("guideContents", "Contents", "All chapters of the guide", self._to_contents)
        self.leave = _button("guideClose", "✕", "Close the guide (Esc)", self.close_column)
        self.search = QLineEdit()
        self.search.setObjectName("guideSearch")
        self.search.setAccessibleName("Search in the guide")
        self.search.setToolTip("Find words in all chapters.")
        self.search.setPlaceholderText("Search")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._searched)
        self.page = GuidePage()
        self.page.setObjectName("guideText")
        self.page.setAccessibleName("Text of the guide")
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.asked.connect(self._asked)
        head = QHBoxLayout()
        head.setSpacing(2)
        for part in (self.back, self.forward, self.contents):
            head.addWidget(part)
        head.addWidget(self.search, 1)
        head.addWidget(self.leave)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(_GRIP, 4, 4, 0)
        rows.setSpacing(4)
        rows.addLayout(head)
        rows.addWidget(self.page, 1)
        # Of the panels before it opened.
        self._widths: dict[QDockWidget, int] = {}
        self._aside = False
        self._grip = Grip(self)
        self._grip.moved.connect(self._widen)
        self.hide()

    # Reading

    def read(self, link: str) -> None:
        """Opens the column at a chapter, such as "training.md#comparing", and gives it the keyboard focus.

        Raises:
            KeyError: if there is no such chapter.
        """
        self._turn_to(link)
        self._open()

    def _turn_to(self, link: str) -> None:
        chapters.text_of(link.partition("#")[0])
        if self._here and link != self._here:
            self._before.append(self._here)
            self._after.clear()
        self._show(link)

    def _show(self, link: str) -> None:
        self._here = link
        chapter, _, anchor = link.partition("#")
        self.page.show_markdown(chapters.text_of(chapter), anchor)
        self.setAccessibleDescription(chapters.title_of(chapter))
        self.back.setEnabled(bool(self._before))
        self.forward.setEnabled(bool(self._after))

    @property
    def here(self) -> str:
        """What is read now; "" before the first chapter."""
        return self._here

    @Slot()
    def go_back(self) -> None:
        """To what was read before."""
        if self._before:
            self._after.append(self._here)
            self._show(self._before.pop())

    @Slot()
    def go_forward(self) -> None:
        """The way back again."""
        if self._after:
            self._before.append(self._here)
            self._show(self._after.pop())

    @Slot()
    def _to_contents(self) -> None:
        self.search.clear()
        self._turn_to(CONTENTS)

    @Slot(str)
    def _asked(self, link: str) -> None:
        if link.startswith("#"):
            link = self._here.partition("#")[0] + link
        if link.partition("#")[0].endswith(".md"):
            self._turn_to(link)
        else:
            self.asked.emit(link)

    @Slot(str)
    def _searched(self, query: str) -> None:
        if not query.strip():
            self._show(self._here or CONTENTS)
            return
        found = chapters.search(query)
        rows = [f"Found in {len(found)} places:" if found else "Found nowhere. Try fewer or shorter words."]
        for one in found:
            where = chapters.title_of(one.section.chapter)
            head = f"**[{one.section.title}]({one.section.link})**"
            place = "" if where == one.section.title else f" · {where}"
            rows.append(f"{head}{place}  \n{_as_text(one.excerpt)}")
        self.page.show_markdown("\n\n".join(rows))

    # Its place

    def _open(self) -> None:
        if not self.isVisible():
            self._came_from = self._window.focusWidget()
            self._window.installEventFilter(self)
            self.show()
            self._fit()
            self.raise_()
            # Its width is known now.
            self.page.go_to(self._here.partition("#")[2])
        self.page.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def close_column(self) -> None:
        """Closes it; the keyboard focus goes back to where it was."""
        self._window.removeEventFilter(self)
        focus = self._window.focusWidget()
        inside = focus is not None and self.isAncestorOf(focus)
        self.hide()
        self._take_room(0)
        rows = self._window.layout()
        if rows is not None:
            # Its layout may be saved next.
            rows.activate()
        target = focus_to_return_to(self._came_from, self._window)
        if inside and target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        self._came_from = None

    def _fit(self) -> None:
        self._fitting = True
        try:
            self._fit_in()
        finally:
            self._fitting = False

    def _fit_in(self) -> None:
        """To the right edge; the window leaves it as much of the room as its panels can spare."""
        whole = self._window.size()
        width = max(_LEAST, min(self._width, whole.width() - _LEAST_REST))
        if self._width == _WIDTH:  # nobody has chosen another
            width = max(_LEAST, min(width, round(_SHARE * whole.width())))
        rows = self._window.layout()
        least = rows.totalMinimumSize().width() if rows is not None else 0
        least -= self._window.contentsMargins().right()
        spare = max(0, min(width, whole.width() - least))
        if self._width == _WIDTH:
            # Rather narrow than over the edge of the panels.
            width = max(_LEAST, min(width, spare))
        self._take_room(min(spare, width))
        self.setGeometry(QRect(whole.width() - width, 0, width, whole.height()))
        self._grip.setGeometry(0, 0, _GRIP, whole.height())

    def _take_room(self, width: int) -> None:
        """From the docks at the sides, too: Qt would take it all from the middle of the window."""
        before = self._window.contentsMargins().right()
        if width == before:
            return
        sides = [
            dock
            for dock in self._window.findChildren(QDockWidget)
            if dock.isVisible() and not dock.isFloating() and self._window.dockWidgetArea(dock) in _SIDES
        ]
        whole = self._window.width()
        share = (whole - width) / max(1, whole - before)
        if not before:
            self._widths = {dock: dock.width() for dock in sides}
        # What it takes it gives back to the pixel: a panel may have had no more to give.
        known = {} if width else self._widths
        widths = [known.get(dock, round(share * dock.width())) for dock in sides]
        self._window.setContentsMargins(0, 0, width, 0)
        self._window.resizeDocks(sides, widths, Qt.Orientation.Horizontal)

    @contextmanager
    def out_of_the_way(self) -> Iterator[None]:
        """Gives the panels their room while they are noted or arranged; it is back afterwards."""
        rows = self._window.layout()
        if self.isHidden() or rows is None:
            yield
            return
        painted = self._window.updatesEnabled()
        self._window.setUpdatesEnabled(False)
        self._aside = True
        self._take_room(0)
        rows.activate()
        try:
            yield
        finally:
            rows.activate()
            self._aside = False
            self._fit()
            self._window.setUpdatesEnabled(painted)

    @Slot(int)
    def _widen(self, by: int) -> None:
        self._width = max(_LEAST, min(self.width() + by, self._window.width() - _LEAST_REST))
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Taking room may make the window wider, where it is as narrow as it can be.
        if (
            watched is self._window
            and event.type() == QEvent.Type.Resize
            and not (self._fitting or self._aside)
        ):
            self._fit()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if event.key() == Qt.Key.Key_Escape:
            if self.search.text():
                self.search.clear()
            else:
                self.close_column()
        elif alt and event.key() == Qt.Key.Key_Left:
            self.go_back()
        elif alt and event.key() == Qt.Key.Key_Right:
            self.go_forward()
        else:
            super().keyPressEvent(event)


def _as_text(words: str) -> str:
    """Plain words as Markdown that shows them."""
    return escape(words, quote=False).replace("*", "\\*").replace("_", "\\_")


def _button(name: str, text: str, tip: str, do: object) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setAccessibleName(tip.partition(" (")[0])
    button.setToolTip(plain_tip(tip))
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(do)
    return button
