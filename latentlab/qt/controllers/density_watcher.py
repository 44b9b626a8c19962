"""Whether encoded pictures lie about the probe: asked while it moves, and said in words."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLineEdit, QWidget

from latentlab.engine.rendering.requests.grids import ProbeDensityReply, ProbeDensityRequest
from latentlab.engine.rendering.requests.opening import EncodingsReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients.coalesce import Asking
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.session.state import SessionState

_ABOUT = (
    "log q(z): how densely the posteriors of the encoded pictures lie at the probe, in nats. Of {pictures:,} "
    "pictures, drawn from their posteriors and each judged by all the others, 99 of 100 lie above {usual} "
    "and {lower:.0%} lie lower than the probe. In many dimensions pictures lie far apart and "
    "the bound is wide: places within it may still be such where no picture lies."
)


class DensityWatcher(QObject):
    """Asks anew as the probe moves, each time once the last answer is there; not while a model learns."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._asking = Asking(self._ask, self, workspace.loaded)
        workspace.encoded.connect(self._encoded)
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._changed)
        workspace.on(ProbeDensityRequest).connect(self._weighed)
        workspace.refused.connect(self._refused)

    def _ask(self) -> bool:
        encodings = self._workspace.encodings
        if encodings is None or not encodings.done or self._workspace.following:
            return False
        self._workspace.ask(ProbeDensityRequest, self._workspace.state.probe)
        return True

    @Slot(object)
    def _encoded(self, encodings: EncodingsReply) -> None:
        if encodings.done:
            self._asking.soon()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.probe != new.probe:
            self._asking.soon()

    @Slot(object)
    def _weighed(self, _: ProbeDensityReply) -> None:
        self._asking.answered()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(ProbeDensityRequest):
            self._asking.answered()


class FarWarning(Label):
    """Says it when the probe has left the region where encoded pictures lie; else it is not there."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setObjectName("farWarning")
        self.setAccessibleName("Whether encoded pictures lie about the probe")
        self.setWordWrap(True)
        self.setForegroundRole(QPalette.ColorRole.BrightText)
        self.hide()
        workspace.loaded.connect(self._nothing_known)
        workspace.unfolded.connect(self._nothing_known)
        workspace.on(ProbeDensityRequest).connect(self._weighed)

    @Slot(object)
    def _nothing_known(self, _: object) -> None:
        self.hide()

    @Slot(object)
    def _weighed(self, found: ProbeDensityReply) -> None:
        if found.far:
            self.setText(far_in_words(found))
            self.setToolTip(plain_tip(at_length(found)))
        self.setVisible(found.far)


class ProbeDensityLine(QLineEdit):
    """log q(z) at the probe, beside log p(z). Unlike a label's, its text moves no neighbours."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__("–", parent)
        self.setObjectName("probeDataDensity")
        self.setAccessibleName("Log density of the encoded pictures at the probe")
        as_a_label(self)
        workspace.loaded.connect(self._nothing_known)
        workspace.unfolded.connect(self._nothing_known)
        workspace.on(ProbeDensityRequest).connect(self._weighed)
        self._nothing_known(None)

    @Slot(object)
    def _nothing_known(self, _: object) -> None:
        self.setText("–")
        self.setToolTip("Known as soon as all pictures are encoded and no training runs.")

    @Slot(object)
    def _weighed(self, found: ProbeDensityReply) -> None:
        if found.log_density is None:
            self._nothing_known(None)
            return
        place = "far from all" if found.far else f"{found.lower:.0%} below"
        self.setText(f"{_figure(found.log_density)} nats, {place}")
        self.setCursorPosition(0)
        self.setToolTip(plain_tip(at_length(found)))


def as_a_label(line: QLineEdit) -> None:
    """Has a line show figures that can be copied and not typed over."""
    line.setReadOnly(True)
    line.setFrame(False)
    line.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
    line.setPalette(palette)


def far_in_words(found: ProbeDensityReply) -> str:
    """The warning."""
    assert found.log_density is not None
    assert found.usual is not None
    return (
        f"Far from all encoded pictures (log q {_figure(found.log_density)}; 99 % lie above "
        f"{_figure(found.usual)}): do not trust what is drawn here."
    )


def at_length(found: ProbeDensityReply) -> str:
    """What the figures mean."""
    assert found.usual is not None
    return _ABOUT.format(pictures=found.pictures, usual=_figure(found.usual), lower=found.lower)


def _figure(nats: float) -> str:
    digits = 1 if abs(nats) < 100 else 0
    # Adding nought turns -0.0 into 0.0.
    return f"{round(nats, digits) + 0.0:,.{digits}f}".replace("-", "\N{MINUS SIGN}")
