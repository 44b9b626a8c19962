"""The dialog that saves a film: it plays at its full size before it is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.files.animation import ANIMATION_FORMATS, check_animation, estimated_bytes
from latentlab.engine.files.film_plan import LEAST_SECONDS, MOST_SECONDS, FilmPlan, Loop, natural_seconds
from latentlab.engine.types import Picture
from latentlab.qt.export import exportables
from latentlab.qt.export.dialog import ExportDialog, Wish
from latentlab.qt.export.exportables import Exportable
from latentlab.qt.widgets.images import to_qimage
from latentlab.qt.widgets.number_field import RealNumber, WholeNumber
from latentlab.qt.widgets.plain_text import Label, plain_tip

_MOST_RATE, _MOST_GIF_RATE = 60, 50
_LOOPS = (
    ("There and back, again and again", Loop.THERE_AND_BACK),
    ("To the end, then from the start", Loop.AGAIN),
    ("Once", Loop.ONCE),
)
# The room of the preview, and the height of the rest of the dialog; a larger film scrolls.
_ROOM, _REST, _LEAST = QSize(640, 420), 316, 160
# More pictures than this are not asked for.
_MOST_PICTURES = 1200
_KIB, _MIB = 2**10, 2**20


@dataclass(frozen=True)
class FilmWish(Wish):
    """The choices for a film, and the pictures that it was previewed with; () for those of the walk."""

    plan: FilmPlan
    pictures: tuple[Picture, ...]


class FilmScreen(QWidget):
    """One frame at the size at which it is saved, without smoothing; `clicked` by the mouse."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("filmScreen")
        self.setAccessibleName("Preview of the film")
        self.setToolTip("The film at its full size. A click plays it or stops it.")
        self.image: QImage | None = None
        self._scale = 1

    def show_frame(self, picture: Picture, scale: int) -> None:
        """Shows a picture, each pixel `scale` times as large."""
        self.image, self._scale = to_qimage(picture), scale
        size = QSize(picture.shape[1] * scale, picture.shape[0] * scale)
        if size != self.size():
            self.setFixedSize(size)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.image is not None:
            painter = QPainter(self)
            painter.drawImage(QRectF(self.rect()), self.image)
            painter.end()


class FilmDialog(ExportDialog):
    """`wished` carries a `FilmWish`.

    Args:
        thing: the pictures, with the rate that is proposed.
        more: asks for so many pictures of the same walk, which `show_pictures` is to be given once they are
            there; None where there are no others.
        last: as such a film was saved last; None proposes one by the pictures.
    """

    def __init__(
        self,
        what: str,
        thing: Exportable,
        scale: int,
        folder: str,
        parent: QWidget,
        more: Callable[[int], None] | None = None,
        last: FilmPlan | None = None,
    ) -> None:
        self._frames, self._more, self._asked = thing.pictures, more, 0
        self._plan, self._last = FilmPlan(1, 1.0), last
        self._shown, self._on = 0, 1
        self._clock = QTimer(timerType=Qt.TimerType.PreciseTimer)
        self._soon = QTimer(singleShot=True, interval=150)
        super().__init__(what, thing, "", scale, folder, parent)
        for timer in (self._clock, self._soon):
            timer.setParent(self)
        self._clock.timeout.connect(self._advance)
        self._soon.timeout.connect(self._ask)
        self.toggle()

    @property
    def plan(self) -> FilmPlan:
        """The film as it will be saved."""
        return FilmPlan(self.rate.value(), self.seconds.value(), self.loop.currentData())

    @property
    def playing(self) -> bool:
        """Whether the preview plays."""
        return self._clock.isActive()

    def add_rows(self, form: QFormLayout) -> None:
        self._form = form
        assert self._thing is not None
        self.loop = QComboBox()
        for title, loop in _LOOPS:
            self.loop.addItem(title, loop)
        last = self._last
        rate = self._thing.frames_per_second if last is None else last.rate
        self.rate = WholeNumber(minimum=1, maximum=_MOST_RATE, value=rate, suffix=" frames / s")
        # A training does not run backwards.
        usual = Loop.THERE_AND_BACK if self._what == exportables.WALK else Loop.AGAIN
        if last is not None:
            usual = last.loop
        self.loop.setCurrentIndex(self.loop.findData(usual))
        natural = natural_seconds(len(self._frames), self.rate.value(), usual)
        seconds = natural if last is None else last.seconds
        self.seconds = RealNumber(
            minimum=LEAST_SECONDS, maximum=MOST_SECONDS, value=round(seconds, 2), step=0.5
        )
        self.seconds.setSuffix(" s")
        self.play = QPushButton("Pause")
        self.told = Label()
        for control, name, title, tip in (
            (self.loop, "filmLoop", "At its end", "What the film does when it has reached the last pin."),
            (self.rate, "filmRate", "Speed", "Frames shown a second; 24 and more look smooth."),
            (self.seconds, "filmSeconds", "Duration", "How long one round lasts, there and back."),
            (self.play, "filmPlay", "Play or pause the preview", "Play the preview or pause it."),
            (self.told, "filmWords", "The film in words", "How long it runs, and how large its file gets."),
        ):  # fmt: skip
            control.setObjectName(name)
            control.setAccessibleName(title)
            control.setToolTip(plain_tip(tip))
            if control not in (self.play, self.told):
                form.addRow(title, control)
        row = QHBoxLayout()
        row.addWidget(self.play)
        row.addWidget(self.told, 1)
        form.addRow("Preview", row)
        self.screen_ = FilmScreen()
        self._area = QScrollArea()
        self._area.setObjectName("filmArea")
        self._area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._area.setWidget(self.screen_)
        layout = self.layout()
        assert layout is not None
        layout.replaceWidget(self.preview, self._area)
        layout.removeWidget(self.preview)
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, self.preview)
        self.loop.currentIndexChanged.connect(self._loop_chosen)
        self.rate.valueChanged.connect(self._look)
        self.seconds.valueChanged.connect(self._look)
        self.play.clicked.connect(self.toggle)
        self.screen_.clicked.connect(self.toggle)

    def wish(self, path: Path, overwrite: bool) -> FilmWish:
        moving = self.chosen.animated
        return FilmWish(
            self._what, path, self.scale.value(), overwrite, moving, self.plan, self._frames if moving else ()
        )

    def refuse(self, path: Path) -> None:
        if self.chosen.animated and path.suffix.lower() in ANIMATION_FORMATS:
            height, width = self._frames[0].shape[:2]
            check_animation(
                path, self.plan.count, (height, width), float(self.rate.value()), scale=self.scale.value(),
                overwrite=True,
            )  # fmt: skip

    def show_size(self, thing: Exportable) -> None:
        """Follows the choices: the preview becomes what would be saved."""
        moving = self.chosen.animated
        self.rate.setMaximum(_MOST_GIF_RATE if self.chosen.suffix == ".gif" else _MOST_RATE)
        for control in (self.loop, self.rate, self.seconds):
            self._form.setRowVisible(control, moving)
        self.play.setVisible(moving)
        if self.plan != self._plan:
            self._plan = self.plan
            self._clock.setInterval(max(1, round(1000 / self._plan.rate)))
            self._shown = min(self._shown, self._plan.count - 1)
            self._soon.start()
        shown = self._frames[0] if moving else thing.still
        height, width = (side * self.scale.value() for side in shown.shape[:2])
        frames = f", {self._plan.count:,} frames" if moving else ""
        self.size_label.setText(f"{width} × {height} pixels{frames}")
        self.told.setText(self._in_words() if moving else "")
        self._area.setVisible(moving)
        self.preview.setVisible(not moving)
        if moving:
            high = max(_LEAST, min(_ROOM.height(), self._room() - _REST))
            self._area.setMinimumSize(QSize(min(width, _ROOM.width()) + 4, min(height, high) + 4))
            self._show()

    def _room(self) -> int:
        """The height of the window."""
        parent = self.parentWidget()
        return _ROOM.height() if parent is None else parent.height()

    def show_pictures(self, pictures: tuple[Picture, ...]) -> None:
        """From now on the film has these pictures."""
        if pictures and pictures[0].shape == self._frames[0].shape:
            self._frames = pictures
            self._show()

    # Playing

    @Slot()
    def toggle(self) -> None:
        """Plays the preview, or pauses it."""
        if self.playing:
            self._clock.stop()
        else:
            if self._plan.loop is Loop.ONCE and self._shown >= self._plan.count - 1:
                self._shown = 0
            self._clock.start()
        self.play.setText("Pause" if self.playing else "Play")

    @Slot()
    def _advance(self) -> None:
        count = self._plan.count
        if self._plan.loop is Loop.ONCE and self._shown >= count - 1:
            self.toggle()
            return
        self._shown = (self._shown + 1) % count
        self._show()

    def _show(self) -> None:
        picks = self._plan.picks(len(self._frames))
        self.screen_.show_frame(self._frames[picks[self._shown % len(picks)]], self.scale.value())

    @Slot()
    def _loop_chosen(self) -> None:
        """There and back takes twice the time of there: the pace stays."""
        back = self.plan.loop is Loop.THERE_AND_BACK
        was = self._plan.loop is Loop.THERE_AND_BACK
        if back != was:
            self.seconds.setValue(self.seconds.value() * (2.0 if back else 0.5))
        self._look()

    @Slot()
    def _ask(self) -> None:
        """More pictures than there are make the film smoother."""
        needed = min(_MOST_PICTURES, self._plan.needed)
        if self._more is not None and needed > len(self._frames) and needed != self._asked:
            self._asked = needed
            self._more(needed)

    def _in_words(self) -> str:
        plan, suffix = self._plan, self.chosen.suffix
        size = estimated_bytes(suffix, self._frames, plan.picks(len(self._frames)), self.scale.value())
        about = f"{size / _MIB:.1f} MiB" if size >= _MIB else f"{max(1, round(size / _KIB))} KiB"
        return f"{plan.count / plan.rate:.1f} s{_ENDS[plan.loop]}; a file of about {about}"


_ENDS = {
    Loop.THERE_AND_BACK: " there and back, looping",
    Loop.AGAIN: ", looping",
    Loop.ONCE: ", played once",
}
