"""Makes shortcuts work under keyboard layouts without Latin letters: the key of P triggers P.

Under such a layout (Russian, Greek, Hebrew, Arabic, Thai ...) a key press carries the letter of that layout.
Qt looks for the Latin one only where a Latin layout is also set up. Here an unhandled press is interpreted as
the same key of a US keyboard: by its scan code, or without one by its letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QEvent, QKeyCombination, QLocale, QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMainWindow, QWidget
from shiboken6 import isValid

_KEY = Qt.KeyboardModifier
_MODIFIERS = _KEY.ControlModifier | _KEY.ShiftModifier | _KEY.AltModifier | _KEY.MetaModifier
# Scan codes of the Linux kernel from 2 on, which Windows shares; X11 and Wayland add 8.
_PLACES = {
    first + number: sign
    for first, row in ((2, "1234567890-="), (16, "qwertyuiop[]"), (30, "asdfghjkl;'`"), (43, "\\zxcvbnm,./"))
    for number, sign in enumerate(row)
}
_X11 = 8
# macOS has its own numbering; blanks are keys that have no place here.
_PLACES_MACOS = dict(enumerate("asdfhgzxcv bqweryt123465=97-80]ou[ip lj'k;\\,/nm."))
# For presses without a scan code (remote or synthetic): layouts by their letters.
_LETTERS = {
    theirs: ours
    for row, latin in (
        ("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"),
        ("іїєґў", "s]'\\o"),
        ("ςερτυθιοπασδφγηξκλζχψωβνμ", "wertyuiopasdfghjklzxcvbnm"),
        ("קראטוןםפשדגכעיחלךףזסבהנמצתץ", "ertyuiopasdfghjkl;zxcvbnm,."),
        ("ضصثقفغعهخحجدشسيبلاتنمكطئءؤرىةوزظ", "qwertyuiop[]asdfghjkl;'zxcvnm,./"),
    )
    for theirs, ours in zip(row, latin, strict=True)
}


def is_foreign(sign: str) -> bool:
    """Whether a letter is not Latin, with or without accents."""
    return sign >= "\u0250" and not "\u1e00" <= sign <= "\u1eff" and sign.isalpha()


class LatinKeys(QObject):
    """Triggers the shortcuts of one window as if the keyboard had Latin letters.

    Typing is not affected: text input in a field never gets here.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        script = QGuiApplication.inputMethod().locale().script()
        # Some keys have signs that both kinds of layout have: the letters seen last tell them apart.
        self._foreign = script not in (QLocale.Script.LatinScript, QLocale.Script.AnyScript)
        # The action to trigger when the press of the accepted override arrives, and the widget that gets it.
        self._instead: tuple[int, Callable[[], None], QWidget] | None = None
        # Whether an event was created here.
        self._ours = False
        self._window = window
        self.watch(window)

    def watch(self, widget: QWidget) -> None:
        """Also handles presses in a widget that can be a window of its own, as a dock can."""
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if self._ours:
            return False
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return self._overridden(watched, event)
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(watched, event)
        return False

    def _overridden(self, watched: QObject, event: QKeyEvent) -> bool:
        """Handles a ShortcutOverride: nobody has accepted the press so far."""
        found = self._meant(watched, event)
        if found is None:
            return False
        focus = QApplication.focusWidget() or self._window
        self._forget()
        self._instead = event.key(), found, focus
        focus.installEventFilter(self)
        event.accept()
        return True

    def _pressed(self, watched: QObject, event: QKeyEvent) -> bool:
        if self._instead is not None:
            key, do, _ = self._instead
            self._forget()
            if key == event.key():
                # Otherwise it would propagate to the parents.
                event.accept()
                do()
                return True
        found = self._meant(watched, event)
        if found is None:
            return False
        event.accept()
        found()
        return True

    def _forget(self) -> None:
        if self._instead is not None:
            focus, self._instead = self._instead[2], None
            if isValid(focus) and not focus.isWindow():
                focus.removeEventFilter(self)

    def _meant(self, watched: QObject, event: QKeyEvent) -> Callable[[], None] | None:
        """The press under a Latin layout; None for none, and for a press of such a layout."""
        if not isinstance(watched, QWidget) or not watched.isWindow():
            return None
        sign = self._latin(event)
        if sign is None:
            return None
        modifiers = event.modifiers() & _MODIFIERS
        key = Qt.Key(ord(sign.upper()))
        text = "" if modifiers & ~_KEY.ShiftModifier else sign.upper() if modifiers else sign
        focus = QApplication.focusWidget() or watched
        asked = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers, text)
        asked.ignore()
        self._send(focus, asked)
        if asked.isAccepted():
            return partial(self._send, focus, QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text))
        sequence = QKeySequence(QKeyCombination(modifiers, key))
        found = list(_what_is_short_for(sequence, focus, event.isAutoRepeat()))
        # Two matches are ambiguous, as in Qt.
        return found[0] if len(found) == 1 else None

    def _send(self, widget: QWidget, event: QKeyEvent) -> None:
        self._ours = True
        try:
            QApplication.sendEvent(widget, event)
        finally:
            self._ours = False

    def _latin(self, event: QKeyEvent) -> str | None:
        """The US letter of the key, if the press carries a letter of another script."""
        key = event.key()
        sign = chr(key) if 0x20 < key < 0x110000 else event.text()[:1]
        if sign.isascii() and sign.isalpha():
            self._foreign = False
        elif sign and is_foreign(sign):
            self._foreign = True
            return _sign_at(event) or _LETTERS.get(sign.lower())
        elif self._foreign and sign.isascii() and not sign.isdigit():
            # The key of W has an apostrophe in Hebrew.
            place = _sign_at(event)
            return place if place is not None and place.isalpha() else None
        return None


def _sign_at(event: QKeyEvent) -> str | None:
    """The US character of the key with the event's scan code, if known."""
    platform, scan = QGuiApplication.platformName(), event.nativeScanCode()
    if platform == "cocoa":
        sign = _PLACES_MACOS.get(event.nativeVirtualKey(), " ")
        return sign if sign != " " else None
    return _PLACES.get(scan if platform == "windows" else scan - _X11)


def _what_is_short_for(keys: QKeySequence, focus: QWidget, repeated: bool) -> Iterator[Callable[[], None]]:
    """All actions and mnemonics with these keys where the focus is."""
    contexts = Qt.ShortcutContext
    widget: QWidget | None = focus
    seen: set[QAction] = set()
    while widget is not None:
        for action in widget.actions():
            if action in seen or keys not in action.shortcuts():
                continue
            seen.add(action)
            here = action.shortcutContext() != contexts.WidgetShortcut or widget is focus
            if here and action.isEnabled() and action.isVisible() and (action.autoRepeat() or not repeated):
                yield action.trigger
        for short in widget.findChildren(QShortcut, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if keys == short.key() and short.isEnabled() and (short.autoRepeat() or not repeated):
                yield short.activated.emit
        if widget.isWindow():
            yield from _mnemonics(keys, widget)
            # A floating dock is a part of its window.
            if widget.windowType() != Qt.WindowType.Tool:
                return
        widget = widget.parentWidget()


def _mnemonics(keys: QKeySequence, window: QWidget) -> Iterator[Callable[[], None]]:
    """The widgets with this mnemonic in a window."""
    for button in window.findChildren(QAbstractButton):
        if button.shortcut() == keys and button.isVisible() and button.isEnabled():
            yield button.animateClick
    for label in window.findChildren(QLabel):
        buddy = label.buddy()
        if buddy is not None and QKeySequence.mnemonic(label.text()) == keys and buddy.isVisible():
            yield partial(buddy.setFocus, Qt.FocusReason.ShortcutFocusReason)
    if isinstance(window, QMainWindow):
        bar = window.menuBar()
        for action in bar.actions():
            if QKeySequence.mnemonic(action.text()) == keys and action.isEnabled():
                yield partial(bar.setActiveAction, action)
