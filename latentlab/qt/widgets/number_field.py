"""Number fields that accept point and comma as the decimal mark, and write a point, in every locale.

Qt's own fields accept only the mark of the locale, and drop the other while typing: 0.5 becomes 5. Here
nothing that is typed or pasted is dropped. Invalid or out-of-range input stays visible until Enter is pressed
or the field loses focus; then it is refused with a message, and the previous number is restored.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QPoint, Qt, Slot
from PySide6.QtGui import QKeyEvent, QPalette, QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QToolTip, QWidget

from latentlab.qt.widgets.plain_text import plain_tip

_WHOLE = re.compile(r"[+-]?[0-9]+")
_REAL = re.compile(r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")
# Input that may become a number when more is typed.
_WHOLE_BEGUN = re.compile(r"[+-]?[0-9]*")
_REAL_BEGUN = re.compile(r"[+-]?[0-9]*[.,]?[0-9]*(?:[eE][+-]?[0-9]*)?")
# Signs and marks of other scripts and keyboards; marks of text direction are ignored.
_SIGNS = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{FULLWIDTH HYPHEN-MINUS}": "-",
        "\N{FULLWIDTH PLUS SIGN}": "+",
        "\N{FULLWIDTH FULL STOP}": ".",
        "\N{FULLWIDTH COMMA}": ",",
        "\N{ARABIC DECIMAL SEPARATOR}": ",",
        "\N{ARABIC COMMA}": ",",
        "\N{LEFT-TO-RIGHT MARK}": None,
        "\N{RIGHT-TO-LEFT MARK}": None,
        "\N{ARABIC LETTER MARK}": None,
    }
)
# Digits after the point: enough to distinguish floats of this size, few enough that 0.1 is 0.1.
_PLACES = 12
_SHOWN = 24
_WORDS_MS = 8000


def in_ascii(text: str) -> str:
    """The text with digits, signs and marks of all scripts replaced by ASCII."""
    text = text.translate(_SIGNS)
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)


def read_whole(text: str) -> int | None:
    """The whole number in the text, or None. 1.000 and 1,000 are refused as ambiguous."""
    text = in_ascii(text).strip()
    # Python refuses to read thousands of digits.
    return int(text) if _WHOLE.fullmatch(text) and len(text) <= _SHOWN else None


def read_real(text: str) -> float | None:
    """The finite number in the text, with a point or a comma as its decimal mark, or None."""
    text = in_ascii(text).strip()
    if not _REAL.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if math.isfinite(value) else None


def written(value: float) -> str:
    """The number with a point, as short as possible with up to 12 decimal places: 0.0002, 1."""
    # Adding 0 turns -0.0 into 0.0.
    return f"{value + 0.0:.{_PLACES}f}".rstrip("0").rstrip(".")


# A mix-in for two of Qt's classes must not derive from either.
if TYPE_CHECKING:
    _Field = QAbstractSpinBox
else:
    _Field = object


class _Number(_Field):
    """The common part of both fields. `fault` says what was refused since the last edit, "" for nothing."""

    _begun: re.Pattern[str]
    _what: str

    fault = ""

    def _set_up(self) -> None:
        self.setLocale(QLocale.c())
        self.setGroupSeparatorShown(False)
        # Input counts at Enter, or when the field loses focus: the 1 of 16 is incomplete.
        self.setKeyboardTracking(False)
        self.lineEdit().textEdited.connect(self._edited)

    # Implemented by each of the two.

    def _limits(self) -> tuple[float, float]:
        raise NotImplementedError

    def _parsed(self, text: str) -> float | None:
        raise NotImplementedError

    def _as_shown(self) -> str:
        raise NotImplementedError

    # Reading

    def _bare(self, text: str) -> str:
        """The text without prefix and suffix."""
        bare = text.strip().removeprefix(self._before().strip())
        return bare.removesuffix(self._after().strip()).strip()

    def _before(self) -> str:
        return str(self.property("prefix"))

    def _after(self) -> str:
        return str(self.property("suffix"))

    def _read(self, text: str) -> float | None:
        """The number in the text, if it is within the field's range."""
        low, high = self._limits()
        special = self.specialValueText()
        if special and text.strip() == special:
            return low
        value = self._parsed(self._bare(text))
        return value if value is not None and low <= value <= high else None

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Nothing is invalid, because Qt would drop it: input is acceptable or intermediate."""
        state = QValidator.State.Intermediate if self._read(text) is None else QValidator.State.Acceptable
        return state, text, place

    def fixup(self, text: str) -> str:
        """Refuses invalid input when it counts, and restores the previous number."""
        self._refuse(text)
        return self._as_shown()

    # Refusing

    def _refuse(self, text: str) -> None:
        self._mark(True)
        bare = self._bare(text)
        if not bare:
            return
        if len(bare) > _SHOWN:
            bare = f"{bare[:_SHOWN]}…"
        low, high = self._limits()
        low += bool(self.specialValueText())
        self.fault = f"“{bare}” is not valid. Type {self._what} from {written(low)} to {written(high)}."
        self.say_fault()

    def say_fault(self) -> None:
        """Shows beside the field what was refused."""
        if self.fault and self.isVisible():
            below = self.mapToGlobal(QPoint(0, self.height() // 2))
            QToolTip.showText(below, plain_tip(self.fault), self, self.rect(), _WORDS_MS)

    @Slot(str)
    def _edited(self, text: str) -> None:
        self.fault = ""
        bare = in_ascii(self._bare(text)).strip()
        value = self._parsed(bare)
        begun = self._begun.fullmatch(bare) is not None and (value is None or value <= self._limits()[1])
        self._mark(begun or self._read(text) is not None)

    def _mark(self, sound: bool) -> None:
        """Marks input that cannot become a number while it is typed."""
        palette = QPalette()
        if not sound:
            palette.setColor(QPalette.ColorRole.Text, self.palette().color(QPalette.ColorRole.BrightText))
        self.lineEdit().setPalette(palette)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = self.lineEdit().text()
        entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if entered and self._bare(text) and self._read(text) is None:
            # The input stays for correction; a dialog must not close over it.
            self._refuse(text)
            self._mark(False)
            event.accept()
        else:
            super().keyPressEvent(event)


class WholeNumber(_Number, QSpinBox):
    """A field for a whole number, digits only.

    Args:
        minimum: the least.
        maximum: the largest.
        value: the first; None takes the least.
        suffix: what is written after it.
    """

    _begun, _what = _WHOLE_BEGUN, "a whole number, digits only,"

    def __init__(self, minimum: int, maximum: int, value: int | None = None, suffix: str = "") -> None:
        super().__init__()
        self._set_up()
        self.setRange(minimum, maximum)
        self.setSuffix(suffix)
        if value is not None:
            self.setValue(value)

    def value(self) -> int:
        """The displayed number, applied or not."""
        typed = self._read(self.lineEdit().text())
        return super().value() if typed is None else int(typed)

    def valueFromText(self, text: str) -> int:
        typed = self._read(text)
        return super().value() if typed is None else int(typed)

    def textFromValue(self, value: int) -> str:
        return str(value)

    def _limits(self) -> tuple[float, float]:
        return self.minimum(), self.maximum()

    def _parsed(self, text: str) -> float | None:
        return read_whole(text)

    def _as_shown(self) -> str:
        value = super().value()
        special = self.specialValueText()
        return special if special and value == self.minimum() else f"{self.prefix()}{value}{self.suffix()}"


class RealNumber(_Number, QDoubleSpinBox):
    """A field for a number with a decimal mark. Input is kept to 12 places; the steps are a tenth of its
    magnitude.

    Args:
        minimum: the least.
        maximum: the largest.
        value: the first.
        step: the least step of the arrows.
    """

    _begun, _what = _REAL_BEGUN, "a number"

    def __init__(self, minimum: float, maximum: float, value: float, step: float) -> None:
        super().__init__()
        self._least_step = step
        self._set_up()
        self.setDecimals(_PLACES)
        self.setRange(minimum, maximum)
        self.setValue(value)

    def value(self) -> float:
        """The displayed number, applied or not."""
        typed = self._read(self.lineEdit().text())
        return super().value() if typed is None else typed

    def valueFromText(self, text: str) -> float:
        typed = self._read(text)
        return super().value() if typed is None else typed

    def textFromValue(self, value: float) -> str:
        return written(value)

    def stepBy(self, steps: int) -> None:
        self.setSingleStep(adaptive_step(self.value(), steps < 0, self._least_step))
        super().stepBy(steps)

    def _limits(self) -> tuple[float, float]:
        return self.minimum(), self.maximum()

    def _parsed(self, text: str) -> float | None:
        value = read_real(text)
        if value is None:
            return None
        # More places than can be kept would change the number.
        kept = round(value, _PLACES)
        return kept if math.isclose(kept, value, rel_tol=1e-6) else None

    def _as_shown(self) -> str:
        return f"{self.prefix()}{written(super().value())}{self.suffix()}"


def adaptive_step(value: float, down: bool, least: float) -> float:
    """A tenth of the number's power of ten: from 0.001 to 0.0011, and down to 0.00099."""
    size = abs(value) / (1.01 if down == (value > 0) else 1)
    if size < least:
        return least
    exponent = math.floor(math.log10(size) + 1e-9)
    return max(least, 10.0 ** (exponent - 1))


def numbers_stand(within: QWidget) -> bool:
    """Whether every number in a dialog is valid; otherwise shows which is not, and focuses it."""
    for field in within.findChildren(QAbstractSpinBox):
        if not isinstance(field, _Number):
            continue
        field.interpretText()
        if field.fault:
            field.setFocus()
            field.selectAll()
            field.say_fault()
            field.fault = ""
            return False
    return True
