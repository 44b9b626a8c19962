"""A picture, its noisy version, and the denoiser's predictions from that."""

from __future__ import annotations

from latentlab.qt.views.diffusion.captioned_pictures import CaptionedPictures
from latentlab.qt.widgets.picture_label import CrispPicture

_ANY = 1 << 20
_FOUR = (
    ("forwardPicture", "Picture", "The picture, x₀", ""),
    ("forwardNoised", "Noised", "The noisy picture, x at time t", ""),
    ("forwardBelieved", "Predicted", "The predicted picture, x₀ hat", "…"),
    ("forwardNoise", "Noise", "The predicted noise, epsilon hat", "…"),
)


class FourPictures(CaptionedPictures):
    """`pictures` are x_0, x_t, x0_hat and noise_hat."""

    def __init__(self) -> None:
        super().__init__(
            [(CrispPicture(name, what, _ANY, words), title) for name, title, what, words in _FOUR]
        )
