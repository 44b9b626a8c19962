"""The application: makes the window, shows it at once, and opens the model behind it."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from latentlab.qt.desk import Desk
from latentlab.qt.palette import Theme, palette_for
from latentlab.qt.window import LabWindow
from latentlab.session.session import Session


def application(argv: list[str]) -> QApplication:
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(argv)
    app.setStyle("Fusion")
    app.setPalette(palette_for(Theme.DARK))
    return app


def create_window() -> LabWindow:
    """A window with its model loaded and the data encoded, not shown yet."""
    application([])
    window = LabWindow(Desk(Session()))
    loop = QEventLoop()
    window.desk.encoded.connect(loop.quit)
    window.desk.refused.connect(loop.quit)
    window.desk.start()
    loop.exec()
    return window


def main(argv: list[str], model: str | None = None) -> int:
    app = application(argv)
    window = LabWindow(Desk(Session()))
    window.show()
    window.desk.start()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
