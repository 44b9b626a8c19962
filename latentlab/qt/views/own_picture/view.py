"""The view of the user's own picture: the part that the model sees, its reconstruction, its ELBO."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.rendering.cropping import CROP, MOST_ZOOM, PAD
from latentlab.engine.rendering.error_map import error_map
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.undo import GestureClock
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.picture_store import OwnPictures
from latentlab.qt.views.own_picture.text import elbo_in_words, error_in_words, known_in_words
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.crop_frame import PictureFrame
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.push_button import tip_button
from latentlab.qt.widgets.sliders import CalmSlider
from latentlab.session.known_data import title_of

if TYPE_CHECKING:
    from latentlab.engine.rendering.cropping import Fitting
    from latentlab.engine.rendering.requests.pictures import OwnPictureReply

_LARGEST = 128
_FITS = (
    ("Fill", CROP, "Fill the frame and crop the rest: drag to choose the part."),
    ("Whole", PAD, "Show the whole picture, with a border of its own colour."),
)
_PER_DOUBLING = 25
_HOW = (
    "A picture of your own is resized for the model and encoded. You see its reconstruction, and "
    "the probe moves to its encoding: add attributes there, or start a walk."
)


class OwnPictureView(QWidget):
    """`wanted` and `pasted` request another picture, `dropped` carries one as QMimeData; `attributes_wanted`
    requests the attribute board, `refining` a descent to a better z.
    """

    wanted = Signal()
    pasted = Signal()
    dropped = Signal(object)
    attributes_wanted = Signal()
    refining = Signal()

    def __init__(self, workspace: Workspace, pictures: OwnPictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ownPicture")
        self.setAccessibleName("A picture of your own")
        self._workspace, self._pictures, self._gestures = workspace, pictures, GestureClock()
        self.frame = PictureFrame(GestureClock())
        self.name = _label("ownPictureName", "Name of the picture.")
        self.note = _label("ownPictureNote", "How a picture of your own is used.")
        self.open = tip_button("ownPictureOpen", "&Open …", "Open a picture file")
        self.paste = tip_button("ownPicturePaste", "Paste", "Use the picture on the clipboard")
        self.away = tip_button("ownPictureAway", "Remove", "Remove the picture; the probe stays")
        self.fit = QComboBox()
        self.fit.setObjectName("ownPictureFit")
        self.fit.setAccessibleName("How the picture is resized")
        self.fit.setToolTip(plain_tip("\n".join(f"{words}: {tip}" for words, _, tip in _FITS)))
        for number, (words, how, tip) in enumerate(_FITS):
            self.fit.addItem(words, how)
            self.fit.setItemData(number, plain_tip(tip), Qt.ItemDataRole.ToolTipRole)
        self.zoom = CalmSlider(Qt.Orientation.Horizontal)
        self.zoom.setObjectName("ownPictureZoom")
        self.zoom.setAccessibleName("Zoom")
        self.zoom.setToolTip("Zoom into a part of the picture.")
        self.zoom.setRange(0, _slider_of(MOST_ZOOM))
        self.negative = _check(
            "ownPictureNegative", "Negative", "Invert light and dark, for example for ink on paper."
        )
        self.error = _check(
            "ownPictureError", "Error map", "Show where the reconstruction differs from the picture."
        )
        self.seen = CrispPicture("ownPictureSeen", "Your picture as the model sees it", _LARGEST)
        self.drawn = CrispPicture("ownPictureReconstruction", "Its reconstruction", _LARGEST)
        self.map = CrispPicture("ownPictureErrorMap", "Where the reconstruction differs", _LARGEST)
        self.scale = _label("ownPictureScale", "How to read the error map.")
        self.elbo = _label("ownPictureElbo", "The evidence lower bound of log p(x) of your picture, in nats.")
        self.known = _label("ownPictureKnown", "How its ELBO compares with the open data.")
        self.go = tip_button(
            "ownPictureGo", "&Move the probe there", "Move the probe to the picture's encoding"
        )
        self.attributes = tip_button(
            "ownPictureAttributes", "Change attributes …", "Show the attribute sliders"
        )
        self.refine = tip_button(
            "ownPictureRefine", "Refine", "Find a z that makes the picture better, by gradient descent"
        )
        self._body = QWidget()
        self._lay_out()
        self.frame.fitted.connect(self._fitted)
        self.frame.dropped.connect(self.dropped)
        self.frame.wanted.connect(self.wanted)
        self.open.clicked.connect(self.wanted)
        self.paste.clicked.connect(self.pasted)
        self.away.clicked.connect(pictures.put_away)
        self.fit.currentIndexChanged.connect(self._fit_chosen)
        self.zoom.valueChanged.connect(self._zoomed)
        self.zoom.sliderPressed.connect(self._gestures.end)
        self.zoom.sliderReleased.connect(self._gestures.end)
        self.negative.toggled.connect(self._negated)
        self.error.toggled.connect(self._show_error)
        self.go.clicked.connect(pictures.go)
        self.attributes.clicked.connect(self.attributes_wanted)
        self.refine.clicked.connect(self.refining)
        pictures.changed.connect(self._show)
        workspace.loaded.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        files = QWidget()
        flow = FlowLayout(files, gap=4)
        for button in (self.open, self.paste, self.away):
            flow.addWidget(button)
        choices = QHBoxLayout()
        for words, control, stretch in (("F&it", self.fit, 0), ("&Zoom", self.zoom, 1)):
            label = Label(words)
            label.setBuddy(control)
            choices.addWidget(label)
            choices.addWidget(control, stretch)
        switches = QHBoxLayout()
        switches.addWidget(self.negative)
        switches.addWidget(self.error)
        switches.addStretch(1)
        pictures = QGridLayout()
        pictures.setSpacing(4)
        self._captions = []
        triple = ((self.seen, "Seen"), (self.drawn, "Reconstruction"), (self.map, "Error"))
        for column, (picture, words) in enumerate(triple):
            caption = Label(words)
            self._captions.append(caption)
            pictures.addWidget(picture, 0, column)
            pictures.addWidget(caption, 1, column, Qt.AlignmentFlag.AlignHCenter)
        self._tell_apart = pictures
        steps = QWidget()
        flow = FlowLayout(steps, gap=4)
        flow.addWidget(self.go)
        flow.addWidget(self.refine)
        flow.addWidget(self.attributes)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(5)
        body.addLayout(choices)
        body.addLayout(switches)
        body.addLayout(pictures)
        for widget in (self.scale, self.known, steps, self.elbo):
            body.addWidget(widget)
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(5)
        rows.addWidget(self.frame)
        rows.addWidget(self.name)
        rows.addWidget(files)
        rows.addWidget(self.note)
        rows.addWidget(self._body)
        rows.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def minimumSizeHint(self) -> QSize:
        return QSize(230, 160)

    def resizeEvent(self, event: QResizeEvent) -> None:
        # Where height is limited, the reconstruction matters more than the picture.
        self.frame.setFixedHeight(min(160, max(self.frame.minimumSizeHint().height(), self.height() // 3)))
        super().resizeEvent(event)

    # What is shown

    @Slot()
    def _show(self) -> None:
        """Shows everything known of the current picture."""
        pictures, model = self._pictures, self._workspace.model
        own, pixels = pictures.own, pictures.pixels
        self._body.setVisible(own is not None)
        self.refine.setVisible(model is not None and Capability.INVERTS in model.capabilities)
        self.away.setEnabled(own is not None)
        self.note.setText("Reading …" if pictures.busy else pictures.refusal or _HOW)
        self.note.setVisible(own is None or pictures.busy or bool(pictures.refusal))
        self.name.setVisible(own is not None)
        if own is None or pixels is None:
            self.frame.show_picture(None, self.frame.fitting, 1.0)
            return
        width, height = pictures.size or (pixels.shape[1], pixels.shape[0])
        self.name.setText(f"{own.name}, {width:,} × {height:,}")
        aspect = 1.0 if model is None else model.images.shape[-1] / model.images.shape[-2]
        self.frame.show_picture(pixels, own.fitting, aspect)
        self._show_fitting(own.fitting)
        self._show_reply(pictures.reply)

    def _show_fitting(self, fitting: Fitting) -> None:
        blockers = [QSignalBlocker(control) for control in (self.fit, self.zoom, self.negative)]
        self.fit.setCurrentIndex(self.fit.findData(fitting.how))
        if not self.zoom.isSliderDown():
            self.zoom.setValue(_slider_of(fitting.zoom))
        self.zoom.setEnabled(fitting.how == CROP)
        self.negative.setChecked(fitting.negative)
        del blockers

    def _show_reply(self, reply: OwnPictureReply | None) -> None:
        model = self._workspace.model
        self.seen.show_picture(None if reply is None else reply.seen)
        self.drawn.show_picture(None if reply is None else reply.reconstruction)
        self.go.setEnabled(reply is not None and not self._pictures.name_at_probe)
        if reply is None or model is None:
            self.elbo.setText("…")
            self.known.setText("")
        else:
            self.elbo.setText(elbo_in_words(reply))
            # The text of an older reply stays until the newer comparison arrives: nothing jumps in a drag.
            if reply.below is not None:
                self.known.setText(known_in_words(reply, f"{title_of(model.data)} ({model.split})"))
        self.known.setVisible(bool(self.known.text()))
        self._show_error()

    @Slot()
    def _show_error(self) -> None:
        reply, on = self._pictures.reply, self.error.isChecked()
        found = error_map(reply.seen, reply.reconstruction) if on and reply is not None else None
        for widget in (self.map, self._captions[2], self.scale):
            widget.setVisible(on)
        for column in range(3):
            self._tell_apart.setColumnStretch(column, 1 if column < 2 or on else 0)
        self.map.show_picture(None if found is None else found.picture)
        self.scale.setText("" if found is None else error_in_words(found))

    # The hand

    @Slot(object, int)
    def _fitted(self, fitting: Fitting, gesture: int) -> None:
        self._pictures.fit(fitting, gesture)

    @Slot(int)
    def _fit_chosen(self, index: int) -> None:
        own = self._pictures.own
        if own is not None:
            self._pictures.fit(replace(own.fitting, how=self.fit.itemData(index)))

    @Slot(int)
    def _zoomed(self, value: int) -> None:
        own = self._pictures.own
        if own is not None:
            fitting = replace(own.fitting, zoom=2.0 ** (value / _PER_DOUBLING))
            self._pictures.fit(fitting, self._gestures.gesture(self.zoom.isSliderDown()))

    @Slot(bool)
    def _negated(self, on: bool) -> None:
        own = self._pictures.own
        if own is not None:
            self._pictures.fit(replace(own.fitting, negative=on))


def _slider_of(zoom: float) -> int:
    """The slider position: evenly spaced doublings."""
    return round(_PER_DOUBLING * math.log2(zoom))


def _label(name: str, tip: str) -> QLabel:
    label = Label()
    label.setObjectName(name)
    label.setToolTip(plain_tip(tip))
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _check(name: str, text: str, tip: str) -> CheckBox:
    box = CheckBox(text)
    box.setObjectName(name)
    box.setAccessibleName(text)
    box.setToolTip(plain_tip(tip))
    return box


SPEC = ViewSpec(
    "own_picture",
    "Picture",
    lambda context: OwnPictureView(context.workspace, context.pictures),
    needs=frozenset({Capability.ENCODES, Capability.DECODES}),
)
