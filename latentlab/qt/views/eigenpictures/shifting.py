"""The page of sliders: the probe moved along the first eigenpictures, and its picture."""

from __future__ import annotations

import random
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.eigenpictures import EigenpicturesReply
from latentlab.engine.rendering.requests.points import PointReply, PointRequest
from latentlab.qt.clients.undo import GestureClock
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.push_button import tip_button
from latentlab.qt.widgets.sliders import CentredSlider, Figure
from latentlab.session.edits import MoveProbe
from latentlab.session.state import SessionState

MOST = 20
_PER_UNIT, _REACH, _LARGEST = 100, 3.0, 640


class Shifting(QWidget):
    """Twenty sliders from -3 to 3 standard deviations, which are coordinates of the probe."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setObjectName("eigenShifting")
        self.setAccessibleName("Move along the eigenpictures")
        self._workspace, self._gestures, self._sliding = workspace, GestureClock(), -1
        self._draws = random.Random(0)
        self.picture = CrispPicture("eigenPicture", "The mean, shifted along the eigenpictures", _LARGEST)
        # As large as there is room: with a height of its own the page would be scrolled.
        self.picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.sliders: list[CentredSlider] = []
        self._figures: list[Figure] = []
        self._rows: list[tuple[QWidget, ...]] = []
        self._tips: tuple[float, ...] = ()
        self.mean = tip_button("eigenMean", "&Mean", "Move the probe to the mean of all pictures")
        self.selected = tip_button(
            "eigenSelected", "&Selected picture", "Move the probe to the selected picture of the data"
        )
        self.drawn = tip_button(
            "eigenRandom", "&Random", "Move the probe to a draw of N(0, I): a sample of the Gaussian"
        )
        self._lay_out()
        self.mean.clicked.connect(self._to_mean)
        self.selected.clicked.connect(self._to_selected)
        self.drawn.clicked.connect(self._to_random)
        workspace.on(PointRequest).connect(self._pointed)
        workspace.changed.connect(self._moved)
        workspace.probed.connect(self._moved)

    def _lay_out(self) -> None:
        inner = QWidget()
        self._grid = QGridLayout(inner)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        for number in range(MOST):
            self._make_row(number)
        self._grid.setColumnStretch(1, 1)
        area = QScrollArea()
        area.setObjectName("eigenSliders")
        area.setAccessibleName("Sliders of the first eigenpictures")
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # It scrolls by itself: the page is not scrolled for its sake.
        area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._area = area
        buttons = FlowLayout()
        for button in (self.mean, self.selected, self.drawn):
            buttons.addWidget(button)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addLayout(buttons)
        left.addWidget(area, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(12)
        layout.addLayout(left, 1)
        layout.addWidget(self.picture, 1)

    def _make_row(self, number: int) -> None:
        name, slider, figure = Label(f"{number + 1}"), CentredSlider(Qt.Orientation.Horizontal), Figure()
        slider.setRange(round(-_REACH * _PER_UNIT), round(_REACH * _PER_UNIT))
        slider.setSingleStep(5)
        slider.setPageStep(50)
        for control, kind in ((slider, "Slider"), (figure, "Value"), (name, "Name")):
            control.setObjectName(f"eigen{kind}_{number}")
            control.setAccessibleName(f"Eigenpicture {number + 1}, in standard deviations")
        slider.valueChanged.connect(partial(self._slid, number))
        slider.sliderPressed.connect(self._gestures.end)
        slider.sliderReleased.connect(self._gestures.end)
        for column, widget in enumerate((name, slider, figure)):
            self._grid.addWidget(widget, number, column)
        self._grid.setRowStretch(number, 1)
        self.sliders.append(slider)
        self._figures.append(figure)
        self._rows.append((name, slider, figure))

    def show_reply(self, reply: EigenpicturesReply) -> None:
        """A Gaussian has been opened: a slider for each of its first eigenpictures."""
        total = sum(reply.variances) + reply.rest * reply.left_out
        for number, row in enumerate(self._rows):
            there = number < len(reply.variances)
            for widget in row:
                widget.setVisible(there)
            if there:
                variance = reply.variances[number]
                tip = (
                    f"Eigenpicture {number + 1}, from −3 to 3 standard deviations: √λ = {variance**0.5:.3g}, "
                    f"{100.0 * variance / total:.1f} % of the variance."
                )
                for widget in row:
                    widget.setToolTip(plain_tip(tip))
        self._show(self._workspace.state)
        # The view may have been made after the picture at the probe had come.
        self._workspace.ask(PointRequest, self._workspace.state.probe, self._workspace.state.condition)

    def give_focus(self, number: int) -> None:
        """Gives the keyboard to the slider of an eigenpicture, if it has one."""
        if number < len(self.sliders):
            self.sliders[number].setFocus()
            self._area.ensureWidgetVisible(self.sliders[number])

    @Slot(object, object)
    def _moved(self, old: SessionState, new: SessionState) -> None:
        if old.probe != new.probe:
            self._show(new)
        self.selected.setEnabled(new.selected is not None)

    def _show(self, state: SessionState) -> None:
        for slider, figure, value in zip(self.sliders, self._figures, state.probe, strict=False):
            with QSignalBlocker(slider):
                slider.setValue(round(value * _PER_UNIT))
            figure.show_text(f"{round(value, 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}"))
        self.selected.setEnabled(state.selected is not None)

    @Slot(object)
    def _pointed(self, reply: PointReply) -> None:
        self.picture.show_picture(reply.picture)

    # The hand

    def _slid(self, number: int, value: int) -> None:
        if number != self._sliding:
            self._gestures.end()
            self._sliding = number
        probe = self._workspace.state.probe
        if number < len(probe):
            z = (*probe[:number], value / _PER_UNIT, *probe[number + 1 :])
            held = self.sliders[number].isSliderDown()
            self._workspace.do(MoveProbe(gesture=self._gestures.gesture(held), z=z))

    @Slot()
    def _to_mean(self) -> None:
        self._workspace.do(MoveProbe(z=(0.0,) * len(self._workspace.state.probe)))

    @Slot()
    def _to_random(self) -> None:
        count = len(self._workspace.state.probe)
        self._workspace.do(MoveProbe(z=tuple(self._draws.gauss(0.0, 1.0) for _ in range(count))))

    @Slot()
    def _to_selected(self) -> None:
        z = self._workspace.place_of(self._workspace.state.selected)
        if z is not None:
            self._workspace.do(MoveProbe(z=z))
