"""The way of a tape through the latent plane: asked for once at a time, painted up to the frame in hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from latentlab.engine.diffusion.runner import Frame
from latentlab.engine.rendering.requests.pictures import TrajectoryRequest
from latentlab.qt.controllers.trajectory_tracer import Tracing
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.switching import for_model
from tests.qt.fake_renderer import SIDE, FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = [OFFSCREEN, pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)]

TOTAL = 6


@pytest.fixture
def renderer() -> FakeRenderer:
    return FakeRenderer()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, renderer: FakeRenderer) -> Iterator[LabWindow]:
    with open_window(qtbot, tmp_path, renderer) as made:
        yield made


def frame(number: int, side: int = SIDE) -> Frame:
    """Two pictures: the first gets lighter with every frame, the second darker."""
    light = -1.0 + 2.0 * number / (TOTAL - 1)
    x = np.full((2, 1, side, side), light, np.float32)
    x[1] *= -1.0
    return Frame(number, TOTAL, 1000 - 200 * number, x, x)


def traced(qtbot: QtBot, window: LabWindow, frames: list[Frame], picture: int = 0) -> Tracing:
    tracing = Tracing(window.workspace, window.bench.plane, lambda: frames, lambda: "mnist", window)
    with qtbot.waitSignal(window.workspace.on(TrajectoryRequest).signal, timeout=3000):
        tracing.show((frames[-1], picture))
    qtbot.waitUntil(lambda: len(window.bench.plane.marks.trajectory) == TOTAL, timeout=3000)
    return tracing


def test_that_the_plane_shows_where_the_tape_goes(qtbot: QtBot, window: LabWindow):
    frames = [frame(number) for number in range(TOTAL)]
    before = window.bench.plane.grab().toImage()
    traced(qtbot, window, frames)
    marks = window.bench.plane.marks
    assert [round(point[0], 3) for point in marks.trajectory] == [-1.0, -0.6, -0.2, 0.2, 0.6, 1.0]
    assert marks.reached == TOTAL - 1
    assert window.bench.plane.grab().toImage() != before


def test_that_scrubbing_moves_the_mark_without_asking_again(
    qtbot: QtBot, window: LabWindow, renderer: FakeRenderer
):
    frames = [frame(number) for number in range(TOTAL)]
    tracing = traced(qtbot, window, frames)
    asked = sum(isinstance(request, TrajectoryRequest) for request in renderer.served)
    tracing.show((frames[2], 0))
    qtbot.waitUntil(lambda: window.bench.plane.marks.reached == 2, timeout=3000)
    assert window.bench.plane.marks.hand.endswith("t = 600")
    until_idle()
    assert sum(isinstance(request, TrajectoryRequest) for request in renderer.served) == asked


def test_that_another_picture_of_the_batch_has_a_way_of_its_own(qtbot: QtBot, window: LabWindow):
    frames = [frame(number) for number in range(TOTAL)]
    tracing = traced(qtbot, window, frames)
    with qtbot.waitSignal(window.workspace.on(TrajectoryRequest).signal, timeout=3000):
        tracing.show((frames[-1], 1))
    qtbot.waitUntil(lambda: window.bench.plane.marks.trajectory[:1] == ((1.0, 0.0),), timeout=3000)


def test_that_a_branch_goes_its_own_way_and_the_trunk_its_own_again(qtbot: QtBot, window: LabWindow):
    trunk = [frame(number) for number in range(TOTAL)]
    branch = [*trunk[:3], *(Frame(n, TOTAL, f.t, -f.x_t, -f.x0_hat) for n, f in enumerate(trunk) if n >= 3)]
    frames = list(trunk)
    tracing = traced(qtbot, window, frames)
    for tape, end in ((branch, -1.0), (trunk, 1.0)):
        frames[:] = tape
        # A frame that both have: its number tells nothing of whose it is.
        tracing.show((tape[2], 0))
        qtbot.waitUntil(
            lambda end=end: window.bench.plane.marks.trajectory[-1:] == ((end, 0.0),), timeout=3000
        )
        assert window.bench.plane.marks.reached == 2


def test_that_the_way_of_another_tape_is_not_shown_meanwhile(
    qtbot: QtBot, window: LabWindow, renderer: FakeRenderer
):
    frames = [frame(number) for number in range(TOTAL)]
    tracing = traced(qtbot, window, frames)
    renderer.hold.clear()
    try:
        frames[:] = [frame(number) for number in range(TOTAL)]
        tracing.show((frames[-1], 0))
        qtbot.waitUntil(lambda: window.bench.plane.marks.trajectory == (), timeout=3000)
    finally:
        renderer.hold.set()
    qtbot.waitUntil(lambda: len(window.bench.plane.marks.trajectory) == TOTAL, timeout=3000)


def test_that_pictures_of_another_size_leave_the_plane_alone(
    qtbot: QtBot, window: LabWindow, renderer: FakeRenderer
):
    frames = [frame(number, side=SIDE + 4) for number in range(TOTAL)]
    Tracing(window.workspace, window.bench.plane, lambda: frames, lambda: "mnist", window).show(
        (frames[-1], 0)
    )
    until_idle()
    assert window.bench.plane.marks.trajectory == ()
    assert not any(isinstance(request, TrajectoryRequest) for request in renderer.served)


def test_that_a_way_found_by_one_model_is_never_in_the_plane_of_another(
    qtbot: QtBot, window: LabWindow, renderer: FakeRenderer
):
    frames = [frame(number) for number in range(TOTAL)]
    tracing = traced(qtbot, window, frames)
    # As many dimensions, and pictures of another shape: nothing is asked anew that would take it away.
    renderer.images = renderer.images.repeat(2, axis=2).repeat(2, axis=3)
    drawn: list[int] = []
    window.workspace.loaded.connect(lambda model: drawn.append(len(window.bench.plane.marks.trajectory)))
    with qtbot.waitSignal(window.workspace.encoded, timeout=3000):
        window.workspace.open(for_model(window.workspace.state, "other"))
    assert window.bench.plane.marks.trajectory == ()
    tracing.show((frames[2], 0))
    until_idle()
    assert window.bench.plane.marks.trajectory == ()
    assert drawn == [0]


def test_that_a_way_is_found_anew_by_another_model_of_such_pictures(
    qtbot: QtBot, window: LabWindow, renderer: FakeRenderer
):
    traced(qtbot, window, [frame(number) for number in range(TOTAL)])
    with qtbot.waitSignal(window.workspace.on(TrajectoryRequest).signal, timeout=3000):
        window.workspace.open(for_model(window.workspace.state, "other"))
    qtbot.waitUntil(lambda: len(window.bench.plane.marks.trajectory) == TOTAL, timeout=3000)


def test_that_a_tape_of_other_data_has_no_way_in_the_plane(
    qtbot: QtBot, window: LabWindow, renderer: FakeRenderer
):
    frames = [frame(number) for number in range(TOTAL)]
    for learnt, count in (("clothes", 0), ("", TOTAL), ("mnist", TOTAL)):
        tracing = Tracing(
            window.workspace, window.bench.plane, lambda: frames, lambda learnt=learnt: learnt, window
        )
        tracing.show((frames[-1], 0))
        until_idle()
        qtbot.waitUntil(lambda count=count: len(window.bench.plane.marks.trajectory) == count, timeout=3000)
        tracing.clear()


def test_that_pictures_in_colour_have_no_way_among_grey_ones(
    qtbot: QtBot, window: LabWindow, renderer: FakeRenderer
):
    x = np.zeros((1, 3, SIDE, SIDE), np.float32)
    frames = [Frame(number, TOTAL, 1000 - 200 * number, x, x) for number in range(TOTAL)]
    refused: list[object] = []
    window.workspace.refused.connect(refused.append)
    Tracing(window.workspace, window.bench.plane, lambda: frames, lambda: "mnist", window).show(
        (frames[-1], 0)
    )
    until_idle()
    assert (window.bench.plane.marks.trajectory, refused) == ((), [])
    assert not any(isinstance(request, TrajectoryRequest) for request in renderer.served)


def test_that_without_a_tape_there_is_no_way(qtbot: QtBot, window: LabWindow):
    tracing = traced(qtbot, window, [frame(number) for number in range(TOTAL)])
    tracing.clear()
    assert window.bench.plane.marks.trajectory == ()
