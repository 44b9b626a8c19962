"""Exports walks as MP4 films (H.264), for slides and messengers.

Written with PyAV, which the extra `video` brings. H.264 is lossy and takes colours at half the resolution, in
frames of even sides: pictures are enlarged to at least 256 pixels before they are encoded, so that no drawn
pixel is blurred by it, and an odd side gets its last row once more. A film does not loop; a short one is
written several times over.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.files.export import Picture, enlarge
from latentlab.engine.files.provenance import Provenance
from latentlab.errors import LabError

VIDEO_SUFFIX = ".mp4"
# Constant quality from 0 (lossless) to 51; at 12 no difference is visible.
_QUALITY = "12"
_LEAST_SIDE, _LEAST_SECONDS = 256, 3.0


def require_video() -> None:
    """Raises if films cannot be written.

    Raises:
        LabError: if PyAV is not installed.
    """
    try:
        import av  # noqa: F401
    except ImportError:
        raise LabError(
            "MP4 films need PyAV, which is not installed",
            hint="Install it: pip install 'latentlab-desktop[video]'; or save as .webp",
        ) from None


def film(
    pictures: Sequence[Picture], rate: float, scale: int, provenance: Provenance, once: bool = False
) -> bytes:
    """An MP4 file of pictures, N >= 1 of one shape, uint8 (H, W) or (H, W, 3).

    Args:
        pictures: in their order.
        rate: frames a second.
        scale: each pixel becomes scale x scale, or more where pictures are small.
        provenance: written into the file's comment.
        once: whether even a short one is written once only.

    Raises:
        LabError: if PyAV is not installed, or has no H.264.
    """
    require_video()
    import av

    frames = [_even(enlarge(picture, _scale(picture, scale))) for picture in pictures]
    times = 1 if once or len(frames) == 1 else max(1, round(_LEAST_SECONDS * rate / len(frames)))
    content = io.BytesIO()
    try:
        with av.open(content, "w", format="mp4", options={"movflags": "use_metadata_tags"}) as container:
            container.metadata.update({"comment": provenance.as_json(), **provenance.as_text()})
            stream = container.add_stream("libx264", rate=Fraction(rate).limit_denominator(1000))
            stream.height, stream.width = frames[0].shape[:2]
            stream.pix_fmt = "yuv420p"
            stream.options = {"crf": _QUALITY}
            for pixels in frames * times:
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            container.mux(stream.encode())
    except (av.FFmpegError, ValueError) as error:
        raise LabError(f"the film could not be made ({error})", hint="Save as .webp instead") from None
    return content.getvalue()


def _scale(picture: Picture, scale: int) -> int:
    return max(scale, -(-_LEAST_SIDE // max(int(side) for side in picture.shape[:2])))


def _even(picture: Picture) -> NDArray[np.uint8]:
    """In RGB, padded to even sides; (H, W[, 3]) -> (H', W', 3)."""
    colour = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=-1)
    height, width = colour.shape[:2]
    return np.pad(colour, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
