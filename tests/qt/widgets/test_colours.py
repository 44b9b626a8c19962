"""The class colours under the common colour-vision deficiencies, and on the grounds of both themes.

The bound, 15: Stone, Szafir & Setlur, An Engineering Model for Color Difference as a Function of Size
(2014), find that half of the viewers see two marks of a third of a degree differ at about 7 along L*, 10
along a* and 14 along b*. The first ten are told apart in any pair, the later ones from their neighbours.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QStyleOptionButton
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.check_box import CheckBox, seen
from latentlab.qt.widgets.colours import CLASS_COLOURS, GROUP_COLOURS, Theme, palette_for
from tests.vision import VISIONS
from tests.vision import cielab as of_rgb

LEAST = 15.0


def cielab(colour: QColor, vision: str) -> NDArray[np.float64]:
    """(L*, a*, b*) of a colour as somebody with this vision sees it."""
    return of_rgb(np.array(colour.getRgbF()[:3]), vision)


def difference(one: QColor, other: QColor, vision: str) -> float:
    return float(np.linalg.norm(cielab(one, vision) - cielab(other, vision)))


def test_that_the_measure_itself_is_right() -> None:
    np.testing.assert_allclose(cielab(QColor("white"), "normal"), [100, 0, 0], atol=0.01)
    np.testing.assert_allclose(cielab(QColor(255, 0, 0), "normal"), [53.24, 80.09, 67.20], atol=0.02)
    assert difference(QColor("#808080"), QColor("black"), "deuteranopia") == pytest.approx(53.6, abs=0.1)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("vision", VISIONS)
def test_that_any_two_classes_can_be_told_apart(vision: str, dark: bool) -> None:
    colours = [QColor(colour) for colour in CLASS_COLOURS[dark][:10]]
    gaps = {
        (a, b): difference(colours[a], colours[b], vision)
        for a, b in itertools.combinations(range(len(colours)), 2)
    }
    assert {pair: gap for pair, gap in gaps.items() if gap < LEAST} == {}


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_that_every_class_stands_out_from_the_ground(qtbot: QtBot, theme: Theme, vision: str) -> None:
    ground = palette_for(theme).color(QPalette.ColorRole.Base)
    colours = CLASS_COLOURS[theme is Theme.DARK]
    gaps = {colour: difference(QColor(colour), ground, vision) for colour in colours}
    assert {colour: gap for colour, gap in gaps.items() if gap < LEAST} == {}


def test_that_every_class_has_contrast_to_the_dark_ground(qtbot: QtBot) -> None:
    """WCAG 2.2, success criterion 1.4.11: 3 to 1."""
    ground = palette_for(Theme.DARK).color(QPalette.ColorRole.Base)
    found = {colour: contrast(QColor(colour), ground) for colour in CLASS_COLOURS[True]}
    assert {colour: value for colour, value in found.items() if value < 3.0} == {}


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (QPalette.ColorRole.WindowText, QPalette.ColorRole.Window),
        (QPalette.ColorRole.Text, QPalette.ColorRole.Base),
        (QPalette.ColorRole.ButtonText, QPalette.ColorRole.Button),
        (QPalette.ColorRole.HighlightedText, QPalette.ColorRole.Highlight),
        (QPalette.ColorRole.PlaceholderText, QPalette.ColorRole.Window),
        (QPalette.ColorRole.BrightText, QPalette.ColorRole.Window),
    ],
)
def test_that_text_has_the_contrast_that_accessibility_asks_for(
    qtbot: QtBot, theme: Theme, ink: QPalette.ColorRole, ground: QPalette.ColorRole
) -> None:
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1; 3 to 1 for the short, bold words of a selection."""
    palette = palette_for(theme)
    least = 3.0 if ink is QPalette.ColorRole.HighlightedText else 4.5
    assert contrast(palette.color(ink), palette.color(ground)) >= least


def test_that_boxes_to_check_and_their_marks_can_be_seen_in_the_dark(qtbot: QtBot) -> None:
    """WCAG 2.2, success criterion 1.4.11: 3 to 1."""
    dark = palette_for(Theme.DARK)
    box = seen(QPalette(dark)).color(QPalette.ColorRole.Base)
    assert contrast(box, dark.color(QPalette.ColorRole.Window)) >= 3.0
    assert contrast(dark.color(QPalette.ColorRole.Text), box) >= 3.0


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_that_a_box_is_filled_with_what_can_be_seen(qtbot: QtBot, theme: Theme) -> None:
    box = CheckBox()
    qtbot.addWidget(box)
    box.setPalette(palette_for(theme))
    box.resize(30, 30)
    fill = box.grab().toImage().pixelColor(7, 15)
    ground = palette_for(theme).color(QPalette.ColorRole.Window)
    assert theme is Theme.LIGHT or contrast(fill, ground) >= 2.8
    option = QStyleOptionButton()
    box.initStyleOption(option)
    wanted = seen(palette_for(theme)).color(QPalette.ColorRole.Base)
    assert option.palette.color(QPalette.ColorRole.Base) == wanted


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: QColor) -> float:
    """Relative luminance, 0 to 1."""
    lightness = cielab(colour, "normal")[0]
    return float(((lightness + 16) / 116) ** 3 if lightness > 8 else lightness / 903.3)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("vision", VISIONS)
def test_that_no_two_neighbours_of_many_classes_look_alike(vision: str, dark: bool) -> None:
    colours = [QColor(colour) for colour in CLASS_COLOURS[dark]]
    assert len(set(CLASS_COLOURS[dark])) == 64
    gaps = {place: difference(*colours[place : place + 2], vision) for place in range(63)}
    assert {place: gap for place, gap in gaps.items() if gap < LEAST} == {}


@pytest.mark.parametrize("dark", [False, True])
def test_that_no_class_is_grey(dark: bool) -> None:
    """A person with normal vision has a name for each: two greys were the same to everybody."""
    chroma = {colour: np.hypot(*cielab(QColor(colour), "normal")[1:]) for colour in CLASS_COLOURS[dark]}
    assert {colour: value for colour, value in chroma.items() if value < 15} == {}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("vision", ["normal"])
def test_that_the_groups_are_like_none_of_the_first_classes(vision: str, dark: bool) -> None:
    gaps = [
        difference(QColor(group), QColor(colour), vision)
        for group in GROUP_COLOURS.values()
        for colour in CLASS_COLOURS[dark][:10]
    ]
    assert min(gaps) > LEAST
