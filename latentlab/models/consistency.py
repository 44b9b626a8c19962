"""What keeps a conditional decoder honest: a small network that tells from a picture what it is of.

    loss = -ELBO + CE(C(x), y) - log D(x) - log(1 - D(x')) + w CE(C(x'), y') - v log D(x')
    x' = decode(z', y'),   z' ~ q(z|x),  y' = y with one condition the other way round
                           or   z' ~ N(0, I),  y' = y

The ELBO alone never asks for a picture told otherwise: where z says what kind of hair there is, a decoder
told "long" may well leave it short. C learns from real pictures what they are of, and D, which shares its
layers, to tell them from those told otherwise; the last two terms reach decoder and encoder only, C and D are
held still in them. C alone (v = 0) may be pleased with a few pixels that no picture has, and a decoder finds
them; D knows better, and so do spots: while they train, C and D see all pictures with places through which
another one shows. Colours of a palette are drawn as they would be shown, one a pixel, and the gradient passes
as if they were blended (straight-through; Bengio et al. 2013).

Source: He et al., AttGAN: Facial Attribute Editing by Only Changing What You Want (2019), section 3, with
the non-saturating loss of Goodfellow et al., Generative Adversarial Nets (2014), section 3. The spots are
those of Yun et al., CutMix (2019), a pixel each; labels stay as they were.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from latentlab.core.likelihoods import Likelihood, Palette

_COLOUR_FEATURES, _WIDTHS = 8, (32, 64)
_DROPOUT = 0.2
# Of a picture that C learns or judges from, the largest share of places that another one shows through.
_MOST_HIDDEN = 0.5


class Teller(nn.Module):
    """C, and D if it `doubts`: pictures to a logit for each condition, and one more for whether it is real.

    Args:
        shape: (C, H, W) of what a decoder of these pictures puts out, K colours of a palette for C.
        conditions: A.
        palette: whether it is colours of a palette.
        doubts: whether it tells real pictures from others too.
    """

    def __init__(
        self, shape: tuple[int, int, int], conditions: int, palette: bool, doubts: bool = False
    ) -> None:
        super().__init__()
        channels, height, width = shape
        first, second = _WIDTHS
        # Of the colours of a palette each has features of its own, as for an encoder that reads them.
        self.colours = nn.Embedding(channels, _COLOUR_FEATURES) if palette else None
        self.layers = nn.Sequential(
            nn.Conv2d(_COLOUR_FEATURES if palette else channels, first, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Conv2d(first, second, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Flatten(),
            nn.Dropout(_DROPOUT),
            nn.Linear(second * ((height + 3) // 4) * ((width + 3) // 4), conditions + doubts),
        )

    def forward(self, picture: Tensor, decoded: bool = False) -> Tensor:
        """Logits (B, A), or (B, A + 1).

        `picture` is (B, C, h, w); of a palette the numbers of the colours (B, h, w), or what a decoder says
        of each colour, (B, K, h, w), if it is `decoded`.
        """
        features = picture if self.colours is None else self._features(self.colours, picture, decoded)
        if self.training:
            features = _spotted(features)
        return self.layers(features)  # type: ignore[no-any-return]

    def _features(self, colours: nn.Embedding, picture: Tensor, decoded: bool) -> Tensor:
        """What is known of the colours of a palette, (B, F, h, w)."""
        if not decoded:
            return colours(picture).movedim(-1, 1)  # type: ignore[no-any-return]
        features: Tensor = colours(picture.argmax(1)).movedim(-1, 1)
        blend = functional.conv2d(picture.softmax(1), colours.weight.T[:, :, None, None])
        return features + (blend - blend.detach()).to(features.dtype)


def _spotted(features: Tensor) -> Tensor:
    """Features (B, F, h, w), at some places those of the picture before: of each picture another share."""
    count, _, height, width = features.shape
    share = _MOST_HIDDEN * torch.rand(count, 1, 1, 1, device=features.device)
    hidden = torch.rand(count, 1, height, width, device=features.device) < share
    return torch.where(hidden, features.roll(1, 0).detach(), features)


def told_otherwise(y: Tensor, exclusive: bool, generator: torch.Generator | None = None) -> Tensor:
    """y (B, A) with another class, or with one attribute, drawn for each row, the other way round."""
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
    """CE(C(x), y) - log D(x) of pictures x (B, C, H, W) in nats, (B,), summed over attributes."""
    seen = likelihood.seen(x)
    logits = teller(likelihood.numbers(seen) if isinstance(likelihood, Palette) else seen)
    return _error(logits, y, exclusive) + _doubt(logits, y)


def error_of_doubt(teller: Teller, likelihood: Likelihood, outputs: Tensor, y: Tensor) -> Tensor:
    """-log(1 - D(x')) of decoded pictures, (B, *outputs_shape), which are held still; (B,)."""
    return _doubt(_logits_of_decoded(teller, likelihood, outputs.detach()), y, sign=-1.0)


def error_of_decoded(
    teller: Teller, likelihood: Likelihood, outputs: Tensor, y: Tensor, exclusive: bool
) -> tuple[Tensor, Tensor]:
    """CE(C(x'), y) and -log D(x') of decoded pictures, (B,) each; no gradient reaches C and D."""
    held = {name: weight.detach() for name, weight in teller.named_parameters()}
    logits = _logits_of_decoded(teller, likelihood, outputs, held)
    return _error(logits, y, exclusive), _doubt(logits, y)


def _logits_of_decoded(
    teller: Teller, likelihood: Likelihood, outputs: Tensor, weights: dict[str, Tensor] | None = None
) -> Tensor:
    palette = isinstance(likelihood, Palette)
    logits: Tensor = functional_call(
        teller, weights or {}, (outputs if palette else likelihood.picture(outputs), palette)
    )
    return logits


def _error(logits: Tensor, y: Tensor, exclusive: bool) -> Tensor:
    logits = logits[:, : y.shape[-1]].float()
    if exclusive:
        return functional.cross_entropy(logits, y.argmax(-1), reduction="none")
    return functional.binary_cross_entropy_with_logits(logits, y.float(), reduction="none").sum(-1)


def _doubt(logits: Tensor, y: Tensor, sign: float = 1.0) -> Tensor:
    """-log D, or with the other sign -log(1 - D), (B,); 0 of a teller that does not doubt."""
    return functional.softplus(-sign * logits[:, y.shape[-1] :].float()).sum(-1)
