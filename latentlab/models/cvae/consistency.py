"""The consistency loss of a conditional VAE: a classifier checks that pictures show their condition.

    loss = -ELBO + CE( C(x), y ) + w CE( C(decode(z', y')), y' )
    z' ~ q(z|x),  y' = y with one condition the other way round;   or   z' ~ N(0, I),  y' = y

The ELBO alone never involves a picture under another condition: where z encodes the hair, a decoder with the
condition "long" may well leave it short. The second term teaches C from real pictures; the third reaches
decoder and encoder only, C is held still in it. Colours of a palette are drawn as displayed, one a pixel, and
the gradient passes as if they were blended (straight-through; Bengio et al. 2013).

Source: He et al., AttGAN: Facial Attribute Editing by Only Changing What You Want (2019), eqs. 2 and 3,
without its discriminator.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from latentlab.core.likelihoods import Likelihood, Palette
from latentlab.models.nets import embedding

_COLOUR_FEATURES, _WIDTHS = 8, (32, 64)
_DROPOUT = 0.2


class Teller(nn.Module):
    """C: an auxiliary classifier from pictures to a logit for each condition.

    Args:
        shape: (C, H, W) of what a decoder of these pictures puts out, K colours of a palette for C.
        conditions: A.
        palette: whether it is colours of a palette.
    """

    def __init__(self, shape: tuple[int, int, int], conditions: int, palette: bool) -> None:
        super().__init__()
        channels, height, width = shape
        first, second = _WIDTHS
        # Each colour of a palette has features of its own, as for an encoder that reads them.
        self.colours = embedding(channels, _COLOUR_FEATURES) if palette else None
        self.layers = nn.Sequential(
            nn.Conv2d(_COLOUR_FEATURES if palette else channels, first, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Conv2d(first, second, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Flatten(),
            nn.Dropout(_DROPOUT),
            nn.Linear(second * ((height + 3) // 4) * ((width + 3) // 4), conditions),
        )

    def forward(self, picture: Tensor, decoded: bool = False) -> Tensor:
        """Logits (B, A).

        `picture` is (B, C, h, w); for a palette the numbers of the colours (B, h, w), or the decoder's logits
        of the colours, (B, K, h, w), if it is `decoded`.
        """
        if self.colours is None:
            return self.layers(picture)  # type: ignore[no-any-return]
        features = self.colours(picture.argmax(1) if decoded else picture).movedim(-1, 1)
        if decoded:
            blend = functional.conv2d(picture.softmax(1), self.colours.weight.T[:, :, None, None])
            features = features + (blend - blend.detach()).to(features.dtype)
        return self.layers(features)  # type: ignore[no-any-return]


def told_otherwise(y: Tensor, exclusive: bool, generator: torch.Generator | None = None) -> Tensor:
    """y (B, A) with another class, or with one randomly chosen attribute of each row inverted."""
    count, names = y.shape
    rows = torch.arange(count, device=y.device)
    if exclusive:
        further = torch.randint(1, max(2, names), (count,), generator=generator, device=y.device)
        return functional.one_hot((y.argmax(-1) + further) % names, names).to(y.dtype)
    column = torch.randint(names, (count,), generator=generator, device=y.device)
    other = y.clone()
    other[rows, column] = 1.0 - other[rows, column]
    return other


def error_of_real(teller: Teller, likelihood: Likelihood, x: Tensor, y: Tensor, exclusive: bool) -> Tensor:
    """CE(C(x), y) of pictures x (B, C, H, W) in nats, (B,), summed over attributes."""
    seen = likelihood.seen(x)
    return _error(teller(likelihood.numbers(seen) if isinstance(likelihood, Palette) else seen), y, exclusive)


def error_of_decoded(
    teller: Teller, likelihood: Likelihood, outputs: Tensor, y: Tensor, exclusive: bool
) -> Tensor:
    """The same of decoded pictures, (B, *outputs_shape); no gradient reaches C."""
    held = {name: weight.detach() for name, weight in teller.named_parameters()}
    palette = isinstance(likelihood, Palette)
    picture = outputs if palette else likelihood.picture(outputs)
    return _error(functional_call(teller, held, (picture, palette)), y, exclusive)


def _error(logits: Tensor, y: Tensor, exclusive: bool) -> Tensor:
    if exclusive:
        return functional.cross_entropy(logits.float(), y.argmax(-1), reduction="none")
    errors = functional.binary_cross_entropy_with_logits(logits.float(), y.float(), reduction="none")
    return errors.sum(-1)
