"""The dialog that saves a chart: as a picture, as a drawing, or as the numbers behind it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QWidget

from latentlab.engine.files.charts import SVG_SUFFIX, TABLE_SUFFIX, Columns, rows_of
from latentlab.engine.files.export import PICTURE_FORMATS, check_size
from latentlab.engine.files.provenance import Provenance
from latentlab.qt.export.dialog import ExportDialog, Format
from latentlab.qt.export.exportables import Exportable
from latentlab.qt.widgets.drawable import Drawable, as_image
from latentlab.qt.widgets.images import from_qimage
from latentlab.qt.widgets.plain_text import plain_tip

PICTURES = (
    Format("PNG picture", ".png"),
    Format("SVG drawing, sharp at any size", SVG_SUFFIX),
    Format("WebP, lossless", ".webp"),
    Format("JPEG", ".jpg"),
)
TABLE = Format("Table of the numbers (.csv)", TABLE_SUFFIX)
# Of a picture for print on paper.
_USUAL_SCALE, _MOST_SCALE = 2, 8


@dataclass(frozen=True)
class ChartWish:
    """What is to be saved of a chart, and where."""

    path: Path
    scale: int
    overwrite: bool


class ChartDialog(ExportDialog):
    """`wished` carries a `ChartWish`.

    Args:
        chart: it must stay alive for as long as the dialog.
        numbers: the numbers behind it; without any, none are offered.
        suffix: of the format that is proposed.
    """

    def __init__(
        self, chart: Drawable, numbers: Columns, origin: Provenance, folder: str, suffix: str, parent: QWidget
    ) -> None:
        self._numbers = numbers
        thing = Exportable(origin.what, (from_qimage(as_image(chart, 1.0)),), origin)
        super().__init__(chart.drawn_name(), thing, "", _USUAL_SCALE, folder, parent)
        self.scale.setMaximum(_MOST_SCALE)
        self.scale.setToolTip(
            plain_tip("How many pixels each way for one of the screen: 2 or more for print.")
        )
        path = Path(self.path.text()).with_suffix(suffix)
        self.path.setText(str(path))
        self.path.setSelection(len(str(path)) - len(path.name), len(path.stem))

    def formats(self) -> tuple[Format, ...]:
        return (*PICTURES, TABLE) if rows_of(self._numbers) else PICTURES

    def wish(self, path: Path, overwrite: bool) -> ChartWish:
        return ChartWish(path, self.scale.value(), overwrite)

    def refuse(self, path: Path) -> None:
        kind = PICTURE_FORMATS.get(path.suffix.lower())
        if kind is not None and self._thing is not None:
            height, width = self._thing.still.shape[:2]
            check_size(width * self.scale.value(), height * self.scale.value(), kind, path)

    def show_size(self, thing: Exportable) -> None:
        """Says how large it gets; only pictures have a scale."""
        suffix = self.chosen.suffix
        self.scale.setVisible(suffix not in (SVG_SUFFIX, TABLE_SUFFIX))
        height, width = thing.still.shape[:2]
        if suffix == TABLE_SUFFIX:
            rows, names = rows_of(self._numbers), ", ".join(list(self._numbers)[:6])
            more = f" and {len(self._numbers) - 6} more" if len(self._numbers) > 6 else ""
            self.size_label.setText(f"{rows:,} row{'s' * (rows != 1)} of {names}{more}")
        elif suffix == SVG_SUFFIX:
            self.size_label.setText(f"{width} × {height}, lines and texts without pixels")
        else:
            times = self.scale.value()
            self.size_label.setText(f"{width * times} × {height * times} pixels")
