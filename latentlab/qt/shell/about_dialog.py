"""The About dialog: what LatentLab is, the open model, and the details that a bug report needs."""

from __future__ import annotations

import importlib
from pathlib import Path

from PySide6.QtCore import Qt, Slot, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.plain import printable
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.widgets.plain_text import Label, RichLabel
from latentlab.version import __version__


class AboutDialog(QDialog):
    """The About dialog. Versions are looked up while it is open, for that imports torch."""

    def __init__(
        self, model: LoadedReply | None, paths: dict[str, Path], background: TaskQueue, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle("About LatentLab")
        self.resize(600, 480)
        self._rest = {**_model_facts(model), **_window_facts(), **{k: str(v) for k, v in paths.items()}}
        sign = Label()
        sign.setPixmap(QApplication.windowIcon().pixmap(64, 64))
        words = RichLabel(
            f"<b style='font-size: large'>LatentLab {__version__}</b><br>A laboratory for latent spaces."
            "<br>Free software under the MIT licence."
        )
        words.setObjectName("aboutWords")
        card = Label(_card(model))
        card.setObjectName("aboutModel")
        card.setWordWrap(True)
        card.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details = QPlainTextEdit("Looking up versions and devices …")
        self.details.setObjectName("aboutDetails")
        self.details.setAccessibleName("Details for a report")
        self.details.setToolTip("Versions, devices and paths: copy them into a report.")
        self.details.setReadOnly(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button = buttons.addButton("Copy details", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.setObjectName("aboutCopy")
        self.copy_button.setToolTip("Put the details on the clipboard.")
        self.copy_button.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        head = QHBoxLayout()
        head.addWidget(sign)
        head.addWidget(words, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(card)
        layout.addWidget(self.details, 1)
        layout.addWidget(buttons)
        background.run(_installation, self._show, self._show_failure)

    def _show(self, found: dict[str, str]) -> None:
        facts = {**found, **self._rest}
        self.details.setPlainText(printable("\n".join(f"{name}: {value}" for name, value in facts.items())))

    def _show_failure(self, failure: Failure) -> None:
        self._show({"latentlab": __version__, "versions": f"could not be looked up ({failure.message})"})

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details.toPlainText())


def _installation() -> dict[str, str]:
    # Not at the top: it imports torch, which a window must not wait for.
    found: dict[str, str] = importlib.import_module(
        "latentlab.engine.inference.diagnostics"
    ).describe_installation()
    return found


def _window_facts() -> dict[str, str]:
    screen = QGuiApplication.primaryScreen()
    size, ratio = screen.size(), screen.devicePixelRatio()
    return {
        "qt": str(qVersion()),
        "qt platform": QGuiApplication.platformName(),
        "screen": f"{size.width()} x {size.height()} at {ratio:g}",
    }


def _model_facts(model: LoadedReply | None) -> dict[str, str]:
    if model is None:
        return {"model": "none open"}
    return {"model": f"{model.model} ({model.hash}) on {model.device}", "model file": model.path}


def _card(model: LoadedReply | None) -> str:
    if model is None:
        return "No model is open."
    figures = ", ".join(
        f"{name} {value:.2f}" for name, value in model.metrics if name not in ("epochs", "steps")
    )
    size = f"of {model.latents} latent dimensions" if model.latents else "without a latent space"
    lines = [f"Model: {model.model}, a {model.title} {size}."]
    if figures:
        lines.append(f"Measured: {figures}")
    if model.command:
        lines.append(f"Made by: {model.command}")
    return "\n".join(lines)
