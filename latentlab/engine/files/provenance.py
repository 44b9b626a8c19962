"""Provenance: the origin of an exported picture, written into the picture and read back.

One JSON object in plain ASCII, under the key `latentlab`:

    PNG, APNG    a tEXt chunk `latentlab` (and `Software`, for other programs)
    WebP, JPEG   the EXIF field UserComment
    GIF          the comment

Every field that is read back is checked: a picture can come from anywhere.
Only headers are read, never pixels.
"""

from __future__ import annotations

import io
import json
import os
import struct
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, PngImagePlugin

from latentlab.data.files import open_to_read
from latentlab.data.pictures.asides import PNG_MAGIC, bare_picture, bare_png, png_text
from latentlab.engine.types import is_coordinate
from latentlab.errors import LabError
from latentlab.version import __version__

FORMAT = 1
KEY = "latentlab"
# Drawings of the program, not pictures of a model.
DRAWN = ("plane", "chart")
WHATS = (
    "probe",
    "grid",
    "tray",
    "walk",
    "samples",
    "selection",
    "unfolding",
    "arithmetic",
    "analogy",
    "sheet",
    "diffusion",
    "texture",
    "translation",
    *DRAWN,
)
MAX_FILE_BYTES = 256 * 2**20
# EXIF in a JPEG must fit into one segment of 64 KiB; this leaves room.
MAX_TEXT = 32_000
_FORMATS = ("PNG", "WEBP", "JPEG", "GIF")
_ASCII = b"ASCII\0\0\0"
_FIELDS = {"format", "what", "model", "model_hash", "z", "seed", "version", "extra"}


@dataclass(frozen=True)
class Provenance:
    """What a picture shows and how to make it again.

    Attributes:
        what: one of WHATS.
        model: the model's name.
        model_hash: the first digits of its file's SHA-256, in hexadecimal.
        z: the point that was decoded, D finite numbers; None where the picture shows many.
        seed: of the random draws; None where there were none.
        version: the LatentLab that made the picture.
        extra: anything else worth knowing, such as the range of a grid or the ends of a walk.

    Raises:
        LabError: for a field that cannot be written down; see `as_json` for the limit on the whole.
    """

    what: str
    model: str
    model_hash: str
    z: tuple[float, ...] | None = None
    seed: int | None = None
    version: str = __version__
    extra: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.what not in WHATS:
            raise LabError(f"provenance 'what' is {self.what[:40]!r}", hint=f"Known: {', '.join(WHATS)}")
        if self.z is not None and not all(map(is_coordinate, self.z)):
            raise LabError("provenance 'z' has a number that is not finite, or too large")

    def as_json(self) -> str:
        """The fields as one line of ASCII, at most MAX_TEXT characters.

        Raises:
            LabError: if it is longer.
        """
        fields = {
            "format": FORMAT,
            "what": self.what,
            "model": self.model,
            "model_hash": self.model_hash,
            "z": None if self.z is None else list(self.z),
            "seed": self.seed,
            "version": self.version,
            "extra": dict(self.extra),
        }
        text = json.dumps(fields, allow_nan=False)
        if len(text) > MAX_TEXT:
            raise LabError(f"the description of the picture has {len(text)} characters, over {MAX_TEXT}")
        return text

    def as_text(self) -> dict[str, str]:
        """The text chunks of a PNG: `latentlab` holds everything, `Software` is for other programs."""
        return {"Software": f"LatentLab {self.version}", KEY: self.as_json()}


def save_options(kind: str, provenance: Provenance) -> dict[str, Any]:
    """The arguments that make Pillow's `save` write it into a picture of format `kind`."""
    if kind == "PNG":
        chunks = PngImagePlugin.PngInfo()
        for key, text in provenance.as_text().items():
            chunks.add_text(key, text)
        return {"pnginfo": chunks}
    content = provenance.as_json().encode("ascii")
    if kind == "GIF":
        return {"comment": content}
    exif = Image.Exif()
    exif[ExifTags.Base.Software] = f"LatentLab {provenance.version}"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = _ASCII + content
    return {"exif": exif.tobytes()}


def read_provenance(path: str | Path) -> Provenance | None:
    """The provenance of a picture; None if it is a picture not made by LatentLab.

    Raises:
        LabError: naming the file, if it cannot be read, is no PNG, WebP, JPEG or GIF, is larger than
            MAX_FILE_BYTES, or its description is damaged or of a newer LatentLab.
    """
    path = Path(path)
    if path.is_dir():
        raise LabError("is a folder; a picture was expected", path)
    try:
        with open_to_read(path) as stream:
            if os.fstat(stream.fileno()).st_size > MAX_FILE_BYTES:
                raise LabError(f"is larger than {MAX_FILE_BYTES // 2**20} MiB", path)
            content = stream.read()
    except OSError as error:
        raise LabError(f"could not be read ({error.strerror or error})", path) from None
    try:
        text = _find_text(content)
    except Exception:
        # Pillow's readers fail in many ways on damaged files (SyntaxError, struct.error, IndexError...).
        raise LabError("is not a readable PNG, WebP, JPEG or GIF picture", path) from None
    if text is None:
        return None
    try:
        return _parse(text)
    except LabError as error:
        raise LabError(error.what, path, error.hint) from None


def _find_text(content: bytes) -> str | None:
    with warnings.catch_warnings():
        # Large pictures are fine, for no pixel is decoded; damaged EXIF shows in the result.
        warnings.simplefilter("ignore")
        try:
            found = _said(content)
        except Exception:
            # Perhaps something else beside the pixels is damaged.
            less = bare_picture(io.BytesIO(content))
            if less is None:
                raise
            found = _said(less.read())
    if isinstance(found, bytes):
        found = found.decode("ascii", errors="replace")
    if not isinstance(found, str):
        return None
    # Comments may be anything; only ours is an object with our version of the layout.
    return found if content.startswith(PNG_MAGIC) or found.startswith('{"format": ') else None


def _said(content: bytes) -> object:
    """The text in the place where our provenance is stored."""
    png = content.startswith(PNG_MAGIC)
    with Image.open(io.BytesIO(bare_png(content)[0] if png else content), formats=_FORMATS) as picture:
        if png:
            # One character more than allowed, so that a longer text is noticed.
            return png_text(content, KEY, MAX_TEXT + 1)
        return picture.info.get("comment") if picture.format == "GIF" else _user_comment(picture)


def _user_comment(picture: Image.Image) -> bytes | None:
    try:
        comment = picture.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
    except (SyntaxError, ValueError, KeyError, TypeError, OSError, struct.error):
        return None
    if isinstance(comment, bytes) and comment.startswith(_ASCII):
        return comment[len(_ASCII) :]
    return None


def _parse(text: str) -> Provenance:
    if len(text) > MAX_TEXT:
        raise LabError("its LatentLab description is too long")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        raise LabError("its LatentLab description is damaged (not JSON)") from None
    if not isinstance(fields, dict):
        raise LabError("its LatentLab description is damaged (not an object)")
    written = fields.get("format")
    if type(written) is not int or written < 1:
        raise LabError("its LatentLab description has no valid format version")
    if written > FORMAT:
        raise LabError(
            f"made by a newer LatentLab (format {str(written)[:20]}; this one reads {FORMAT})",
            hint="Update LatentLab",
        )
    if fields.keys() != _FIELDS:
        odd = ", ".join(sorted(fields.keys() ^ _FIELDS))[:80]
        raise LabError(f"its LatentLab description has missing or unknown fields: {odd}")
    for name in ("what", "model", "model_hash", "version"):
        if not isinstance(fields[name], str):
            raise LabError(f"its LatentLab description has no valid field {name!r}")
    seed = fields["seed"]
    if seed is not None and (type(seed) is not int or abs(seed) >= 2**64):
        raise LabError("its LatentLab description has no valid field 'seed'")
    extra = fields["extra"]
    if not (isinstance(extra, dict) and all(isinstance(value, str) for value in extra.values())):
        raise LabError("its LatentLab description has no valid field 'extra'")
    return Provenance(
        what=fields["what"],
        model=fields["model"],
        model_hash=fields["model_hash"],
        z=_parse_z(fields["z"]),
        seed=seed,
        version=fields["version"],
        extra=extra,
    )


def _parse_z(value: object) -> tuple[float, ...] | None:
    if value is None:
        return None
    if isinstance(value, list) and all(type(number) in (int, float) for number in value):
        try:
            return tuple(float(number) for number in value)
        except OverflowError:
            pass
    raise LabError("its LatentLab description has no valid field 'z'")
