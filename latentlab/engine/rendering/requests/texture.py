"""Requests for textures: to draw one, to take a picture apart as the theory does, to save one. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.rendering.texture_recipe import TextureRecipe

# For type checking only: the window's frame must not wait for numpy.
if TYPE_CHECKING:
    from latentlab.engine.types import Picture


@dataclass(frozen=True, eq=False)
class TextureSource:
    """A picture that a texture is taken from.

    Attributes:
        name: what it is called.
        path: its file; unused where there are pixels.
        pixels: uint8 (H, W) or (H, W, 3) of a picture that is no file; None for a file.
    """

    name: str
    path: Path = Path()
    pixels: Picture | None = None


@dataclass(frozen=True, eq=False)
class TextureReply(Reply):
    """A drawn texture, uint8 (H, W) or (H, W, 3)."""

    picture: Picture
    recipe: TextureRecipe


@dataclass(frozen=True, eq=False)
class TexturePartsReply(Reply):
    """What the theory takes a picture apart into, each uint8 (H, W) or (H, W, 3), by name in their order:
    original, periodic, smooth, modulus, phase, spot.
    """

    parts: dict[str, Picture]


@dataclass(frozen=True, eq=False)
class TextureSavedReply(Reply):
    """A texture has been written to a file."""

    path: Path


@dataclass(frozen=True, eq=False)
class TextureRequest(Request[TextureReply]):
    """Draw a texture of a picture; with `other`, one on the way to that."""

    priority: ClassVar[int] = 1
    by_hand: ClassVar[bool] = True
    source: TextureSource = field(default_factory=lambda: TextureSource(""))
    other: TextureSource | None = None
    recipe: TextureRecipe = field(default_factory=TextureRecipe)


@dataclass(frozen=True, eq=False)
class TexturePartsRequest(Request[TexturePartsReply]):
    """Take a picture apart; its spot lies in the middle of a canvas of `size` (rows, columns)."""

    priority: ClassVar[int] = 4
    source: TextureSource = field(default_factory=lambda: TextureSource(""))
    size: tuple[int, int] = (512, 512)


@dataclass(frozen=True, eq=False)
class TextureSaveRequest(Request[TextureSavedReply]):
    """Draw a texture and write it to a picture file, which may exist: the dialog has asked."""

    priority: ClassVar[int] = 5
    path: Path = Path()
    source: TextureSource = field(default_factory=lambda: TextureSource(""))
    other: TextureSource | None = None
    recipe: TextureRecipe = field(default_factory=TextureRecipe)
