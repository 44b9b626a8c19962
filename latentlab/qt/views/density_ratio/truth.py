"""Where both densities are known: the estimated log ratio of each picture against the true one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSizePolicy

from latentlab.engine.evaluation.ratio.events import RatioResult
from latentlab.qt.views.density_ratio.gallery import colours
from latentlab.qt.widgets.colours import has_dark_ground
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.qt.widgets.truth_chart import TruthChart


class RatioTruth(TruthChart):
    """Hidden unless both sets are drawn from models that tell their exact density."""

    def __init__(self) -> None:
        super().__init__("ratioTruth", "Estimated log p/q", "estimated")
        self.setAccessibleName("Estimated log ratio against the true one")
        self.setToolTip(
            plain_tip(
                "Both models tell the exact density of a picture, and so the true log ratio. On the dashed "
                "line the estimate is right."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def show_result(self, result: RatioResult | None) -> None:
        """Shows what is known of a result."""
        truth = None if result is None else result.truth
        self.setVisible(truth is not None)
        if result is None or truth is None:
            self.show_points(None, None)
            return
        told = np.concatenate([result.a.log_ratio, result.b.log_ratio])
        self.show_points(truth.log_ratio, told, truth.correlation)

    def inks(self) -> tuple[QColor, QColor]:
        """See `TruthChart`."""
        return colours(has_dark_ground(self.palette()))

    def sizeHint(self) -> QSize:
        return QSize(230, 170)

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "estimated and true log ratio"
