"""Reads dropped or pasted data: the path of a file, or a picture."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QImage

from latentlab.errors import LabError

_LONGEST = 4096
_SAID = 80


def files_in(data: QMimeData) -> list[Path]:
    """The paths of the files that are named in `data`. They need not exist."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def on_clipboard() -> QMimeData:
    """What is on the clipboard; some systems say of an empty one that there is nothing at all."""
    return QGuiApplication.clipboard().mimeData() or QMimeData()


def incoming(data: QMimeData) -> Path | QImage:
    """The first file named in `data`, else the picture in it. The file need not exist or be a picture.

    Raises:
        LabError: if there is neither, saying what is there instead.
    """
    files = files_in(data)
    if files:
        return files[0]
    if data.hasImage():
        image = data.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return image
        raise LabError("the picture on the clipboard cannot be read. Save it as a PNG and open that file")
    text = data.text().strip().strip("\"'")
    if data.urls():
        text = data.urls()[0].toString()
    if text.startswith(("http://", "https://")):
        raise LabError(
            "LatentLab downloads nothing", _shown(text), "Save the picture on this computer and open the file"
        )
    if text.startswith("file:"):
        return Path(QUrl(text).toLocalFile())
    if text and len(text) < _LONGEST and "\n" not in text:
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            path = Path(text).expanduser()
            if path.exists():
                return path
        raise LabError("neither a picture nor a file that is there", f"“{_shown(text)}”")
    raise LabError("no picture and no file: copy a picture, or a picture file, first")


def _shown(text: str) -> str:
    return text if len(text) <= _SAID else f"{text[:_SAID]}…"
