"""The tape: drawn, stepped, played, scrubbed, stopped and branched, by mouse and keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from latentlab.engine.diffusion.recipes import Branch, FromNoise, FromPicture, Pixels, Recipe, SamplerSettings
from latentlab.engine.diffusion.requests import TapeRequest
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.views.diffusion.reverse.batch import ONE
from latentlab.qt.views.diffusion.reverse.condition_form import TraitBox
from latentlab.qt.views.diffusion.reverse.page import ReversePage
from latentlab.qt.views.diffusion.tape.runner import MOST_TRACKS
from latentlab.qt.views.diffusion.tape.store import frame_bytes
from latentlab.qt.views.diffusion.tape.strip import Tape
from latentlab.shipped import first_seed, model_files
from tests.qt.views.diffusion.fake_service import SIDE, FakeService, grey
from tests.qt.waiting import until_idle

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def diffusion(service: FakeService) -> Iterator[DenoiserClient]:
    made = DenoiserClient(service)
    yield made
    made.stop()


@pytest.fixture
def page(qtbot: QtBot, diffusion: DenoiserClient) -> ReversePage:
    made = ReversePage(diffusion)
    qtbot.addWidget(made)
    made.resize(900, 390)
    made.form.steps.setValue(20)
    made.form.count.setValue(6)
    made.show()
    qtbot.waitExposed(made)
    with qtbot.waitSignal(diffusion.opened, timeout=3000):
        diffusion.open("fake-ddpm")
    return made


def drawn(qtbot: QtBot, page: ReversePage) -> None:
    with qtbot.waitSignal(page.tape_finished, timeout=3000):
        qtbot.mouseClick(page.buttons.draw, LEFT)


def halfway(qtbot: QtBot, page: ReversePage, service: FakeService) -> None:
    """Drawing, with eight frames there; no more come as long as the service holds."""
    service.pause = 7
    service.hold.clear()
    qtbot.mouseClick(page.buttons.draw, LEFT)
    qtbot.waitUntil(lambda: len(page.frames) == 8, timeout=3000)


def branched(qtbot: QtBot, page: ReversePage) -> None:
    with qtbot.waitSignal(page.tape_finished, timeout=3000):
        qtbot.mouseClick(page.transport.branch, LEFT)


def tape(page: ReversePage, place: int = 0) -> Tape:
    return page.tracks.rows[place].tape


def scrub(qtbot: QtBot, page: ReversePage, number: int, place: int = 0) -> None:
    """A click on a tape where a frame lies."""
    strip = tape(page, place)
    qtbot.mouseClick(strip, LEFT, pos=QPoint(round(strip.place_of(number)), 20))


def test_that_without_a_model_nothing_is_offered_that_needs_one(qtbot: QtBot, diffusion: DenoiserClient):
    page = ReversePage(diffusion)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)
    for button in (page.buttons.draw, page.buttons.stop, page.transport.play, page.transport.branch):
        assert not button.isEnabled()
    assert not page.form.told.isVisible()


def test_that_draw_asks_for_what_is_set_and_shows_frames_to_the_last(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    page.form.seed.setValue(3)
    page.form.told.classes.setCurrentText("class 1")
    page.form.guidance.setValue(35)
    drawn(qtbot, page)
    recipe = service.tapes[-1].recipe
    assert recipe == Recipe(6, SamplerSettings("ddim", 20, 0.0, 3.5, ((0.0, 1.0, 0.0),), 3))
    assert page.recipe == recipe
    assert [frame.number for frame in page.frames] == list(range(21))
    assert page.frame is page.frames[-1]
    assert "t = 0 of 100" in page.words.text()
    assert page.panels[0].mosaic.pictures is page.frames[-1].x_t
    assert page.panels[1].mosaic.pictures is page.frames[-1].x0_hat


def test_that_steps_go_back_and_on_and_stop_at_the_ends(qtbot: QtBot, page: ReversePage) -> None:
    drawn(qtbot, page)
    qtbot.mouseClick(page.transport.back, LEFT)
    qtbot.mouseClick(page.transport.back, LEFT)
    assert page.frame is page.frames[18]
    qtbot.mouseClick(page.transport.step, LEFT)
    assert page.frame is page.frames[19]
    tape(page).setFocus()
    qtbot.keyClick(tape(page), Qt.Key.Key_Home)
    assert page.frame is page.frames[0]
    qtbot.keyClick(tape(page), Qt.Key.Key_Left)
    assert page.frame is page.frames[0]
    qtbot.keyClick(tape(page), Qt.Key.Key_Right)
    assert page.frame is page.frames[1]
    qtbot.keyClick(tape(page), Qt.Key.Key_End)
    assert page.frame is page.frames[20]


def test_that_dragging_along_the_tape_scrubs(qtbot: QtBot, page: ReversePage) -> None:
    drawn(qtbot, page)
    seen = []
    page.frame_shown.connect(lambda shown: seen.append(shown[0].number))
    strip = tape(page)
    ends = [QPoint(round(strip.place_of(number)), 20) for number in (4, 12)]
    qtbot.mousePress(strip, LEFT, pos=ends[0])
    for step in range(1, 9):
        qtbot.mouseMove(strip, ends[0] + (ends[1] - ends[0]) * step / 8)
    qtbot.mouseRelease(strip, LEFT, pos=ends[1])
    assert seen[0] == 4
    assert seen[-1] == 12
    assert seen == sorted(seen)
    assert page.frame is page.frames[12]


def test_that_scrubbing_does_not_paint_the_tape_anew(qtbot: QtBot, page: ReversePage) -> None:
    drawn(qtbot, page)
    strip = tape(page)
    strip.grab()
    kept = strip._kept
    for number in (3, 9, 15):
        scrub(qtbot, page, number)
        strip.grab()
    assert strip._kept is kept is not None


def test_that_playing_from_the_end_begins_again_and_ends_at_the_end(qtbot: QtBot, page: ReversePage) -> None:
    drawn(qtbot, page)
    page.transport.speed.setValue(60)
    page.form.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_Space)
    assert page.transport.playing
    assert page.transport.play.text() == "Pause"
    assert page.frame is page.frames[0]
    qtbot.waitUntil(lambda: not page.transport.playing, timeout=3000)
    assert page.frame is page.frames[20]
    assert page.transport.play.text() == "Play"


def test_that_play_without_a_tape_draws_one(qtbot: QtBot, page: ReversePage) -> None:
    with qtbot.waitSignal(page.tape_finished, timeout=3000):
        qtbot.mouseClick(page.transport.play, LEFT)


def test_that_stop_leaves_what_is_there_and_says_so(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    halfway(qtbot, page, service)
    assert "left" in page.transport.words.text()
    qtbot.mouseClick(page.buttons.stop, LEFT)
    assert not page.runs.running
    assert not page.buttons.stop.isEnabled()
    assert page.transport.words.text() == "Stopped at t = 65."
    qtbot.waitUntil(lambda: service.served[-1] == TapeRequest(service.served[-1].generation, None))
    service.hold.set()
    until_idle()
    assert len(page.frames) == 8
    scrub(qtbot, page, 3)
    assert page.frame is page.frames[3]


def test_that_a_stopped_tape_goes_on_and_with_other_settings_another_is_drawn(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    halfway(qtbot, page, service)
    assert page.buttons.draw.text() == "Dra&w"
    qtbot.mouseClick(page.buttons.stop, LEFT)
    assert page.buttons.draw.text() == "Go on"
    page.form.seed.setValue(5)
    assert page.buttons.draw.text() == "Dra&w"
    page.form.seed.setValue(0)
    before, first = len(service.tapes), page.frames
    service.hold.set()
    with qtbot.waitSignal(page.tape_finished, timeout=3000):
        qtbot.mouseClick(page.buttons.draw, LEFT)
    assert len(service.tapes) == before + 1
    assert service.tapes[-1].go_on is first[-1]
    assert page.frames[:8] == first
    assert page.frame is page.frames[20]
    assert page.buttons.draw.text() == "Dra&w"
    assert page.transport.words.text() == ""


def test_that_frames_that_come_do_not_move_a_hand_that_looks_back(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    halfway(qtbot, page, service)
    scrub(qtbot, page, 3)
    with qtbot.waitSignal(page.tape_finished, timeout=3000):
        service.hold.set()
    assert page.frame is page.frames[3]
    assert len(page.frames) == 21


def test_that_a_click_on_a_picture_chooses_it_and_a_double_click_shows_it_alone(
    qtbot: QtBot, page: ReversePage
) -> None:
    drawn(qtbot, page)
    mosaic = page.panels[1].mosaic
    with qtbot.waitSignal(page.frame_shown) as shown:
        qtbot.mouseClick(mosaic, LEFT, pos=mosaic.place_of(4).center().toPoint())
    assert shown.args[0] == (page.frame, 4)
    assert tape(page).picture == page.picture == 4
    qtbot.mouseDClick(mosaic, LEFT, pos=mosaic.place_of(4).center().toPoint())
    assert page.look.counts[ONE].isChecked()
    assert mosaic.alone
    qtbot.keyClick(mosaic, Qt.Key.Key_Right)
    assert page.picture == 5
    assert mosaic.chosen == 5
    qtbot.keyClick(mosaic, Qt.Key.Key_Return)
    assert not mosaic.alone


def test_that_a_branch_goes_on_from_the_frame_in_hand_and_shares_what_came_before(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    drawn(qtbot, page)
    trunk = page.frames
    scrub(qtbot, page, 8)
    page.form.guidance.setValue(60)
    branched(qtbot, page)
    asked = service.tapes[-1]
    assert asked.recipe is not None
    assert asked.recipe.branches == (Branch(8, page.form.sampler_settings),)
    assert asked.recipe.last_sampler_settings.guidance == 6.0
    assert asked.after is trunk[8]
    assert page.frames[:8] == trunk[:8]
    assert page.frame is page.frames[-1]
    assert page.frame.x_t.flat[0] == pytest.approx(grey(asked.recipe, page.frame.number))
    assert len(page.tracks.rows) == 2
    assert "from frame 8" in page.tracks.rows[1].caption.text()
    # Scrubbed together: the other tape shows as much noise.
    scrub(qtbot, page, 14, place=1)
    assert page.frame is page.frames[14]
    other = tape(page)._now
    assert other is not None
    assert other.t == page.frame.t


def test_that_a_branch_with_the_same_settings_goes_on_with_other_noise(
    qtbot: QtBot, page: ReversePage
) -> None:
    drawn(qtbot, page)
    scrub(qtbot, page, 8)
    branched(qtbot, page)
    recipe = page.recipe
    assert recipe is not None
    assert (recipe.last_sampler_settings.eta, recipe.last_sampler_settings.seed) == (1.0, 1)
    assert page.form.sampler_settings == recipe.last_sampler_settings


def test_that_a_click_takes_the_other_tape_in_hand_with_its_settings_and_a_branch_closes(
    qtbot: QtBot, page: ReversePage
) -> None:
    drawn(qtbot, page)
    first = page.recipe
    scrub(qtbot, page, 8)
    branched(qtbot, page)
    branch = page.recipe
    scrub(qtbot, page, 5)
    assert page.recipe == first
    assert first is not None
    assert page.form.sampler_settings == first.sampler_settings
    qtbot.keyClick(tape(page), Qt.Key.Key_Down)
    assert page.recipe == branch
    close = page.findChild(QToolButton, "closeBranch_1")
    qtbot.mouseClick(close, LEFT)
    assert len(page.tracks.rows) == 1
    assert page.recipe == first
    assert page.frame is page.frames[5]


def test_that_branches_of_branches_end_at_four_tapes_and_at_the_last_frame(
    qtbot: QtBot, page: ReversePage
) -> None:
    drawn(qtbot, page)
    assert not page.transport.branch.isEnabled()  # at t = 0 there is nothing to go on with
    for number in (4, 8, 12):
        scrub(qtbot, page, number, place=len(page.tracks.rows) - 1)
        branched(qtbot, page)
    recipe = page.recipe
    assert recipe is not None
    assert [branch.at for branch in recipe.branches] == [4, 8, 12]
    assert len(page.tracks.rows) == MOST_TRACKS
    scrub(qtbot, page, 6, place=3)
    assert not page.transport.branch.isEnabled()


def test_that_a_branch_off_a_tape_that_runs_waits_for_its_end(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    halfway(qtbot, page, service)
    scrub(qtbot, page, 4)
    qtbot.mouseClick(page.transport.branch, LEFT)
    assert len(service.tapes) == 1
    waiting = tape(page, 1)
    assert waiting.store.numbers == [0, 1, 2, 3, 4]
    assert waiting.place_of(4) < waiting.width() / 2
    service.hold.set()
    qtbot.waitUntil(lambda: all(track.whole for track in page.tracks.all), timeout=3000)
    assert len(service.tapes) == 2
    assert len(page.tracks.all[0].store) == 21


def test_that_sliding_the_guidance_draws_a_quick_tape_again_at_its_end(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    drawn(qtbot, page)
    with qtbot.waitSignal(page.tape_finished, timeout=3000):
        page.form.guidance.setFocus()
        qtbot.keyClick(page.form.guidance, Qt.Key.Key_Right)
    recipe = service.tapes[-1].recipe
    assert recipe is not None
    assert recipe.sampler_settings.guidance == pytest.approx(3.1)
    assert page.frame is page.frames[20]
    assert page.frame.x_t.flat[0] == pytest.approx(grey(recipe, 20))


def test_that_settings_leave_a_tape_alone_that_one_may_want_to_branch_and_say_how_to_apply_them(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    drawn(qtbot, page)
    before = page.recipe
    scrub(qtbot, page, 15)
    page.form.guidance.setValue(20)
    until_idle()
    assert len(service.tapes) == 1
    assert page.recipe == before
    assert page.note.words.text() == "Changed: guidance 3 → 2. Draw anew, or branch here."
    assert page.note.draw.isVisible()
    page.form.guidance.setValue(30)
    assert not page.note.isVisible()
    page.form.seed.setValue(4)
    with qtbot.waitSignal(page.tape_finished, timeout=3000):
        qtbot.mouseClick(page.note.draw, LEFT)
    assert page.recipe is not None
    assert page.recipe.sampler_settings.seed == 4


def test_that_settings_draw_a_finished_tape_again_behind_it_and_it_can_be_had_back(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    drawn(qtbot, page)
    first, shown = page.recipe, page.frame
    service.pause = 7
    service.hold.clear()
    page.form.guidance.setFocus()
    qtbot.keyClick(page.form.guidance, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: len(service.tapes) == 2, timeout=3000)
    qtbot.waitUntil(lambda: len(page.drawing.redrawing.kept[-1].store) == 8, timeout=3000)
    # The old tape is there until the new one is whole.
    assert page.recipe == first
    assert page.frame is shown
    assert page.note.words.text() == "Drawing anew: guidance 3 → 3.1 …"
    # Newest wins: what is being drawn is not what is wanted any more.
    page.form.seed.setValue(5)
    qtbot.waitUntil(lambda: len(service.tapes) == 3, timeout=3000)
    service.hold.set()
    qtbot.waitUntil(lambda: page.recipe is not None and page.recipe.sampler_settings.seed == 5, timeout=3000)
    until_idle()
    second = page.recipe
    assert second is not None
    assert second.sampler_settings.guidance == pytest.approx(3.1)
    assert len(service.tapes) == 3
    assert page.frame is page.frames[20]
    assert page.frame.x_t.flat[0] == pytest.approx(grey(second, 20))
    assert page.note.words.text() == "Drawn anew: guidance 3 → 3.1 · seed 0 → 5."
    # Back and forth, without the model.
    for recipe in (first, second, first):
        qtbot.mouseClick(page.note.before, LEFT)
        assert page.recipe == recipe
        assert recipe is not None
        assert page.form.sampler_settings == recipe.sampler_settings
    assert len(service.tapes) == 3
    assert page.frame.t == 0


def test_that_settings_changed_while_a_tape_is_drawn_are_said_at_once_and_drawn_after_it(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    halfway(qtbot, page, service)
    page.form.guidance.setValue(40)
    assert page.note.words.text() == "Changed: guidance 3 → 4. This tape is drawn to its end first."
    assert page.note.draw.text() == "Draw anew now"
    service.hold.set()
    qtbot.waitUntil(
        lambda: page.recipe is not None and page.recipe.sampler_settings.guidance == 4.0, timeout=3000
    )
    assert page.note.words.text() == "Drawn anew: guidance 3 → 4."


def test_that_a_redrawing_that_is_stopped_leaves_the_tape_and_says_what_is_not_drawn(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    drawn(qtbot, page)
    first = page.recipe
    service.pause = 7
    service.hold.clear()
    page.form.steps.setValue(30)
    qtbot.waitUntil(lambda: len(service.tapes) == 2, timeout=3000)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.recipe == first
    assert page.note.words.text() == "Changed: steps 20 → 30."
    assert page.note.draw.isVisible()
    service.hold.set()
    until_idle()
    assert page.recipe == first


def test_that_a_slow_tape_is_drawn_again_only_when_that_is_asked(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    drawn(qtbot, page)
    page.tracks.all[0].seconds = 20.0
    page.form.count.setValue(12)
    until_idle()
    assert len(service.tapes) == 1
    assert page.note.words.text() == "Changed: pictures 6 → 12."
    assert page.note.draw.text() == "Draw anew · about 40 s"
    page.form.count.setValue(6)
    assert not page.note.isVisible()
    page.form.guidance.setValue(10)
    # Without guidance the network is asked once a step, not twice.
    assert page.note.draw.text() == "Draw anew · about 10 s"
    with qtbot.waitSignal(page.tape_finished, timeout=3000):
        qtbot.mouseClick(page.note.draw, LEFT)
    assert page.note.words.text() == "Drawn anew: guidance 3 → 1."


def test_that_a_recipe_that_no_slider_can_say_is_kept_to_the_digit(qtbot: QtBot, page: ReversePage) -> None:
    sampler_settings = SamplerSettings("ddim", 20, 0.25, 12.0, ((0.0, 1.0, 0.0),), 3)
    page.run_recipe(Recipe(2, sampler_settings))
    assert page.form.sampler_settings == sampler_settings
    assert (page.form.eta_value.text, page.form.guidance_value.text) == ("0.25", "12.0")
    page.form.guidance.setFocus()
    qtbot.keyClick(page.form.guidance, Qt.Key.Key_Left)
    assert page.form.sampler_settings == dataclasses.replace(sampler_settings, guidance=7.9)


def test_that_the_keys_are_the_tapes_after_a_branch_and_after_a_start(
    qtbot: QtBot, page: ReversePage
) -> None:
    drawn(qtbot, page)
    scrub(qtbot, page, 8)
    branched(qtbot, page)
    assert page.focusWidget() is page.tracks.rows[1].tape
    page.run_start(FromNoise())
    assert page.focusWidget() is page.tracks.rows[0].tape
    # Nor do they go elsewhere when another tape takes its place.
    page.draw_anew()
    assert page.focusWidget() is page.tracks.rows[0].tape


def test_that_frames_are_left_out_when_memory_is_short(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    # Room for five frames in the half that a first tape may have.
    page.runs.budget = 2 * 5 * frame_bytes((1, SIDE, SIDE), 6)
    drawn(qtbot, page)
    assert service.tapes[-1].every == 5
    assert [frame.number for frame in page.frames] == [0, 5, 10, 15, 20]
    qtbot.mouseClick(page.transport.back, LEFT)
    assert page.frame is page.frames[3]
    branched(qtbot, page)
    assert service.tapes[-1].after is page.frames[3]


def test_that_a_tape_from_a_picture_is_drawn_in_the_manner_that_is_set_and_noise_comes_back(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    start = FromPicture(Pixels((SIDE, SIDE), bytes(SIDE * SIDE)), 0.4)
    with qtbot.waitSignal(page.tape_finished, timeout=3000):
        page.run_start(start)
    assert page.recipe == Recipe(6, page.form.sampler_settings, start)
    assert "40%" in page.form.start_words.text()
    with qtbot.waitSignal(page.tape_finished, timeout=3000):
        qtbot.mouseClick(page.form.from_noise, LEFT)
    assert page.recipe is not None
    assert page.recipe.start == FromNoise()
    assert not page.form.start_words.isVisible()


def test_that_a_recipe_puts_every_control_in_its_place(qtbot: QtBot, page: ReversePage) -> None:
    sampler_settings = SamplerSettings("ddpm", 30, 0.0, 4.0, ((0.0, 0.0, 1.0),), 2**40)
    recipe = Recipe(9, sampler_settings)
    with qtbot.waitSignal(page.tape_finished, timeout=3000):
        page.run_recipe(recipe)
    assert page.recipe == recipe
    assert page.form.sampler_settings == sampler_settings
    assert page.form.count.value() == 9
    assert not page.form.eta.isVisible()


def test_that_what_no_control_can_say_is_kept_until_something_else_is_said(
    qtbot: QtBot, page: ReversePage
) -> None:
    odd = SamplerSettings(conditions=((0.0, 1.0, 0.0), (1.0, 0.0, 0.0)))
    page.form.show_sampler_settings(odd)
    assert page.form.sampler_settings.conditions == odd.conditions
    page.form.told.classes.setCurrentText("no condition")
    assert page.form.sampler_settings.conditions == ()
    assert not page.form.guidance.isEnabled()


def test_that_a_refusal_is_said_where_the_drawing_is(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    page.run_recipe(Recipe(2, SamplerSettings(steps=500)))
    qtbot.waitUntil(lambda: "500 steps are more" in page.transport.words.text(), timeout=3000)
    assert not page.runs.running
    assert page.recipe is None


def test_that_the_presets_and_the_dice_set_steps_and_seed(qtbot: QtBot, page: ReversePage) -> None:
    actions = page.form.presets.menu().actions()
    assert [action.data() for action in actions if action.isVisible()] == [10, 20, 50, 100]
    actions[0].trigger()
    assert page.form.steps.value() == 10
    page.form.seed.setValue(2_000_000)
    qtbot.mouseClick(page.form.dice, LEFT)
    assert page.form.seed.value() < 2_000_000


class TestOfAttributes:
    @pytest.fixture
    def service(self) -> FakeService:
        return FakeService(("Hat", "Smile"), exclusive=False)

    def test_that_each_is_told_with_without_or_not_at_all(self, qtbot: QtBot, page: ReversePage) -> None:
        boxes = page.form.told.boxes
        assert page.form.sampler_settings.conditions == ()
        assert "choose a condition" in page.form.guidance.toolTip()
        assert page.form.guidance_value.text == "–"
        qtbot.mouseClick(boxes["Hat"], LEFT, pos=QPoint(8, boxes["Hat"].height() // 2))
        assert boxes["Hat"].text() == "with Hat"
        assert page.form.sampler_settings.conditions == ((1.0, 0.5),)
        assert page.form.guidance.isEnabled()
        assert page.form.guidance_value.text == "2.0"
        for _ in range(2):
            qtbot.keyClick(boxes["Smile"], Qt.Key.Key_Space)
        assert boxes["Smile"].text() == "without Smile"
        assert page.form.sampler_settings.conditions == ((1.0, 0.0),)
        page.form.show_sampler_settings(SamplerSettings())
        assert [box.text() for box in boxes.values()] == ["Hat or not", "Smile or not"]

    def test_that_names_are_written_as_words(self) -> None:
        assert TraitBox("Long_Hair").text() == "Long Hair or not"

    def test_that_there_is_no_chooser_of_classes(self, page: ReversePage) -> None:
        assert not page.form.told.classes.isVisible()
        assert page.findChildren(TraitBox)


class TestOfNothingTold:
    @pytest.fixture
    def service(self) -> FakeService:
        return FakeService(())

    def test_that_there_is_nothing_to_guide(self, qtbot: QtBot, page: ReversePage) -> None:
        assert not page.form.guidance.isVisible()
        assert not page.form.told.isVisible()
        drawn(qtbot, page)
        assert page.recipe is not None
        assert page.recipe.sampler_settings.guidance == 1.0


def test_that_every_control_has_a_name_and_a_tip(page: ReversePage) -> None:
    names = "tape tapeStep tapePlay tapeBack tapeBranch tapeDraw tapeStop tapeSeed tapeDice tapeSpeed "
    names += "samplerChooser stepsSpin guidanceSlider etaSlider toldChooser noisyPictures believedNoise"
    for name in names.split():
        control = page.findChild(QWidget, name)
        assert control is not None, name
        assert control.accessibleName(), name
        assert control.toolTip(), name


def test_that_models_that_ship_name_their_first_seeds() -> None:
    assert first_seed("mnist-ddpm") == 7
    assert first_seed("a model of my own") == 0
    assert "mnist-ddpm" in model_files()


def test_that_a_model_begins_with_the_seed_that_it_is_known_by(qtbot: QtBot, page: ReversePage) -> None:
    model = page.drawing.model
    assert model is not None
    assert page.form.sampler_settings.seed == 0
    page.drawing.begin_with(replace(model, hash="another", first_seed=3))
    until_idle()
    assert page.form.sampler_settings.seed == 3
    page.form.seed.setValue(8)
    until_idle()
    page.drawing.begin_with(model)
    until_idle()
    assert page.form.sampler_settings.seed == 8, "chosen by hand, it stays"
