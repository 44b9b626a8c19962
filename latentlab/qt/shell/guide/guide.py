"""The guide of one window: which chapter belongs to what has the focus, and what each link does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QUrl, Slot
from PySide6.QtGui import QAction, QCursor, QDesktopServices
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QWidget

from latentlab.guide import chapters, glossary
from latentlab.guide.chapters import CONTENTS
from latentlab.guide.panels import About, about
from latentlab.qt.shell.guide.column import GuideColumn
from latentlab.qt.shell.guide.first_steps import FirstSteps, FirstStepsHint
from latentlab.qt.widgets.guide_card import GuideCard
from latentlab.qt.widgets.term import ExplainEvent, Term

_LARGE = 40
_LEADS_ON = (
    "---\n\n[The guide](README.md) · [Glossary](glossary.md) · [First steps](command:firstStepsAction) · "
    "[Keys and mouse](command:shortcutsAction)"
)
COMMAND, PANEL, TERM = "command:", "panel:", "glossary:"


class Guide(QObject):
    """Opens chapters, the glossary, and what each panel shows.

    Args:
        views: name and widget of each view of the window.
        bring: brings the panel of a view of this name to the front; returns whether there is one.
        run: runs the command of this name; returns why it cannot be run, "" if it has been.
        say: shows a message in passing.
        steps: First steps on this window.
    """

    def __init__(
        self,
        window: QMainWindow,
        views: Callable[[], Sequence[tuple[str, QWidget]]],
        bring: Callable[[str], bool],
        run: Callable[[str], str],
        say: Callable[[str], None],
        steps: FirstSteps,
    ) -> None:
        super().__init__(window)
        self._window, self._named, self._bring, self._run, self._say = window, views, bring, run, say
        self.steps = steps
        self._terms: dict[str, QAction] = {}
        self.column = GuideColumn(window)
        self.column.asked.connect(self.follow)
        self.card = GuideCard(window)
        self.card.asked.connect(self.follow)
        window.installEventFilter(self)

    def offer_first_steps(self) -> None:
        """Offers them in the status bar."""
        self._window.statusBar().addWidget(FirstStepsHint(self.steps.begin))

    # Chapters

    @Slot()
    def open_here(self) -> None:
        """Opens the chapter of what has the keyboard focus; else of what is under the mouse, or in the
        middle.
        """
        for widget in self._asked_about():
            found = self.abouts_of(widget)
            if found:
                self.column.read(found[0].chapter)
                return
        self.column.read(self.column.here or CONTENTS)

    def _asked_about(self) -> Sequence[QWidget | None]:
        """What a person may mean, in order."""
        focus, centre = QApplication.focusWidget(), self._window.centralWidget()
        if focus is not None and self.column.isAncestorOf(focus):
            return ()
        under = QApplication.widgetAt(QCursor.pos())
        return focus, under if under is not None and self._window.isAncestorOf(under) else None, centre

    @Slot()
    def open_glossary(self) -> None:
        """Opens the glossary."""
        self.column.read(glossary.CHAPTER)

    @property
    def views(self) -> Sequence[tuple[str, QWidget]]:
        """Name and widget of each view."""
        return self._named()

    def abouts_of(self, widget: QWidget | None) -> list[About]:
        """What is written on the view around a widget, or on the views in it; empty if it is in none."""
        views = self.views
        asked = widget
        while asked is not None and asked is not self._window:
            inside = [
                found
                for name, view in views
                if (view is asked or asked.isAncestorOf(view)) and not view.isHidden()
                and (found := about(name)) is not None
            ]  # fmt: skip
            if inside:
                return inside
            asked = asked.parentWidget()
        return []

    # Cards

    @Slot()
    def explain_here(self) -> None:
        """Says what is seen in the panel that has the keyboard focus."""
        for widget in self._asked_about():
            found = self.abouts_of(widget)
            if widget is not None and found:
                self._show_card([*_terms_beside(widget), *map(_in_words, found)], _place_of(widget))
                return

    @Slot()
    def explain_workspace(self) -> None:
        """Says what is seen in the large view of the workspace, and leads on to the rest of the help."""
        button = self._window.findChild(QWidget, "workspaceHelpButton")
        found = self.abouts_of(self._window.centralWidget())
        self._show_card([*map(_in_words, found), _LEADS_ON], _place_of(button or self._window))

    def explain(self, panel: QWidget, button: QWidget) -> None:
        """Says what is seen in a panel, beside the button that asks."""
        found = self.abouts_of(panel)
        if found:
            self._show_card(map(_in_words, found), _place_of(button))

    def define(self, name: str, place: QRect, window: QWidget | None = None) -> bool:
        """Shows the glossary's entry, or what is written on a panel of this name, beside a place of the
        screen, in this window; returns whether there is one.
        """
        term, panel = glossary.term(name), about(name)
        card = self._card_in(window or self._window)
        if term is not None:
            card.show_beside(_meaning(term), place)
        elif panel is not None:
            card.show_beside(_in_words(panel), place)
        return term is not None or panel is not None

    def _card_in(self, window: QWidget) -> GuideCard:
        """The card of a window. A dialog has its own: it may keep others from being used."""
        if window is self._window:
            return self.card
        options = Qt.FindChildOption.FindDirectChildrenOnly
        card = window.findChild(GuideCard, "guideCard", options)
        if card is None:
            card = GuideCard(window)
            card.asked.connect(partial(self._follow_in, card))
        return card

    def _follow_in(self, card: GuideCard, link: str) -> None:
        """Shows what a link leads to in the card itself."""
        section = chapters.section_at(link)
        if section is None:
            self.follow(link)
        else:
            card.show_beside(f"## {section.title}\n\n{section.text}", QRect(card.pos(), QSize(1, 1)))

    def terms_like(self, query: str) -> list[tuple[str, QAction]]:
        """The terms that begin like a query, each with its text and the action that explains it."""
        return [(f"Glossary › {term.name}", self._explaining(term.name)) for term in glossary.like(query)]

    def _explaining(self, name: str) -> QAction:
        if name not in self._terms:
            action = QAction(name, self)
            action.setStatusTip("Say what this means.")
            action.triggered.connect(lambda: self.define(name, self._top()))
            self._terms[name] = action
        return self._terms[name]

    def _top(self) -> QRect:
        """Where the list of commands was: in the middle of the window's upper part."""
        top = self._window.mapToGlobal(self._window.rect().topLeft())
        return QRect(top.x() + self._window.width() // 2 - 200, top.y() + _LARGE, 1, 1)

    def _show_card(self, texts: Sequence[str] | map[str], place: QRect) -> None:
        self.card.show_beside("\n\n".join(texts), place)

    # Links

    @Slot(str)
    def follow(self, link: str) -> None:
        """Does what a link says: runs a command, brings a panel, explains a term, or opens a chapter."""
        if link.startswith(COMMAND):
            refusal = self._run(link.removeprefix(COMMAND))
            if refusal:
                self._say(refusal)
        elif link.startswith(PANEL):
            if not self._bring(link.removeprefix(PANEL)):
                self._say("There is no such panel in this window.")
        elif link.startswith(TERM):
            self.define(link.removeprefix(TERM), QRect(QCursor.pos(), QCursor.pos()))
        elif link.startswith("https://"):
            QDesktopServices.openUrl(QUrl(link))
        else:
            self.column.read(link)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, ExplainEvent):
            widget = event.widget
            if self.define(event.term, _place_of(widget), _window_of(widget)):
                event.accept()
                return True
        return False


def _window_of(widget: QWidget) -> QWidget | None:
    """The dialog that a widget is in; None for the main window and its docks."""
    window = widget.window()
    return window if isinstance(window, QDialog) else None


def _terms_beside(widget: QWidget) -> list[str]:
    """What the term means that names a control."""
    labels = widget.window().findChildren(Term)
    names = (name for label in labels if label.buddy() is widget for name in label.terms)
    return [_meaning(term) for term in map(glossary.term, names) if term is not None]


def _meaning(term: glossary.Term) -> str:
    return f"## {term.name}\n\n{term.text}\n\n[In the glossary]({term.link})"


def _in_words(found: About) -> str:
    return f"## {found.title}\n\n{found.text}\n\n[More: {found.chapter_title}]({found.chapter})"


def _place_of(widget: QWidget) -> QRect:
    """Where a card stands beside it: of what is large, at its upper left corner."""
    size = widget.size().boundedTo(QSize(_LARGE, _LARGE))
    return QRect(widget.mapToGlobal(widget.rect().topLeft()), size)
