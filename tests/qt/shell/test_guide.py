"""The guide in the window: F1, cards, terms, links, search, and first steps, by mouse and key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

import latentlab.qt
import latentlab.qt.views
from latentlab.guide import glossary
from latentlab.guide.chapters import CONTENTS, in_order, text_of
from latentlab.guide.panels import FOLDER, about
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.attributes.trust_table import TrustTable
from latentlab.qt.widgets.guide_card import GuideCard
from latentlab.qt.widgets.term import RichTerm, Term
from latentlab.session.edits import SelectImage
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN

_LINK = re.compile(r"\]\(((?:command|panel|glossary):[^)\s]+)\)")
# "[Density](command:densityLayerAction) (`Ctrl+4`)"
_WITH_KEY = re.compile(r"\]\(command:(\w+)\) \(`([^`]+)`\)")


def test_that_every_view_says_what_one_sees() -> None:
    root = Path(latentlab.qt.views.__file__).parent
    for folder in root.iterdir():
        if (folder / "view.py").exists():
            assert about(folder.name) is not None, f"write resources/guide/panels/{folder.name}.md"


def test_that_what_links_of_the_guide_name_is_there(qtbot: QtBot, tmp_path: Path) -> None:
    texts = {name: text_of(name) for name in in_order()}
    texts |= {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    found = {(page, link) for page, text in texts.items() for link in _LINK.findall(text)}
    assert len(found) > 10
    with open_window(qtbot, tmp_path) as window:
        # Also those that are made when they are first shown.
        views = {spec.name for place in window.bench.docks.places for spec in place.panel.views}
        views |= {name for name, _ in window.bench.guide.views}
        for page, link in sorted(found):
            scheme, _, name = link.partition(":")
            if scheme == "command":
                assert window.bench.actions[name] is not None, f"{page}: {link}"
            elif scheme == "panel":
                assert name in views, f"{page}: {link}"
            else:
                assert glossary.term(name) is not None, f"{page}: {link}"
        for page, text in texts.items():
            for name, key in _WITH_KEY.findall(text):
                assert window.bench.actions[name].shortcut().toString() == key, f"{page}: {name}"


def press_f1(qtbot: QtBot, window: LabWindow, focus: QWidget) -> str:
    focus.setFocus()
    assert QApplication.focusWidget() is focus
    qtbot.keyClick(focus, Qt.Key.Key_F1)
    return window.bench.guide.column.here


def test_that_f1_opens_the_chapter_of_what_has_the_focus_and_esc_goes_back_there(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.activateWindow()
        bench, column = window.bench, window.findChild(QWidget, "guide")
        assert not column.isVisible()
        assert press_f1(qtbot, window, bench.plane) == "explore.md#the-plane"
        assert column.isVisible()
        assert QApplication.focusWidget() is column.page
        assert press_f1(qtbot, window, bench.probe.z) == "explore.md#the-probe"
        bench.guide.follow("panel:training")
        field = next(
            child
            for child in bench.training.findChildren(QWidget)
            if child.isVisible() and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus
        )
        assert press_f1(qtbot, window, field) == "training.md"
        assert "unfold" in column.page.toPlainText()
        qtbot.keyClick(column.page, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
        assert column.here == "explore.md#the-probe"
        qtbot.keyClick(column.page, Qt.Key.Key_Escape)
        assert not column.isVisible()
        assert window.contentsMargins().right() == 0
        assert bench.plane.hasFocus()


@pytest.mark.slow
def test_that_layouts_are_kept_as_they_are_without_the_guide(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.resize(1440, 900)
        until_idle()
        bench = window.bench
        before = {dock: dock.width() for dock in bench.docks.all if not dock.visibleRegion().isEmpty()}
        bench.guide.column.read(CONTENTS)
        until_idle()
        narrow = {dock: dock.width() for dock in before}
        assert narrow != before
        bench.workspaces.show("train")
        until_idle()
        assert window.contentsMargins().right() > 0, "the guide stays where it is"
        bench.guide.column.close_column()
        bench.workspaces.show("explore")
        until_idle()
        assert {dock: dock.width() for dock in before} == before
        whole = bench.workspaces.layouts()["explore"]
        bench.guide.column.read(CONTENTS)
        until_idle()
        assert bench.workspaces.layouts()["explore"] == whole, "a project saved now is not narrow"
        assert window.contentsMargins().right() > 0, "and the guide has its room again"
    assert window.settings.layouts["explore"] == whole, "as it was closed, without the guide"


def test_that_the_column_is_read_searched_and_followed(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.resize(1440, 900)
        plane = window.bench.plane
        before = plane.width()
        guide = window.bench.guide
        column = guide.column
        column.read(CONTENTS)
        until_idle()
        assert column.geometry().right() == window.width() - 1
        assert plane.width() < before, "the panels make room"
        qtbot.keyClicks(column.search, "auc")
        assert "area" not in column.page.toPlainText()[:20]
        column.page.asked.emit("glossary.md#auc")
        assert column.here == "glossary.md#auc"
        assert column.page.verticalScrollBar().value() > 0
        column.page.asked.emit("attributes.md")
        assert "AUC" in column.page.toPlainText()
        qtbot.mouseClick(column.back, Qt.MouseButton.LeftButton)
        assert column.here == "glossary.md#auc"
        qtbot.mouseClick(column.forward, Qt.MouseButton.LeftButton)
        assert column.here == "attributes.md"
        column.page.asked.emit("panel:analogy")
        assert window.bench.docks.in_front(window.bench.docks.analogy)
        probe = window.workspace.state.probe
        column.page.asked.emit("command:randomProbeAction")
        assert window.workspace.state.probe != probe
        column.page.asked.emit("command:exportWalkAction")
        assert "cannot be done now" in window.statusBar().currentMessage()
        for strange in ("command:noSuchAction", "panel:no_such_view"):
            guide.follow(strange)
            assert "no such" in window.statusBar().currentMessage()
        window.bench.workspaces.show("explore")
        guide.column.leave.click()
        until_idle()
        assert abs(plane.width() - before) <= 4


def test_that_equations_are_drawn_in_the_colour_of_the_text(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        page = window.bench.guide.column.page
        window.bench.guide.column.read("glossary.md#elbo")
        kind = QTextDocument.ResourceType.ImageResource
        for theme in ("darkThemeAction", "lightThemeAction"):
            window.bench.actions[theme].trigger()
            until_idle()
            name = re.search(r'src="(equation:\w+)"', page.toHtml())[1]
            image = page.loadResource(kind.value, name)
            ink = page.palette().text().color()
            shades = {
                image.pixelColor(x, y).lightness()
                for x in range(image.width())
                for y in range(image.height())
                if image.pixelColor(x, y).alpha() > 250
            }
            assert shades
            assert max(abs(shade - ink.lightness()) for shade in shades) < 8
        assert page.loadResource(kind.value, "file:///etc/passwd") is None


def test_that_the_small_question_mark_of_each_panel_explains_it(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        guide = window.bench.guide
        buttons = [one for one in window.findChildren(QToolButton) if one.toolTip().startswith("What am I")]
        assert len(buttons) > 8
        for dock in window.bench.docks.all:
            if dock not in (window.bench.docks.plane, window.bench.docks.compare):
                assert dock.findChild(QToolButton, f"{dock.objectName()}Help") in buttons
        probe = window.bench.docks.probe.findChild(QToolButton, "probeDockHelp")
        qtbot.mouseClick(probe, Qt.MouseButton.LeftButton)
        text = guide.card.page.toPlainText()
        assert guide.card.isVisible()
        assert "The probe" in text
        assert "The nearest pictures" in text
        qtbot.keyClick(guide.card.page, Qt.Key.Key_Escape)
        assert not guide.card.isVisible()
        window.activateWindow()
        window.bench.plane.setFocus()
        qtbot.keyClick(window.bench.plane, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
        assert "The latent plane" in guide.card.page.toPlainText()
        guide.card.page.asked.emit("explore.md#the-plane")
        assert not guide.card.isVisible()
        assert guide.column.here == "explore.md#the-plane"
        window.bench.presentation.begin()
        until_idle()
        assert not probe.isVisible()
        window.bench.presentation.leave()
        until_idle()
        assert probe.isVisible()


def test_that_the_bar_explains_the_large_view_of_each_workspace_and_leads_on(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path, FakeRenderer(latents=3)) as window:
        card, help_button = window.bench.guide.card, window.findChild(QToolButton, "workspaceHelpButton")
        for name, title in (
            ("explore", "The latent plane"),
            ("attributes", "The attributes"),
            ("train", "The training"),
            ("compare", "Comparing models"),
        ):
            window.bench.workspaces.show(name)
            qtbot.mouseClick(help_button, Qt.MouseButton.LeftButton)
            assert card.page.toPlainText().startswith(title)
            assert card.page.toPlainText().count(title) == 1
            card.close()
        qtbot.mouseClick(help_button, Qt.MouseButton.LeftButton)
        card.page.asked.emit("glossary.md")
        assert not card.isVisible()
        assert window.bench.guide.column.here == "glossary.md"


def test_that_a_click_on_a_term_says_what_it_means(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path, FakeRenderer(latents=3)) as window:
        window.workspace.do(SelectImage(index=3))
        window.bench.docks.show_attributes()
        until_idle()
        card = window.bench.guide.card
        seen = set()
        for label in window.findChildren(Term):
            for term in label.shown_terms if label.isVisible() else ():
                qtbot.mouseClick(label, Qt.MouseButton.LeftButton, pos=label.words(term)[0].center())
                assert card.isVisible(), label.text()
                assert card.page.toPlainText().startswith(glossary.term(term).name)
                seen.add(term)
                card.close()
        assert {"log p(z)", "log q(z)", "ELBO", "KL", "σ", "q(z|x)", "AUC", "d"} <= seen
        method = window.findChild(QWidget, "directionMethodHelp")
        qtbot.mouseClick(method, Qt.MouseButton.LeftButton)
        assert card.page.toPlainText().startswith("Direction")
        card.close()
        for label in window.findChildren(Term):
            for term in label.terms:
                assert glossary.term(term) is not None, term
        titles = {title.term for title in window.findChildren(RichTerm) if title.explains}
        assert {"xₜ", "x̂₀", "ε̂"} <= titles
        window.bench.workspaces.show("train")
        curve = RichTerm("<b>ELBO, nats</b>", "ELBO", "ELBO, nats")
        curve.setParent(window.centralWidget())
        curve.show()
        qtbot.mouseClick(curve, Qt.MouseButton.LeftButton)
        assert card.page.toPlainText().startswith("ELBO")
        card.close()
    two = Term("AUC 0.93 · d 2.2", "AUC", "d")
    assert two.shown_terms == ("AUC", "d")
    assert two.words("d")[0].left() > two.words("AUC")[0].right()
    two.setText("too few pictures")
    assert two.shown_terms == ()
    assert two.cursor().shape() is Qt.CursorShape.ArrowCursor


@pytest.mark.parametrize("first", [True, False])
def test_that_first_steps_are_offered_once_and_lead_through_by_key(
    qtbot: QtBot, tmp_path: Path, first: bool
) -> None:
    if not first:
        with open_window(qtbot, tmp_path):
            pass
    with open_window(qtbot, tmp_path, settings=Settings(tmp_path / "lab.ini")) as window:
        window.activateWindow()
        window.resize(1440, 900)
        steps, plane = window.bench.guide.steps, window.bench.plane
        start = window.findChild(QWidget, "firstStepsStart")
        assert (start is not None) == first
        window.bench.workspaces.show("train")
        plane.setFocus()
        if start is not None:
            qtbot.mouseClick(start, Qt.MouseButton.LeftButton)
            assert not start.isVisible()
        else:
            window.bench.actions["firstStepsAction"].trigger()
        bubble, frame = steps.bubble, steps.frame
        titles = []
        while bubble.isVisible():
            titles.append(bubble.title.text())
            qtbot.waitUntil(frame.isVisible, timeout=2000)
            assert window.rect().contains(bubble.geometry())
            assert not bubble.geometry().contains(frame.geometry().center())
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        assert len(titles) == 6
        assert titles[0] == "Drag the ring"
        assert not frame.isVisible()
        steps.begin()
        qtbot.mousePress(plane, Qt.MouseButton.LeftButton, pos=plane.rect().center() + QPoint(40, 0))
        qtbot.mouseRelease(plane, Qt.MouseButton.LeftButton, pos=plane.rect().center() + QPoint(40, 0))
        assert window.workspace.state.probe != (0.0, 0.0), "nothing is in the way"
        assert steps.running
        steps.bubble.next.setFocus()
        qtbot.keyClick(steps.bubble.next, Qt.Key.Key_Escape)
        assert not steps.running
        assert not bubble.isVisible()


def test_that_the_command_palette_knows_the_glossary_and_the_gallery_its_card(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        palette, card = window.bench.palette, window.bench.guide.card
        palette.open_at_top()
        qtbot.keyClicks(palette.search, "auc")
        assert "Glossary › AUC" in palette.texts()
        while palette.list.currentItem().text(0) != "Glossary › AUC":
            qtbot.keyClick(palette.search, Qt.Key.Key_Down)
        qtbot.keyClick(palette.search, Qt.Key.Key_Return)
        assert card.page.toPlainText().startswith("AUC")
        card.close()
        window.bench.actions["galleryAction"].trigger()
        qtbot.mouseClick(window.findChild(QWidget, "galleryHelp"), Qt.MouseButton.LeftButton)
        assert card.page.toPlainText().startswith("The gallery")
        card.close()


def test_that_f1_in_a_dialog_explains_it_there_and_its_links_stay_in_it(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path, FakeRenderer(latents=3)) as window:
        window.bench.docks.show_attributes()
        until_idle()
        qtbot.mouseClick(window.findChild(QWidget, "attributeTrust"), Qt.MouseButton.LeftButton)
        table = window.findChild(TrustTable)
        table.activateWindow()
        table.table.setFocus()
        qtbot.waitUntil(table.table.hasFocus, timeout=3000)
        qtbot.keyClick(table.table, Qt.Key.Key_F1)
        card = table.findChild(GuideCard)
        assert card.isVisible()
        assert card.page.toPlainText().startswith("AUC")
        card.page.asked.emit("glossary.md#cohens-d")
        assert card.isVisible()
        assert card.page.toPlainText().startswith("Cohen's d")
        assert not window.bench.guide.card.isVisible()
        card.close()
        header = table.table.horizontalHeader()
        header.sectionClicked.emit(0)
        assert card.page.toPlainText().startswith("AUC")
        card.close()
        table.close()


def test_that_every_dialog_with_f1_has_words_of_its_own() -> None:
    found = [
        name
        for path in Path(latentlab.qt.__file__).parent.rglob("*.py")
        for name in re.findall(r'explain_by_f1\(self, "([^"]+)"\)', path.read_text(encoding="utf-8"))
    ]
    assert len(found) >= 5
    assert [name for name in found if about(name) is None and glossary.term(name) is None] == []


def test_that_tab_goes_through_the_links_of_a_chapter_and_out_of_the_guide_and_first_steps(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.activateWindow()
        guide = window.bench.guide
        guide.column.read("install.md")
        page = guide.column.page
        assert page.hasFocus()
        qtbot.keyClick(page, Qt.Key.Key_Tab)
        assert page.hasFocus(), "there are two links"
        assert page.textCursor().charFormat().anchorHref().startswith("https://pytorch.org")
        qtbot.keyClick(page, Qt.Key.Key_Tab)
        qtbot.keyClick(page, Qt.Key.Key_Return)
        assert guide.column.here == CONTENTS, "Enter follows a link"
        steps = 0
        while guide.column.isAncestorOf(QApplication.focusWidget()):
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
            steps += 1
            assert steps < 60
        guide.steps.begin()
        stops = set()
        for _ in range(4):
            stops.add(QApplication.focusWidget().objectName())
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert "firstStepsNext" in stops
        assert not guide.steps.bubble.isAncestorOf(QApplication.focusWidget())
        assert guide.steps.running
        guide.steps.end()


def test_that_what_lies_over_the_window_closes_although_what_had_the_focus_is_gone(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        bench = window.bench

        def has_the_focus() -> QWidget:
            row = QLineEdit(bench.plane)
            row.show()
            row.setFocus()
            assert window.focusWidget() is row
            return row

        for opens, closes in (
            (bench.gallery.open, bench.gallery.leave),
            (lambda: bench.guide.column.read("training.md"), bench.guide.column.close_column),
            (bench.guide.steps.begin, bench.guide.steps.end),
        ):
            row = has_the_focus()
            opens()
            shiboken6.delete(row)
            closes()
            assert QApplication.focusWidget() is not None
