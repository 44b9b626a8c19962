"""The link between the workspaces of a comparison, without a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.types import Region
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.undo import new_gesture
from latentlab.qt.compare.link import Link, around, square
from latentlab.qt.compare.linked_workspace import LinkedWorkspace
from latentlab.session.edits import (
    HideClasses,
    LookAt,
    MoveProbe,
    PointAt,
    SelectImage,
    SetCondition,
    SetLayers,
)
from latentlab.session.own_edits import SetGroups
from latentlab.session.state import Layers, SessionState
from tests.qt.fake_renderer import COUNT, FakeRenderer
from tests.qt.waiting import until_idle


@dataclass
class Plane:
    """What a column's plane does with the link: it shows a region, and says so."""

    workspace: LinkedWorkspace
    shown: list[Region] = field(default_factory=list)

    def look_at(self, region: Region) -> None:
        self.shown.append(region)
        self.workspace.do(LookAt(view=region))


Joined = Callable[[FakeRenderer], Plane]


@pytest.fixture
def link() -> Link:
    return Link()


@pytest.fixture
def join(qtbot: QtBot, link: Link) -> Iterator[Joined]:
    """Puts a workspace over a renderer, its model open and everything encoded, into the link."""
    with ExitStack() as ending:

        def joined(renderer: FakeRenderer) -> Plane:
            workspace = LinkedWorkspace(link, SessionState(), renderer)
            ending.callback(workspace.stop)
            plane = Plane(workspace)
            workspace.join(plane.look_at)
            with qtbot.waitSignal(workspace.encoded, timeout=5000):
                workspace.open_model("some")
            until_idle()
            return plane

        yield joined


def other_codes(seed: int, latents: int = 2) -> FakeRenderer:
    """A model that puts the same pictures elsewhere."""
    renderer = FakeRenderer(latents)
    renderer.mean = np.random.default_rng(seed).normal(size=(COUNT, latents)).astype(np.float32)
    return renderer


class Autoencoder(FakeRenderer):
    """One whose codes have no spread and no prior."""

    def serve(self, request):  # type: ignore[no-untyped-def]
        for reply in super().serve(request):
            if hasattr(reply, "kl_per_dimension"):
                object.__setattr__(reply, "sigma", np.zeros_like(reply.sigma))
            if isinstance(reply, LoadedReply):
                object.__setattr__(reply, "capabilities", reply.capabilities - {Capability.HAS_PRIOR})
            yield reply


def test_that_the_probe_of_one_moves_the_probe_of_all(link: Link, join: Joined) -> None:
    one, two, three = (join(FakeRenderer()).workspace for _ in range(3))
    two.do(MoveProbe(z=(1.25, -0.5)))
    assert [workspace.state.probe for workspace in (one, two, three)] == [(1.25, -0.5)] * 3


def test_that_one_drag_is_one_step_for_all_and_undoes_for_all(link: Link, join: Joined) -> None:
    one, two = join(FakeRenderer()).workspace, join(FakeRenderer()).workspace
    gesture = new_gesture()
    for step in range(1, 6):
        one.do(MoveProbe(gesture=gesture, z=(0.1 * step, 0.0)))
    two.do(MoveProbe(gesture=new_gesture(), z=(2.0, 2.0)))
    assert link.undo_stack.count() == 2
    link.undo_stack.undo()
    assert one.state.probe == two.state.probe == (0.5, 0.0)
    link.undo_stack.undo()
    assert one.state.probe == two.state.probe == (0.0, 0.0)
    link.undo_stack.redo()
    assert one.state.probe == two.state.probe == (0.5, 0.0)


def test_that_groups_are_of_the_same_pictures_in_all_and_of_those_alone(link: Link, join: Joined) -> None:
    one, two, three = (join(FakeRenderer()).workspace for _ in range(3))
    object.__setattr__(three.model, "split", "train")
    one.do(SetGroups(group_a=(3, 4), group_b=(7,)))
    assert [workspace.state.group_a for workspace in (one, two, three)] == [(3, 4), (3, 4), ()]
    assert join(FakeRenderer()).workspace.state.group_b == (7,), "one that comes later catches up"


def test_that_what_changes_nothing_anywhere_is_no_step(link: Link, join: Joined) -> None:
    one, _ = join(FakeRenderer()).workspace, join(FakeRenderer()).workspace
    one.do(MoveProbe(z=(0.0, 0.0)))
    assert link.undo_stack.count() == 0


def test_that_with_other_numbers_of_latents_the_place_in_the_plane_is_shared(join: Joined) -> None:
    two, five = join(FakeRenderer(2)).workspace, join(FakeRenderer(5)).workspace
    assert five.projection.axes is None, "five dimensions are shown by their components"
    two.do(MoveProbe(z=(1.0, -2.0)))
    assert five.projection.to_plane(five.state.probe) == pytest.approx((1.0, -2.0))
    five.do(MoveProbe(z=(0.3, 0.2, 0.1, 1.0, 0.5)))
    assert two.state.probe == pytest.approx(five.projection.to_plane(five.state.probe))


def test_that_a_single_latent_leaves_the_other_direction_as_it_is(join: Joined) -> None:
    two, one = join(FakeRenderer(2)).workspace, join(FakeRenderer(1)).workspace
    two.do(MoveProbe(z=(0.5, 1.5)))
    assert one.state.probe == (0.5,)
    one.do(MoveProbe(z=(-1.0,)))
    assert two.state.probe == (-1.0, 1.5)


def test_that_a_picture_is_selected_in_all_and_each_probe_goes_to_its_own_place(join: Joined) -> None:
    here, there = other_codes(1), other_codes(2)
    one, two = join(here).workspace, join(there).workspace
    one.do(SelectImage(index=7, z=tuple(map(float, here.mean[7]))))
    assert one.state.selected == two.state.selected == 7
    assert two.state.probe == pytest.approx(tuple(there.mean[7]))
    two.do(SelectImage(index=None))
    assert one.state.selected is None


def test_that_each_model_is_told_what_a_selected_picture_is_of_in_its_own_words(join: Joined) -> None:
    plain, hats = join(FakeRenderer(2)).workspace, join(FakeRenderer(2, ("hat", "beard"), False)).workspace
    assert hats.state.condition == (0.0, 0.0)
    plain.select(7)
    assert hats.state.condition == (0.0, 1.0)
    assert plain.state.condition == ()


def test_that_a_picture_pointed_at_is_marked_in_all(join: Joined) -> None:
    here, there = other_codes(1), other_codes(2, 3)
    one, two = join(here).workspace, join(there).workspace
    one.do(PointAt(z=tuple(map(float, here.mean[20]))))
    assert two.state.pointed == pytest.approx(tuple(there.mean[20]))
    one.do(PointAt(z=None))
    assert two.state.pointed is None


def test_that_classes_and_layers_are_shared(join: Joined) -> None:
    one, two = join(FakeRenderer()).workspace, join(FakeRenderer()).workspace
    one.do(HideClasses(hidden=frozenset({1})))
    two.do(SetLayers(layers=Layers(manifold=False)))
    assert two.state.hidden == {1}
    assert not one.state.layers.manifold


def test_that_a_class_is_told_to_all_models_that_take_it(join: Joined) -> None:
    one, two = (join(FakeRenderer(conditions=("a", "b"))).workspace for _ in range(2))
    plain = join(FakeRenderer()).workspace
    one.do(SetCondition(condition=(0.0, 1.0)))
    assert two.state.condition == (0.0, 1.0)
    assert plain.state.condition == ()


def test_that_a_newcomer_goes_where_the_others_are_and_the_undo_starts_anew(link: Link, join: Joined) -> None:
    one = join(FakeRenderer()).workspace
    one.do(MoveProbe(z=(1.0, 1.0)))
    one.do(SelectImage(index=3))
    one.do(HideClasses(hidden=frozenset({2})))
    two = join(FakeRenderer()).workspace
    assert two.state.probe == (1.0, 1.0)
    assert two.state.selected == 3
    assert two.state.hidden == {2}
    assert link.undo_stack.count() == 0


def test_that_a_workspace_without_a_model_is_left_out(qtbot: QtBot, link: Link, join: Joined) -> None:
    one = join(FakeRenderer()).workspace
    empty = LinkedWorkspace(link, SessionState(), FakeRenderer())
    empty.join(lambda region: None)
    one.do(MoveProbe(z=(1.0, 1.0)))
    assert empty.state.probe == (0.0, 0.0)
    empty.stop()
    one.do(MoveProbe(z=(2.0, 1.0)))
    assert one.state.probe == (2.0, 1.0)


def test_that_planes_look_at_the_same_place_without_going_in_circles(link: Link, join: Joined) -> None:
    one, two = join(FakeRenderer()), join(FakeRenderer())
    link.rejoin_views()
    before = len(one.shown), len(two.shown)
    one.workspace.do(LookAt(view=(-1.0, 1.0, -1.0, 1.0)))
    assert two.shown[-1] == (-1.0, 1.0, -1.0, 1.0)
    assert (len(one.shown), len(two.shown)) == (before[0], before[1] + 1)
    link.views = False
    one.workspace.do(LookAt(view=(-2.0, 2.0, -2.0, 2.0)))
    assert two.workspace.state.view == (-1.0, 1.0, -1.0, 1.0)


def test_that_an_autoencoders_plane_stays_with_its_own_points(link: Link, join: Joined) -> None:
    one, two, coder = join(FakeRenderer()), join(FakeRenderer()), join(Autoencoder())
    link.rejoin_views()
    shown = len(coder.shown)
    one.workspace.do(LookAt(view=(-1.0, 1.0, -1.0, 1.0)))
    assert two.shown[-1] == (-1.0, 1.0, -1.0, 1.0)
    coder.workspace.do(LookAt(view=(-30.0, 30.0, -30.0, 30.0)))
    assert len(coder.shown) == shown
    assert one.workspace.state.view == (-1.0, 1.0, -1.0, 1.0)


def code_at(renderer: FakeRenderer, measured: tuple[float, ...]) -> tuple[float, ...]:
    """The place in an autoencoder's codes that is so many of their standard deviations from their mean."""
    return tuple(renderer.mean.mean(axis=0) + renderer.mean.std(axis=0) * np.asarray(measured))


def spread_out(latents: int = 2) -> Autoencoder:
    """An autoencoder whose codes reach far, about another place than the origin."""
    renderer = Autoencoder(latents)
    renderer.mean = renderer.mean * 9 + 20
    return renderer


def test_that_an_autoencoders_probe_goes_to_the_same_place_of_its_cloud(link: Link, join: Joined) -> None:
    codes = spread_out()
    one, two = join(FakeRenderer()).workspace, join(codes).workspace
    assert two.state.probe == pytest.approx(code_at(codes, (0, 0)))
    one.do(MoveProbe(z=(1.0, -0.5)))
    assert two.state.probe == pytest.approx(code_at(codes, (1.0, -0.5)))
    two.do(MoveProbe(z=code_at(codes, (2.0, 0.25))))
    assert one.state.probe == pytest.approx((2.0, 0.25))


def test_that_unscaled_it_goes_to_the_same_z_and_that_can_be_undone(link: Link, join: Joined) -> None:
    codes = spread_out()
    one, two = join(FakeRenderer()).workspace, join(codes).workspace
    one.do(MoveProbe(z=(1.0, -0.5)))
    link.scale(False)
    assert one.state.probe == two.state.probe == (1.0, -0.5)
    link.undo_stack.undo()
    assert two.state.probe == pytest.approx(code_at(codes, (1.0, -0.5)))


def test_that_an_autoencoder_that_leads_keeps_its_probe(link: Link, join: Joined) -> None:
    codes = spread_out()
    one, two = join(codes).workspace, join(FakeRenderer()).workspace
    assert one.state.probe == (0.0, 0.0)
    assert code_at(codes, two.state.probe) == pytest.approx((0.0, 0.0), abs=1e-4)


def test_that_an_autoencoder_of_more_latents_is_measured_in_its_plane(link: Link, join: Joined) -> None:
    codes = spread_out(4)
    one, four = join(FakeRenderer()).workspace, join(codes).workspace
    one.do(MoveProbe(z=(1.0, -1.0)))
    flat = four.projection.project(codes.mean)
    expected = flat.mean(axis=0) + flat.std(axis=0) * (1.0, -1.0)
    assert four.projection.to_plane(four.state.probe) == pytest.approx(tuple(expected), rel=1e-4)


def test_that_what_a_plane_shows_beyond_its_square_is_not_passed_on() -> None:
    assert square((-3.0, 3.0, -1.0, 1.0)) == (-1.0, 1.0, -1.0, 1.0)
    assert square((0.0, 2.0, -4.0, 0.0)) == (0.0, 2.0, -3.0, -1.0)
    assert around((-1.0, 1.0, -1.0, 1.0), (0.0, 3.0, 0.0, 3.0)) == (-1.0, 3.0, -1.0, 3.0)
