"""What colours the points before anybody has chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from latentlab.core.columns import attribute
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.points.facts import facts_of
from latentlab.qt.shell.columns import points_panel
from latentlab.qt.views.class_legend.view import ClassChip, ClassLegend
from latentlab.qt.views.points.view import PointsView
from latentlab.session.edits import ChangeData
from latentlab.session.point_edits import ColourBy
from latentlab.session.switching import for_model
from tests.qt.fake_renderer import COUNT, FakeRenderer
from tests.qt.waiting import until_idle


class OfFaces(FakeRenderer):
    """Its data have attributes and no classes; other data have classes and no attributes."""

    def serve(self, request: Request) -> Iterator[Reply | None]:
        for reply in super().serve(request):
            if isinstance(reply, LoadedReply) and reply.data == "mnist":
                rows = np.arange(COUNT)
                columns = (attribute("Smiling", rows < 20), attribute("Hat", rows % 2 == 0))
                yield replace(reply, classes=(), labels=None, columns=columns)
            else:
                yield reply


@pytest.fixture
def renderer() -> FakeRenderer:
    return OfFaces()


def test_that_data_without_classes_open_coloured_by_the_attribute_that_divides_them_most_evenly(
    qtbot: QtBot, workspace: Workspace
) -> None:
    facts, panel = facts_of(workspace), PointsView(workspace)
    points_panel((panel, ClassLegend(workspace)))
    qtbot.addWidget(panel)
    panel.resize(280, 700)
    panel.show()
    qtbot.waitExposed(panel)
    assert (facts.by, panel.combo.currentText()) == ("Hat", "Hat")
    assert facts.look is not None
    assert len(set(facts.look.inks.tolist())) == 2
    chips = [chip for chip in panel.findChildren(ClassChip) if chip.isVisible()]
    assert [(chip.text(), chip.count) for chip in chips] == [("no", "30"), ("yes", "30")]


def test_that_a_choice_waits_for_the_data_it_was_made_with(qtbot: QtBot, workspace: Workspace) -> None:
    facts = facts_of(workspace)
    workspace.do(ColourBy(by="Smiling"))
    workspace.do(ChangeData(data="others", split="test"))
    until_idle()
    assert facts.by == "class"
    workspace.do(ColourBy(by="-"))
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    until_idle()
    assert facts.by == "Smiling"
    workspace.do(ColourBy(by="-"))
    with qtbot.waitSignal(workspace.encoded, timeout=3000):
        workspace.open(replace(for_model(workspace.state, "other"), data="others"))
    workspace.do(ColourBy(by="class"))
    with qtbot.waitSignal(workspace.encoded, timeout=3000):
        workspace.open(for_model(workspace.state, "mnist-vae-2d"))
    until_idle()
    assert facts.by == "-", "one colour was chosen"
