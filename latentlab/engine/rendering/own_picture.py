"""The user's own picture: read, fitted, encoded, and its ELBO compared with held-out pictures.

A picture like those that a model knows has an ELBO in the range of held-out ones. A lower one shows that it
is unlike them. A higher one shows nothing: plain pictures have high ELBOs whatever they show (Nalisnick et
al., Do Deep Generative Models Know What They Don't Know?, 2019).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from latentlab.core import gaussian
from latentlab.data.files import open_to_read
from latentlab.data.image_set import ImageSet
from latentlab.data.limits import MAX_PIXELS
from latentlab.data.pictures.decoding import WHITE_GROUND, decode, quiet, size_of
from latentlab.data.pictures.fitting import border_colour, is_grey, planes, resize
from latentlab.data.pictures.white import plain
from latentlab.data.report import shown
from latentlab.data.source import PictureError
from latentlab.engine.attributes.conditions import as_text, encoder_is_conditional
from latentlab.engine.rendering.cropping import PAD, Fitting
from latentlab.engine.rendering.drawing import Drawing, to_pictures, to_point
from latentlab.engine.rendering.picture_files import Shape, require_picture_file
from latentlab.engine.rendering.requests.pictures import OwnPictureReply, OwnPictureRequest
from latentlab.engine.types import Picture
from latentlab.errors import LabError
from latentlab.models.base import Conditional, Encodes, HasLikelihood
from latentlab.models.priors import kl_from

# Pixels kept of a picture: enough to zoom in for the largest pictures that models draw.
_LARGEST = 2048
_DRAWS = 64
_HELD_OUT, _CHUNK = 256, 16
# Nats by which another class has to fit better to be mentioned.
_WORTH = 1.0
# In place of the terms of an ELBO, where there is no likelihood.
_UNKNOWN = torch.tensor(torch.nan)

Held = tuple[ImageSet, Tensor | None]


def read_own(path: str | Path, ground: str = WHITE_GROUND) -> Picture:
    """A picture file with its orientation applied, uint8 (H, W) or (H, W, 3); the first frame of an
    animation.

    Transparent parts show the background of this colour.

    Raises:
        LabError: naming the file, and why it cannot be read.
    """
    path = require_picture_file(path)
    try:
        with quiet(), open_to_read(path) as stream:
            image = plain(decode(stream, _LARGEST, ground))
            return np.asarray(_shrunk(image.convert("L") if is_grey(image) else image))
    except OSError as error:
        raise LabError(f"cannot be read: {error.strerror or error}", shown(path)) from None
    except PictureError as error:
        raise LabError(f"cannot be read: {error}", shown(path)) from None


def own_size(path: str | Path) -> tuple[int, int]:
    """Width and height of a picture file with its orientation applied; `read_own` may give fewer pixels.

    Raises:
        LabError: naming the file, and why it cannot be read.
    """
    path = require_picture_file(path)
    try:
        with quiet(), open_to_read(path) as stream:
            return size_of(stream)
    except OSError as error:
        raise LabError(f"cannot be read: {error.strerror or error}", shown(path)) from None
    except PictureError as error:
        raise LabError(f"cannot be read: {error}", shown(path)) from None


def require_room(width: int, height: int, name: str) -> None:
    """Refuses a picture that is too large, as the readers of files do."""
    if width * height > MAX_PIXELS:
        limit = f"over the limit of {MAX_PIXELS // 10**6} million"
        raise LabError(f"cannot be taken: {width} x {height} pixels, {limit}", name)


def shrunk(pixels: Picture) -> Picture:
    """A picture reduced to a moderate size, as `read_own` gives."""
    return np.asarray(_shrunk(Image.fromarray(pixels)))


def _shrunk(image: Image.Image) -> Image.Image:
    # By whole numbers, so that pixel art with large pixels stays pixel art.
    factor = -(-max(image.size) // _LARGEST)
    return image if factor == 1 else image.reduce((min(factor, image.width), min(factor, image.height)))


def fitted(pixels: Picture, fitting: Fitting, shape: Shape, pixel: int = 1) -> NDArray[np.uint8]:
    """A picture as a model takes it, uint8 (C, H, W).

    Args:
        pixels: uint8 (H', W') or (H', W', 3), of any size.
        fitting: the part of it, and how it fills the frame.
        shape: (C, H, W) of the model's pictures.
        pixel: the side in pixels of a drawn pixel; see `latentlab.core.likelihoods.Palette`.

    Raises:
        LabError: for models whose pictures are neither grey nor in three colours.
    """
    channels, height, width = shape
    if channels not in (1, 3):
        raise LabError(f"the model's pictures have {channels} channels; picture files have 1 or 3")
    image = Image.fromarray(pixels)
    small = width // pixel, height // pixel
    if fitting.how == PAD:
        scale = min(small[0] / image.width, small[1] / image.height)
        whole_shape = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        whole = resize(image, whole_shape, (0, 0, image.width, image.height))
        image = Image.new(whole.mode, small, border_colour(whole))
        image.paste(whole, ((small[0] - whole_shape[0]) // 2, (small[1] - whole_shape[1]) // 2))
    else:
        image = resize(image, small, fitting.box(image.width, image.height, width / height))
    seen = planes(image, grey=channels == 1).repeat(pixel, -1).repeat(pixel, -2)
    return 255 - seen if fitting.negative else seen


class OwnPictures:
    """Encodes pictures with the open model. Keeps the ELBOs of the held-out pictures it compares with."""

    def __init__(self) -> None:
        self._known: tuple[Drawing, ImageSet, NDArray[np.float64]] | None = None

    def answer(
        self, request: OwnPictureRequest, drawing: Drawing, held_out: Callable[[], Held | None]
    ) -> Iterator[OwnPictureReply | None]:
        """The reply for the picture; then, if requested, the same with the comparison.

        Args:
            request: the picture.
            drawing: decodes with the model.
            held_out: pictures to compare with, and the condition of each (N, A); None if there
                are none.

        Raises:
            LabError: if the model cannot take the picture.
        """
        model = drawing.model
        if not isinstance(model, Encodes):
            raise LabError("the model has no encoder")
        likelihood = model.likelihood if isinstance(model, HasLikelihood) else None
        pixel = int(getattr(likelihood, "pixel", 1))
        seen = torch.from_numpy(fitted(request.pixels, request.fitting, model.picture_shape, pixel))
        x = seen[None].to(drawing.device).float() / 255.0
        y = drawing.y_of(request.condition)
        posterior = model.encode(x, y if encoder_is_conditional(model) else None)
        if not bool(torch.isfinite(posterior.mean).all()):
            raise LabError("the model encodes this picture to values that are not finite")
        judged = likelihood is not None
        reconstruction, kl = _terms(drawing, x, y, _DRAWS) if judged else (_UNKNOWN, _UNKNOWN)
        own = _figure(reconstruction, kl)
        reply = OwnPictureReply(
            generation=request.generation,
            fitting=request.fitting,
            seen=to_pictures(x)[0],
            reconstruction=drawing.decode(posterior.mean, y)[0],
            mean=to_point(posterior.mean[0]),
            sigma=to_point(torch.exp(0.5 * posterior.log_variance[0])),
            elbo=float(reconstruction - kl),
            reconstruction_nats=float(reconstruction),
            kl=float(kl),
        )
        yield reply
        if not (request.compare and judged):
            return
        held = held_out()
        if held is None:
            return
        yield from self._encoded(drawing, *held)
        assert self._known is not None
        known = self._known[2]
        opposite = _figure(*_terms(drawing, 1.0 - x, y, _DRAWS))
        yield None
        told = fits = as_text(model, y)
        highest = float(own)
        for other in _otherwise(model, y):
            figure = float(_figure(*_terms(drawing, x, other, _DRAWS)))
            if figure > highest + _WORTH:
                highest, fits = figure, as_text(model, other)
            yield None
        yield replace(
            reply,
            below=float((known < float(own)).mean()),
            among=len(known),
            negative_below=float((known < float(opposite)).mean()),
            told=told,
            fits=fits,
        )

    def _encoded(self, drawing: Drawing, data: ImageSet, told: Tensor | None) -> Iterator[None]:
        """Computes the ELBOs of some pictures, spread evenly over the data, unless they are known."""
        if self._known is not None and self._known[0] is drawing and self._known[1] is data:
            return
        rows = torch.linspace(0, len(data) - 1, min(_HELD_OUT, len(data))).round().long()
        found = []
        for chosen in rows.split(_CHUNK):
            x = data.images[chosen].to(drawing.device).float() / 255.0
            y = None if told is None else told[chosen].to(drawing.device)
            found.append(_figure(*_terms(drawing, x, y, 1)).double().cpu().numpy())
            yield None
        self._known = (drawing, data, np.concatenate(found))


def _otherwise(model: object, y: Tensor | None) -> list[Tensor]:
    """Every other class, or each attribute inverted; (A,) each."""
    if y is None or not isinstance(model, Conditional):
        return []
    if model.exclusive:
        return [row for row in torch.eye(len(y), device=y.device) if not torch.equal(row, y)]
    others = y.repeat(len(y), 1)
    others.diagonal().copy_(1.0 - y)
    return list(others)


def _terms(drawing: Drawing, x: Tensor, y: Tensor | None, draws: int) -> tuple[Tensor, Tensor]:
    """E_q[log p(x|z)] and KL(q(z|x) || p(z)) in nats: () each, by many draws, for one picture; else (B,)."""
    model = drawing.model
    assert isinstance(model, Encodes)
    assert isinstance(model, HasLikelihood)
    posterior = model.encode(x, y if encoder_is_conditional(model) else None)
    generator = torch.Generator(drawing.device).manual_seed(0)
    mean, log_variance = posterior.mean, posterior.log_variance
    kl = kl_from(mean, log_variance, drawing.prior)
    if draws > 1:
        mean, log_variance = mean.expand(draws, -1), log_variance.expand(draws, -1)
    z = gaussian.reparameterise(mean, log_variance, generator)
    log_p = model.likelihood.log_prob(model.decode(z, y), x)
    return (log_p.mean(), kl[0]) if draws > 1 else (log_p, kl)


def _figure(reconstruction: Tensor, kl: Tensor) -> Tensor:
    """The ELBO; for an autoencoder, whose codes are points without a density, log p(x|z) alone."""
    return torch.where(torch.isfinite(kl), reconstruction - kl, reconstruction)
