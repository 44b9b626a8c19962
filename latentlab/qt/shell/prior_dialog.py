"""The dialog that fits a mixture to the encodings of the open pictures, as the prior of the open model."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from latentlab.data.stopping import StoppedError
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.models.capabilities import Capability
from latentlab.plain import short_name
from latentlab.qt.clients.latest_task import Token
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.thread_priority import step_back
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip

_PROGRESS_MS, _STEPS, _NICE = 100, 1000, 10
_WIDTH = 440
# The numbers of components that can be chosen; first, all of them, to be compared.
_COUNTS = (1, 10, 50, 100)
_CHOICES: tuple[tuple[str, tuple[int, ...]], ...] = (
    (f"Best of {', '.join(map(str, _COUNTS))}", _COUNTS),
    *((str(count), (count,)) for count in _COUNTS),
)


class PriorDialog(QDialog):
    """`fitted` carries the path of the new model and a sentence; `failed` a message and details.

    Closing it, or *Stop*, ends the fit; then nothing is saved.
    """

    fitted = Signal(str, str)
    failed = Signal(str, str)

    def __init__(self, model: LoadedReply, trainer: TrainerClient, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("priorDialog")
        self.setWindowTitle("Fit a mixture as prior")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._model, self._trainer, self._background = model, trainer, TaskQueue(self)
        self._token: Token | None = None
        self._clock = QTimer(self, interval=_PROGRESS_MS)
        self._clock.timeout.connect(self._show_progress)
        self.words = Label(_words(model))
        self.words.setWordWrap(True)
        self.components = QComboBox()
        self.components.setObjectName("priorComponents")
        self.components.setAccessibleName("Number of Gaussians")
        self.components.setToolTip(
            plain_tip(
                "More Gaussians follow the encodings more closely; held-out pictures say when it is enough."
            )
        )
        for text, counts in _CHOICES:
            self.components.addItem(text, counts)
        self.note = Label()
        self.note.setObjectName("priorNote")
        self.note.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setObjectName("priorProgress")
        self.progress.setAccessibleName("Progress of the fit")
        self.progress.setRange(0, _STEPS)
        self.progress.hide()
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.fit_button, self.cancel_button = buttons.button(kinds.Ok), buttons.button(kinds.Cancel)
        self.fit_button.setObjectName("priorFit")
        self.fit_button.setText("Fit")
        self.fit_button.setToolTip("Fit the mixture, save the model with it, and open that.")
        self.cancel_button.setObjectName("priorCancel")
        self.cancel_button.setToolTip("Stop the fit, or close.")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        rows = QFormLayout()
        rows.addRow("&Gaussians", self.components)
        layout = QVBoxLayout(self)
        layout.addWidget(self.words)
        layout.addLayout(rows)
        layout.addWidget(self.progress)
        layout.addWidget(self.note)
        layout.addWidget(buttons)

    def accept(self) -> None:
        """Fits in the background; closes when the model is saved."""
        if self._token is not None:
            return
        stem = self._model.model if not self._model.path else Path(self._model.path).stem
        try:
            out = self._trainer.free_name(f"{stem}-mixture")
        except OSError as error:
            self.note.setText(f"{self._trainer.folder}: could not be made ({error.strerror or error}).")
            return
        self._token = Token()
        self._become(busy=True)
        work = partial(
            _fit, self._model.path, self._model.data, self.components.currentData(), out, self._token
        )
        self._background.run(work, self._done, self._broken)

    def reject(self) -> None:
        """Stops the fit; without one, closes."""
        if self._token is not None:
            self._token.drop()
            self.note.setText("Stopping …")
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._token is not None:
            self._token.drop()
            # It ends after the pass of EM at which it is.
            self._background.finish()
        self._clock.stop()
        super().closeEvent(event)

    def _become(self, *, busy: bool) -> None:
        self.components.setEnabled(not busy)
        self.fit_button.setEnabled(not busy)
        self.progress.setVisible(busy)
        self.progress.setValue(0)
        self.note.setText("Encoding the training pictures …" if busy else "")
        self.cancel_button.setText("Stop" if busy else "Cancel")
        (self._clock.start if busy else self._clock.stop)()

    @Slot()
    def _show_progress(self) -> None:
        if self._token is not None and not self._token.dropped:
            self.progress.setValue(self._token.done)
            self.note.setText(self._token.words or self.note.text())

    def _done(self, found: tuple[str, str] | None) -> None:
        self._token = None
        self._become(busy=False)
        if found is None:
            self.note.setText("Stopped. Nothing was saved.")
        else:
            super().accept()
            self.fitted.emit(*found)

    def _broken(self, failure: Failure) -> None:
        self._token = None
        self._become(busy=False)
        self.note.setText(failure.message)
        if failure.details:
            self.failed.emit(failure.message, failure.details)


def can_fit(model: LoadedReply | None) -> bool:
    """Whether the open model has a latent space to fit a prior in."""
    return model is not None and model.can(Capability.ENCODES) and model.can(Capability.DECODES)


def _words(model: LoadedReply) -> str:
    name = short_name(model.model)
    prior = "N(0, I)" if model.prior is None else f"a {model.prior.formula}"
    now = f"The prior of {name} is {prior}." if model.has_prior else f"{name} has no prior to draw from."
    return (
        f"{now} Encodings of pictures rarely fill a prior: between them are holes, from which samples come "
        f"out broken. A mixture of Gaussians is fitted by EM to the encodings of the training pictures of "
        f"{listed(model.data)}, and saved with a copy of the model, which then opens."
    )


def _fit(model: str, data: str, counts: tuple[int, ...], out: Path, token: Token) -> tuple[str, str] | None:
    """Fits and saves; the path and a sentence, None if it was stopped."""
    # Imported here, on the thread that needs them: the frame is not to wait for torch.
    import torch

    from latentlab.data import catalog
    from latentlab.engine.files.checkpoint import load_model
    from latentlab.engine.training.prior import PriorPlan, fit_prior, save_with_prior

    step_back(_NICE)
    torch.set_num_threads(1)
    try:
        loaded = load_model(model)
        train, test = catalog.load(data, "train"), catalog.load(data, "test")
        plan = PriorPlan(counts)
        fitting = fit_prior(loaded, train, plan)
        while True:
            try:
                at = next(fitting)
            except StopIteration as ended:
                fitted = ended.value
                break
            token.words = f"{at.words[:1].upper()}{at.words[1:]}"
            token.tick(round(_STEPS * at.share), _STEPS)
        token.tick(_STEPS, _STEPS)
        path = save_with_prior(out, loaded, fitted, train, test, data=data, plan=plan)
    except StoppedError:
        return None
    now, before = (
        f"{value:.1f}".replace("-", "\N{MINUS SIGN}") for value in (fitted.log_density, fitted.standard)
    )
    said = (
        f"{path.stem} has a {fitted.prior.formula} as its prior: log p of a held-out encoding is {now} nats, "
        f"under N(0, I) {before}."
    )
    return str(path), said
