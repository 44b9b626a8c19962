"""Numbers that are typed: a point and a comma are the decimal mark, on the desktop of whatever language."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QDialog, QDialogButtonBox, QToolTip, QWidget
from pytestqt.qtbot import QtBot

import latentlab.qt
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.presets import Choice
from latentlab.qt.export.dialog import ExportDialog
from latentlab.qt.views.training.options_dialog import OptionsDialog
from latentlab.qt.widgets.number_field import (
    RealNumber,
    WholeNumber,
    adaptive_step,
    numbers_stand,
    read_real,
    read_whole,
    written,
)
from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN

LOCALES = ("de_DE", "fr_FR", "en_US", "ar_EG", "de_CH")


@pytest.fixture(params=LOCALES)
def locale(request: pytest.FixtureRequest) -> Iterator[str]:
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


@pytest.fixture(autouse=True)
def _no_words_left(qtbot: QtBot) -> Iterator[None]:
    yield
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible(), timeout=3000)


def put(field: QAbstractSpinBox, text: str, key: Qt.Key | None = None) -> None:
    """Types the text over what is there, or pastes what no key of a test can type; then leaves the field."""
    field.setFocus()
    field.lineEdit().selectAll()
    if not text:
        QTest.keyClick(field, Qt.Key.Key_Delete)
    elif text.isascii():
        QTest.keyClicks(field, text)
    else:
        QGuiApplication.clipboard().setText(text)
        field.lineEdit().paste()
    if key is None:
        field.interpretText()
    else:
        QTest.keyClick(field, key)


def real(qtbot: QtBot, low: float, high: float, value: float, step: float = 0.01) -> RealNumber:
    field = RealNumber(low, high, value, step)
    qtbot.addWidget(field)
    field.show()
    return field


def whole(qtbot: QtBot, low: int, high: int, value: int, suffix: str = "") -> WholeNumber:
    field = WholeNumber(low, high, value, suffix)
    qtbot.addWidget(field)
    field.show()
    return field


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("0.5", 0.5, "0.5"),
        ("0,5", 0.5, "0.5"),
        (".5", 0.5, "0.5"),
        (",5", 0.5, "0.5"),
        ("5.", 5.0, "5"),
        ("0.0002", 0.0002, "0.0002"),
        ("0,0002", 0.0002, "0.0002"),
        ("2e-4", 0.0002, "0.0002"),
        ("2,5E-4", 0.00025, "0.00025"),
        ("+3", 3.0, "3"),
        (" 7 ", 7.0, "7"),
        ("1.000", 1.0, "1"),
        ("1,000", 1.0, "1"),
        ("\N{ARABIC-INDIC DIGIT ZERO}\N{ARABIC DECIMAL SEPARATOR}\N{ARABIC-INDIC DIGIT FIVE}", 0.5, "0.5"),
        ("\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH FULL STOP}\N{FULLWIDTH DIGIT FIVE}", 1.5, "1.5"),
    ],
)
def test_that_a_number_is_what_was_typed_on_every_desktop(
    qtbot: QtBot, locale: str, text: str, value: float, shown: str
) -> None:
    field = real(qtbot, 0.0, 1000.0, 20.0)
    put(field, text)
    assert field.value() == value
    assert field.text() == shown
    assert field.fault == ""


@pytest.mark.parametrize(
    "text",
    ["2000", "-1", "1.000,5", "1,000.5", "1.2.3", "1 000", "1'000", "1e", "abc", "5k", "inf", "nan", "1_0",
     "1e-13", "1e999", "9" * 500,
     "\N{ARABIC-INDIC DIGIT ONE}\N{ARABIC THOUSANDS SEPARATOR}\N{ARABIC-INDIC DIGIT FIVE}"],
)  # fmt: skip
def test_that_what_is_no_number_in_range_is_refused_in_words_and_the_old_one_comes_back(
    qtbot: QtBot, locale: str, text: str
) -> None:
    field = real(qtbot, 0.0, 1000.0, 0.25)
    put(field, text)
    assert field.value() == 0.25
    assert field.text() == "0.25"
    assert "is not valid. Type a number from 0 to 1000." in field.fault
    assert QToolTip.isVisible()


@pytest.mark.parametrize(
    "text", ["0.5", "0,5", "1.000", "1,000", "1 000", "1e3", "12.0", "0x10", "101", "-3", "5k"]
)
def test_that_a_whole_number_is_never_guessed_at(qtbot: QtBot, locale: str, text: str) -> None:
    field = whole(qtbot, 1, 100, 20, " / s")
    put(field, text)
    assert field.value() == 20
    assert field.text() == "20 / s"
    assert f"“{text}” is not valid. Type a whole number, digits only, from 1 to 100." in field.fault


@pytest.mark.parametrize(
    "text", ["32", "+32", " 32", "0032", "32 / s", "\N{ARABIC-INDIC DIGIT THREE}\N{ARABIC-INDIC DIGIT TWO}"]
)
def test_that_a_whole_number_is_taken_with_and_without_what_stands_after_it(
    qtbot: QtBot, locale: str, text: str
) -> None:
    field = whole(qtbot, 1, 100, 20, " / s")
    QGuiApplication.clipboard().setText(text)
    field.lineEdit().selectAll()
    field.lineEdit().paste()
    field.interpretText()
    assert (field.value(), field.text(), field.fault) == (32, "32 / s", "")


def test_that_thousands_are_written_without_a_mark(qtbot: QtBot, locale: str) -> None:
    assert whole(qtbot, 0, 100_000, 12_345).text() == "12345"
    assert real(qtbot, 0.0, 1e6, 12345.5).text() == "12345.5"


def test_that_a_number_counts_when_it_is_entered_and_is_seen_by_who_asks_before(qtbot: QtBot) -> None:
    field = whole(qtbot, 1, 100, 20)
    told: list[int] = []
    field.valueChanged.connect(told.append)
    field.lineEdit().selectAll()
    QTest.keyClicks(field, "64")
    assert (told, field.value()) == ([], 64)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (told, field.value()) == ([64], 64)


def test_that_nothing_typed_brings_the_old_number_back_without_a_word(qtbot: QtBot) -> None:
    field = whole(qtbot, 1, 100, 20)
    put(field, "")
    assert (field.value(), field.text(), field.fault) == (20, "20", "")


def test_that_enter_leaves_what_is_wrong_to_be_mended_and_in_another_colour(qtbot: QtBot) -> None:
    field = whole(qtbot, 1, 100, 20)
    sound = field.lineEdit().palette().text().color()
    put(field, "0.5", Qt.Key.Key_Return)
    assert (field.value(), field.lineEdit().text()) == (20, "0.5")
    assert "0.5" in field.fault
    assert field.lineEdit().palette().text().color() != sound
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClick(field, Qt.Key.Key_5)
    assert field.lineEdit().palette().text().color() == sound
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (field.value(), field.fault) == (5, "")


def test_that_a_word_for_the_least_number_can_be_typed_too(qtbot: QtBot) -> None:
    field = whole(qtbot, -1, 9, 4)
    field.setSpecialValueText("none")
    put(field, "none")
    assert (field.value(), field.text()) == (-1, "none")
    put(field, "7")
    assert field.value() == 7
    put(field, "70")
    assert field.value() == 7
    assert field.fault.endswith("from 0 to 9.")


def test_that_what_was_typed_is_never_markup(qtbot: QtBot) -> None:
    field = whole(qtbot, 1, 9, 4)
    put(field, "<b>1</b>")
    assert "&lt;b&gt;1&lt;/b&gt;" in QToolTip.text()


def test_that_the_arrows_go_by_tenths_of_the_size(qtbot: QtBot) -> None:
    field = real(qtbot, 1e-6, 1.0, 0.001, 1e-6)
    seen = [field.text()]
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(field, key)
        seen.append(field.text())
    assert seen == ["0.001", "0.0011", "0.0012", "0.0011", "0.001", "0.00099"]
    beta = real(qtbot, 0.0, 1000.0, 0.0, 0.01)
    QTest.keyClick(beta, Qt.Key.Key_Up)
    assert beta.text() == "0.01"
    assert adaptive_step(1000.0, False, 0.01) == 100
    assert adaptive_step(-1000.0, True, 0.01) == 100
    assert adaptive_step(-1000.0, False, 0.01) == 10


@given(st.floats(-1e6, 1e6).map(lambda value: round(value, 6)), st.sampled_from(".,"))
def test_that_what_is_written_is_read_back_with_either_mark(value: float, mark: str) -> None:
    assert read_real(written(value).replace(".", mark)) == value


@given(st.text())
def test_that_any_text_is_a_number_or_none(text: str) -> None:
    assert read_whole(text) is None or read_real(text) == read_whole(text)


# The window


def fields(within: QWidget) -> list[QAbstractSpinBox]:
    """All number fields but Qt's own."""
    return [
        field
        for field in within.findChildren(QAbstractSpinBox)
        if not type(field).__module__.startswith("pyqtgraph")
    ]


def check(field: QAbstractSpinBox) -> None:
    """Whatever is typed is the number that it says, or refused."""
    assert isinstance(field, WholeNumber | RealNumber), field.objectName()
    for text, meant in (
        ("0.5", 0.5),
        ("0,5", 0.5),
        ("0.0002", 0.0002),
        ("1.000", 1.0),
        ("3,25", 3.25),
        ("7", 7),
    ):
        before = field.value()
        # Not by keys: some cannot be used before there is something to set.
        field.lineEdit().selectAll()
        for sign in text:
            field.lineEdit().insert(sign)
        field.interpretText()
        name = field.objectName()
        assert field.value() in ((meant,) if field.fault == "" else (before,)), (name, text)
        if isinstance(field, WholeNumber) and text != "7":
            assert field.fault, (name, text)
        assert "," not in field.text(), name
        assert field.text().replace("×", "x").isascii(), name


def test_that_every_number_field_of_the_window_reads_both_marks_and_writes_a_point(
    qtbot: QtBot, tmp_path: Path, locale: str
) -> None:
    seen: set[str] = set()
    with open_window(qtbot, tmp_path) as window:
        window.bench.actions["exportProbeAction"].trigger()
        pages: list[QWidget] = [window, *window.findChildren(QDialog)]
        dialog = OptionsDialog(Choice.of("vae"), TrainingPlan(), ("auto", "cpu"), 100, parent=window)
        dialog.show()
        for page in (*pages, dialog):
            for field in fields(page):
                check(field)
                seen.add(field.objectName())
        for page in window.findChildren(QDialog):
            page.close()
    assert {
        "trainingBeta", "trainingRate", "trainingLatents", "trainingEpochs", "trainingBatch", "trainingSeed",
        "trainingConditionDropout", "walkSteps", "walkSpeed", "selectedIndex", "tapeCount", "tapeSeed",
        "stepsSpin", "tapeSpeed", "betweenSeedA", "betweenSeedB", "betweenCount", "repeatsSpin",
    } <= seen  # fmt: skip


def test_that_no_field_of_another_make_is_used_anywhere() -> None:
    other = {"QSpinBox", "QDoubleSpinBox", "QIntValidator", "QDoubleValidator", "QInputDialog"}
    root = Path(latentlab.qt.__file__).parent
    used = {
        (str(path.relative_to(root)), node.name)
        for path in sorted(root.rglob("*.py"))
        for node in itertools.chain.from_iterable(
            found.names
            for found in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(found, ast.ImportFrom)
        )
        if node.name in other
    }
    assert used == {("widgets/number_field.py", "QSpinBox"), ("widgets/number_field.py", "QDoubleSpinBox")}


def test_that_options_are_not_accepted_over_a_refused_number(qtbot: QtBot) -> None:
    dialog = OptionsDialog(Choice.of("vae"), TrainingPlan(epochs=20), ("auto", "cpu"), 100)
    qtbot.addWidget(dialog)
    dialog.show()
    epochs = dialog.findChild(WholeNumber, "trainingEpochs")
    rate = dialog.findChild(RealNumber, "trainingRate")
    accept = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    put(rate, "0,0002")
    put(epochs, "1.000", Qt.Key.Key_Return)
    assert dialog.isVisible()
    accept.setFocus()
    QTest.mouseClick(accept, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert epochs.text() == "20"
    put(epochs, "1000")
    QTest.mouseClick(accept, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    assert (dialog.plan.epochs, dialog.plan.learning_rate) == (1000, 0.0002)


def test_that_a_beta_of_many_places_comes_through_the_options_as_it_was(qtbot: QtBot) -> None:
    dialog = OptionsDialog(Choice.of("vae", beta=0.0525), TrainingPlan(), ("auto", "cpu"), 100)
    qtbot.addWidget(dialog)
    dialog.accept()
    assert dialog.choice.beta == 0.0525


def test_that_a_picture_is_not_saved_over_a_refused_scale(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.settings.folder = str(tmp_path)
        window.bench.actions["exportProbeAction"].trigger()
        page = window.findChild(ExportDialog)
        put(page.scale, "4")
        assert page.size_label.text() == "32 × 32 pixels"
        page.scale.lineEdit().selectAll()
        QTest.keyClicks(page.scale, "2,5")
        page.buttons.button(QDialogButtonBox.StandardButton.Save).click()
        assert page.isVisible()
        assert "2,5" in page.scale.fault or page.scale.value() == 4
        assert not list(tmp_path.glob("*.png"))
        page.reject()


def test_that_a_page_stands_unless_a_number_was_refused(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    assert numbers_stand(page)
    field = whole(qtbot, 1, 9, 4)
    field.setParent(page)
    assert numbers_stand(page)
    put(field, "40")
    assert not numbers_stand(page)
    # It has been said, and the old number is in sight.
    assert numbers_stand(page)
