"""Tables of figures of the selected image: its ELBO, and its posterior."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from latentlab.engine.rendering.requests.pictures import SelectionReply
from latentlab.engine.types import Point
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.term import Term

# Key, label and tooltip: each a row of a table.
_Row = tuple[str, str, str]
_ELBO_ROWS: tuple[_Row, ...] = (
    (
        "reconstruction",
        "Reconstruction",
        "E_q[log p(x|z)]: how well samples of the posterior decode to this picture, on average.",
    ),
    (
        "kl",
        "− KL(q ‖ p)",
        "How far the posterior q(z|x) is from the prior p(z): the cost of encoding this picture.",
    ),
    (
        "elbo",
        "= ELBO",
        "The evidence lower bound, reconstruction − KL: a lower bound of the model's log p(x) of "
        "the picture.",
    ),
)
# For a model that has it exactly; others have only the ELBO.
_EXACT_ROW: _Row = (
    "density",
    "log p(x)",
    "The log-likelihood of the picture under the model, which knows it exactly. The ELBO is a lower bound.",
)
_POSTERIOR_ROWS: tuple[_Row, ...] = (
    ("mean", "Mean μ", "The mean of the posterior q(z|x): the position of the picture in the plane."),
    (
        "sigma",
        "Sigma σ",
        "The posterior's standard deviation along each dimension: the encoder's uncertainty.",
    ),
)

# The word of a row's label that the glossary explains.
_TERMS = {
    "reconstruction": "Reconstruction",
    "kl": "KL",
    "elbo": "ELBO",
    "density": "log p(x)",
    "mean": "μ",
    "sigma": "σ",
}


class CardFigures:
    """The labels of both tables.

    Attributes:
        labels: key -> the label that shows the value.
    """

    def __init__(self) -> None:
        self.labels = {
            key: value_label(f"selected{key.capitalize()}", help_text)
            for key, _, help_text in (*_ELBO_ROWS, _EXACT_ROW, *_POSTERIOR_ROWS)
        }
        # Of many latents in a narrow column they need two lines.
        for key, _, _ in _POSTERIOR_ROWS:
            self.labels[key].setWordWrap(True)
        self._rows: dict[str, tuple[QWidget, ...]] = {}

    def elbo(self) -> QGridLayout:
        """The table of reconstruction, KL, ELBO and exact log p(x), to be laid out once.

        Only what a model has of them is shown.
        """
        rows = (*_ELBO_ROWS, _EXACT_ROW)
        table = _table(rows, self.labels)
        for row, (key, _, _) in enumerate(rows):
            items = (table.itemAtPosition(row, 0), table.itemAtPosition(row, 1))
            self._rows[key] = tuple(
                widget for item in items if item is not None and (widget := item.widget())
            )
        self._show_row(_EXACT_ROW[0], False)
        return table

    def _show_row(self, key: str, shown: bool) -> None:
        for widget in self._rows[key]:
            widget.setVisible(shown)

    def posterior(self) -> QGridLayout:
        """The table of mean and sigma, to be laid out once."""
        return _table(_POSTERIOR_ROWS, self.labels)

    def show(self, card: SelectionReply) -> None:
        """Shows the figures of an image."""
        nats = {"reconstruction": card.reconstruction_nats, "kl": card.kl, "elbo": card.elbo}
        if card.log_density is not None:
            nats["density"] = card.log_density
        self._show_row("density", card.log_density is not None)
        # Without a prior a picture has neither.
        for key in ("kl", "elbo"):
            self._show_row(key, math.isfinite(card.kl))
        for key, value in nats.items():
            # Without a likelihood there are no terms.
            self.labels[key].setText("–" if math.isnan(value) else f"{_signed(value, 2)} nats")
        for key, point in (("mean", card.mean), ("sigma", card.sigma)):
            self.labels[key].setText(_coordinates(point))

    def clear(self) -> None:
        """Shows that they are not known yet."""
        for label in self.labels.values():
            label.setText("…")


def value_label(name: str, what: str, label: QLabel | None = None) -> QLabel:
    """A value in a table, which can be selected and copied."""
    label = Label("…") if label is None else label
    label.setObjectName(name)
    label.setToolTip(plain_tip(what))
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _table(rows: tuple[_Row, ...], figures: dict[str, QLabel]) -> QGridLayout:
    """Labels on the left, values on the right."""
    table = QGridLayout()
    table.setHorizontalSpacing(12)
    table.setVerticalSpacing(2)
    table.setColumnStretch(1, 1)
    for row, (key, name, what) in enumerate(rows):
        label, figure = Term(name, _TERMS[key]), figures[key]
        label.setToolTip(plain_tip(what))
        figure.setAccessibleName(name)
        if key == "elbo":
            font = label.font()
            font.setBold(True)
            label.setFont(font)
            figure.setFont(font)
        table.addWidget(label, row, 0)
        table.addWidget(figure, row, 1)
    return table


def _signed(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def _coordinates(point: Point, most: int = 4) -> str:
    text = ", ".join(_signed(value, 3) for value in point[:most])
    return text if len(point) <= most else f"{text}, … ({len(point)})"
