"""The selected image: beside its reconstruction, with its ELBO, its posterior and draws from it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.requests.pictures import SelectionReply, SelectionRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.hand import STEP_PAUSE_S
from latentlab.qt.clients.undo import GestureClock
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.selection_card.figures import CardFigures, value_label
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.colours import class_colour, has_dark_ground
from latentlab.qt.widgets.flow_layout import TileLayout
from latentlab.qt.widgets.images import data_picture
from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, RichLabel, in_html, plain_tip
from latentlab.qt.widgets.term import Term
from latentlab.qt.widgets.text_line import Line
from latentlab.session.state import SessionState

_DRAWS = 8
_LARGEST = 224
_HOW = (
    "Double-click a point in the plane, or enter a picture's number above, to see that picture "
    "beside its reconstruction."
)


class IndexBox(WholeNumber):
    """The number of an image; below 0, none."""

    def __init__(self) -> None:
        super().__init__(-1, -1)
        self.setSpecialValueText("none")
        self.setObjectName("selectedIndex")
        self.setAccessibleName("Number of the selected picture")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A wheel that scrolls the panel must not step through the images on its way.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SelectionCard(QWidget):
    """Everything about the selected image; how to select one, when there is none."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("selectionCard")
        self.setAccessibleName("Selected picture")
        self._workspace = workspace
        self._gestures = GestureClock(STEP_PAUSE_S)
        # A reply takes some milliseconds: the old contents are cleared only if it takes longer.
        self._late = QTimer(self, singleShot=True, interval=150)
        self._late.timeout.connect(self._clear)
        self.heading = RichLabel("<b>Selected picture</b>")
        self.index = IndexBox()
        self.index.valueChanged.connect(self._stepped)
        self.name = value_label("selectedClass", "The class of the picture in the data.", RichLabel())
        # Long names must not make the column wider.
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.name.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        # The end of a path is more informative than its beginning.
        self.file = Line(
            "selectedFile",
            "The file of the picture, relative to the folder (or archive) of the data.",
            Qt.TextElideMode.ElideLeft,
        )
        self.deselect = QPushButton("Deselect")
        self.deselect.setObjectName("deselect")
        self.deselect.setAccessibleName("Deselect the picture")
        self.deselect.setToolTip("Deselect the picture. The probe stays where it is.")
        self.deselect.clicked.connect(self._deselect)
        self.note = Label(_HOW)
        self.note.setObjectName("selectionNote")
        self.note.setWordWrap(True)
        self.original = CrispPicture("selectedOriginal", "The picture in the data", _LARGEST)
        self.reconstruction = CrispPicture(
            "selectedReconstruction",
            "What the model decodes from the mean of the picture's posterior",
            _LARGEST,
        )
        self.draws = [
            CrispPicture(
                f"posteriorDraw_{number}", f"Decoded from sample {number + 1} of the posterior", _LARGEST
            )
            for number in range(_DRAWS)
        ]
        self._seed = 0
        self.draw_again = QToolButton()
        self.draw_again.setText("Draw again")
        self.draw_again.setObjectName("drawAgain")
        self.draw_again.setAccessibleName("Sample the posterior again")
        self.draw_again.setToolTip("Decode eight other samples of the picture's posterior.")
        self.draw_again.clicked.connect(self._draw_again)
        self.figures = CardFigures()
        self._body = QWidget()
        self._lay_out()
        self._show_selected(workspace.state)
        workspace.changed.connect(self._changed)
        workspace.loaded.connect(self._loaded)
        workspace.on(SelectionRequest).connect(self._selected)
        workspace.refused.connect(self._refused)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.deselect)
        row = QHBoxLayout()
        number = Label("&Number")
        number.setBuddy(self.index)
        row.addWidget(number)
        row.addWidget(self.index)
        row.addWidget(self.name, 1)
        pair = QGridLayout()
        pair.setSpacing(4)
        for column, (picture, caption) in enumerate(
            ((self.original, "Original"), (self.reconstruction, "Reconstruction"))
        ):
            pair.addWidget(picture, 0, column)
            pair.addWidget(Label(caption), 1, column, Qt.AlignmentFlag.AlignHCenter)
            pair.setColumnStretch(column, 1)
        tiles = TileLayout(gap=4, least=58)
        for picture in self.draws:
            tiles.addWidget(picture)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.addLayout(pair)
        body.addLayout(self.figures.elbo())
        body.addWidget(Term("Posterior q(z|x)", "q(z|x)"))
        body.addLayout(self.figures.posterior())
        draws = QHBoxLayout()
        draws.addWidget(Label("Posterior samples"), 1)
        draws.addWidget(self.draw_again)
        body.addLayout(draws)
        body.addLayout(tiles)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(row)
        layout.addWidget(self.file)
        layout.addWidget(self.note)
        layout.addWidget(self._body)
        layout.addStretch()

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self.index.blockSignals(True)
        self.index.setMaximum(len(model.images) - 1)
        self.index.blockSignals(False)
        self.index.setToolTip(
            plain_tip(
                f"The picture's number in {model.data} ({model.split}), 0 to "
                f"{len(model.images) - 1:,}. Arrow keys step to the next."
            )
        )
        self._clear()
        self._show_selected(self._workspace.state)

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.selected != new.selected:
            self._show_selected(new)

    @Slot(object)
    def _selected(self, card: SelectionReply) -> None:
        self._late.stop()
        self.note.hide()
        self._body.show()
        self.original.show_picture(card.original)
        self.reconstruction.show_picture(card.reconstruction)
        self.figures.show(card)
        for number, picture in enumerate(self.draws):
            picture.show_picture(card.draws[number] if number < len(card.draws) else None)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(SelectionRequest):
            self._late.stop()
            self._body.hide()
            self.note.setText(refusal.message)
            self.note.show()

    def _show_selected(self, state: SessionState) -> None:
        """Shows at once what is known of the selected image; the reply brings the rest."""
        index, model = state.selected, self._workspace.model
        self.index.blockSignals(True)
        self.index.setValue(-1 if index is None else index)
        self.index.blockSignals(False)
        self.deselect.setEnabled(index is not None)
        self.name.setText("")
        self._show_file("")
        if index is None or model is None:
            self._late.stop()
            self._body.hide()
            self.note.setText(_HOW)
            self.note.show()
            return
        self._show_file(model.file_of(index))
        if model.class_of(index) and model.labels is not None:
            label = int(model.labels[index])
            colour = class_colour(label, has_dark_ground(self.palette())).name()
            self.name.setText(f'<font color="{colour}">●</font> class {in_html(model.classes[label])}')
        self.note.hide()
        self._body.show()
        self.original.show_picture(data_picture(model.images, index))
        self._late.start()

    def _show_file(self, file: str) -> None:
        """An unknown file has no empty line."""
        self.file.setText(file)
        self.file.setVisible(bool(file))

    @Slot()
    def _clear(self) -> None:
        """Clears what belongs to the previously selected image."""
        self.figures.clear()
        for picture in (self.reconstruction, *self.draws):
            picture.show_picture(None)

    @Slot(int)
    def _stepped(self, index: int) -> None:
        """Steps that follow one another closely, as of a held key, are one undo step."""
        self._workspace.select(None if index < 0 else index, self._gestures.gesture())

    @Slot()
    def _draw_again(self) -> None:
        self._seed += 1
        self._workspace.request_selection(self._seed)

    @Slot()
    def _deselect(self) -> None:
        self._workspace.select(None)


SPEC = ViewSpec(
    "selection_card",
    "Selected picture",
    lambda context: SelectionCard(context.workspace),
    needs=frozenset({Capability.ENCODES, Capability.DECODES}),
)
