"""The files that pictures were read from: their paths in a folder, their bytes in a zip, or none.

Pictures of arrays have no files of their own; they are encoded as PNG, with the pixels that the data have.
"""

from __future__ import annotations

import io
import os
from contextlib import ExitStack
from pathlib import Path
from unicodedata import normalize

import numpy as np
from PIL import Image

from latentlab.data.files import open_to_read
from latentlab.data.folders.archive import ZipTree
from latentlab.data.limits import MAX_MEMBER_BYTES
from latentlab.data.report import Notebook
from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.data.source import PictureError
from latentlab.data.spec import Spec
from latentlab.errors import LabError
from latentlab.session.picture_rows import PictureRows

_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*' + "".join(map(chr, range(32))), "_"))
_MOST_LETTERS = 120


class Originals:
    """The originals of pictures. To be closed, as by `with`.

    Attributes:
        root: the folder that they lie in; None where they are not files of their own.
    """

    def __init__(self, rows: PictureRows) -> None:
        self._rows, self._names = rows, rows.file_names
        self._open = ExitStack()
        self._zip: ZipTree | None = None
        self.root: Path | None = None
        source = Spec.parse(rows.data).source
        if self._names is None or source in SHIPPED_SETS:
            return
        path = Path(os.path.abspath(Path(source).expanduser()))
        if path.is_dir():
            self.root = path
        elif path.suffix.lower() == ".zip":
            try:
                self._zip = ZipTree(path, Notebook())
            except (LabError, OSError):
                return
            self._open.callback(self._zip.close)
        elif path.is_file():
            # A table about the pictures beside it.
            self.root = path.parent

    def __enter__(self) -> Originals:
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    @property
    def there(self) -> bool:
        """Whether the pictures have files, in a folder or a zip."""
        return self.root is not None or self._zip is not None

    def name(self, row: int) -> str:
        """The file name that a picture has, or is given."""
        if self.there and self._names is not None:
            return self._names[row].rpartition("/")[2]
        keys = self._rows.keys
        known = f"{row:05d}" if keys is None else keys.names[row]
        return f"{cleaned(known.replace('/', '-'))}.png"

    def path(self, row: int) -> Path | None:
        """The file that a picture was read from; None if there is none, or no longer."""
        if self.root is None or self._names is None:
            return None
        name = self._names[row]
        # Names are kept in one normal form; on disk they may have another.
        for form in (name, normalize("NFD", name)):
            found = self.root / form
            if found.is_file():
                return found
        return None

    def content(self, row: int) -> bytes | None:
        """The bytes of the file that a picture was read from; None if there is none, or no longer."""
        try:
            if self._zip is not None and self._names is not None:
                return self._zip.read(self._names[row], MAX_MEMBER_BYTES)
            path = self.path(row)
            if path is None:
                return None
            with open_to_read(path) as stream:
                return stream.read()
        except (PictureError, LabError, OSError, KeyError):
            return None

    def drawn(self, row: int) -> bytes:
        """The picture as the data have it, as PNG."""
        pixels = self._rows.images[row]
        image = pixels[0] if pixels.shape[0] < 3 else np.ascontiguousarray(np.moveaxis(pixels[:3], 0, -1))
        content = io.BytesIO()
        Image.fromarray(image).save(content, "PNG")
        return content.getvalue()


def cleaned(name: str) -> str:
    """A name that a file or a folder may have on every system."""
    plain = name.translate(_FORBIDDEN).strip(" .")[:_MOST_LETTERS]
    return plain or "_"
