"""The dialog that saves a tape, or a frame of it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from latentlab.engine.diffusion.tape_origin import WHAT
from latentlab.engine.files.provenance import Provenance
from latentlab.qt.export import tapes
from latentlab.qt.export.dialog import ExportDialog, Format
from latentlab.qt.export.exportables import Exportable
from latentlab.qt.export.tapes import FRAME, SHOWS, TAPE, TapeInHand, TapeWish
from latentlab.qt.widgets.images import to_qimage
from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.plain_text import plain_tip

_STILLS = (Format("PNG", ".png"), Format("WebP, lossless", ".webp"), Format("JPEG", ".jpg"))
_FILM = Format("MP4 film", ".mp4", True)
_MOVING = (
    Format("WebP animation", ".webp", True),
    Format("GIF animation", ".gif", True),
    Format("APNG animation", ".apng", True),
    _FILM,
    Format("PNG strip", ".png"),
    Format("JPEG strip", ".jpg"),
    Format("NumPy arrays of all xₜ and x̂₀ (.npz)", ".npz"),
)
_NUMBERS = ".npz"
# Browsers slow faster GIFs down.
_MOST_RATE, _MOST_GIF_RATE = 60, 50
# The default width of a film; pixels are enlarged up to it.
_WIDE = 448


class TapeDialog(ExportDialog):
    """`wished` carries a `TapeWish`. The tape is saved as it was when the dialog opened.

    Args:
        what: `tape_saving.FRAME`, BATCH or TAPE.
        tape: it.
        rate: frames a second.
        suffix: of the format that is proposed, "" for the usual one.
    """

    def __init__(
        self,
        what: str,
        tape: TapeInHand,
        scale: int,
        rate: int,
        folder: str,
        parent: QWidget,
        suffix: str = "",
    ) -> None:
        # Before the base class, which needs these in its constructor.
        self._tape, self._rate = tape, rate
        picture = tapes.page(tape, ("xt",), what == FRAME)
        if what == TAPE:
            scale = min(scale, max(1, _WIDE // picture.shape[1]))
        thing = Exportable(what, (picture,), Provenance(WHAT, tape.origin.model, tape.origin.model_hash))
        super().__init__(what, thing, tape.words if what == TAPE else "", scale, folder, parent)
        if suffix:
            path = Path(self.path.text()).with_suffix(suffix)
            self.path.setText(str(path))
            self.path.setSelection(len(str(path)) - len(path.name), len(path.stem))

    def formats(self) -> tuple[Format, ...]:
        if self._what != TAPE:
            return _STILLS
        can_film = importlib.util.find_spec("av") is not None
        return tuple(one for one in _MOVING if one is not _FILM or can_film)

    def add_rows(self, form: QFormLayout) -> None:
        self.show_, self.pictures = QComboBox(), QComboBox()
        self.rate = WholeNumber(minimum=1, maximum=_MOST_RATE, value=self._rate, suffix=" frames / s")
        self._form = form
        self.show_.addItems([title for title, _ in SHOWS])
        count = len(self._tape.frame.x_t)
        self.pictures.addItems(
            [f"All {count}, as a sheet", f"Only the chosen one, number {self._tape.picture}"]
        )
        self.pictures.setCurrentIndex(1 if self._what == FRAME and count > 1 else 0)
        for control, name, title, tip in (
            (self.show_, "tapeShow", "Shows", "What is shown of each frame."),
            (self.pictures, "tapePictures", "Pictures", "All pictures that were drawn, or the chosen one."),
            (self.rate, "tapeRate", "Speed", "Frames shown per second."),
        ):
            control.setObjectName(name)
            control.setAccessibleName(title)
            control.setToolTip(plain_tip(tip))
            form.addRow(title, control)
        form.setRowVisible(self.pictures, count > 1)
        self.show_.currentIndexChanged.connect(self._look)
        self.pictures.currentIndexChanged.connect(self._look)
        self.rate.valueChanged.connect(self._look)

    @property
    def _show(self) -> tuple[str, ...]:
        return SHOWS[self.show_.currentIndex()][1]

    @property
    def _alone(self) -> bool:
        return self.pictures.currentIndex() == 1

    def wish(self, path: Path, overwrite: bool) -> TapeWish:
        return TapeWish(
            self._what, path, self._show, self._alone, self.scale.value(), self.rate.value(), overwrite
        )

    def refuse(self, path: Path) -> None:
        tapes.check(self._tape, self.wish(path, True))

    def show_size(self, thing: Exportable) -> None:
        """Also shows what will be saved, and hides options that do not apply."""
        tape, suffix, scale = self._tape, self.chosen.suffix, self.scale.value()
        numbers = suffix == _NUMBERS
        moving = self._what == TAPE and self.chosen.animated
        self.rate.setMaximum(_MOST_GIF_RATE if suffix == ".gif" else _MOST_RATE)
        self._form.setRowVisible(self.rate, moving)
        self._form.setRowVisible(self.show_, not numbers)
        self._form.setRowVisible(self.pictures, not numbers and len(tape.frame.x_t) > 1)
        self.scale.setVisible(not numbers)
        self._form.labelForField(self.size_row).setText("Size" if numbers else "Scale")  # type: ignore[attr-defined]
        shown = tapes.page(tape, self._show, self._alone)
        height, width = shown.shape[:2]
        count = len(tape.frames)
        if numbers:
            size = sum(frame.x_t.nbytes + frame.x0_hat.nbytes for frame in tape.frames) / 2**20
            words = f"{count} frames of {len(tape.frame.x_t)} pictures, {size:.1f} MiB before packing"
        else:
            if self._what == TAPE and not moving:
                shown, (height, width) = tapes.columns(tape, self._show, self._alone)
            frames = f", {count} frames" if self._what == TAPE else ""
            words = f"{width * scale} × {height * scale} pixels{frames}"
        self.size_label.setText(words)
        self.preview.show_image(to_qimage(shown))
