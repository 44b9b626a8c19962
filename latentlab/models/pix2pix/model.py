"""pix2pix: a generator G makes a picture of a source picture s, and a critic D judges it patch by patch.

    critic      min  E softplus(-D(x, s)) + E softplus(D(G(s), s)),        a mean over patches
    generator   min  E |x - G(s)| + w ( E softplus(-D(G(s), s)) + v sum_l E |D_l(x, s) - D_l(G(s), s)| / L )

D_l are the features of the critic's L levels: what it looks at has to be as in the true picture, not only to
look true. softplus(-D) is -log of the probability that D gives to "true". The L1 error alone (w = 0) is least
at the median of all pictures that a source may have: blurred, or brown, where it cannot know. The critic
finds that out; what it cannot tell from true pictures need not be the true one.

The source is made from x (see `latentlab.core.sources`), so that any pictures will do, or is the left half of
a pair. In training some outlines are damaged as a sketch is: a rectangle of them is blank, specks are turned
over, the lines are a little off or all black. So a drawing that is not finished yet is no stranger.

Source: Isola et al., Image-to-Image Translation with Conditional Adversarial Networks (2017), eqs. 1 to 4;
their lambda = 100 for pictures in [-1, 1] is w = 1/200 here, the default. Without their dropout, which they
found to change little: the same drawing gives the same picture. The features: Wang et al., High-Resolution
Image Synthesis with Conditional GANs (2018), eq. 4. w rises from 0 in the first half of the training.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from latentlab.core.sources import Source
from latentlab.models.pix2pix.nets import Critic, Generator, Patching
from latentlab.models.pix2pix.objective import TranslationLosses
from latentlab.models.pix2pix.spec import Pix2PixConfig
from latentlab.models.players import Objective, Settings

__all__ = ["Pix2PixConfig", "Translator", "TranslatorWithCritic", "translator_of"]


class Translator(nn.Module):
    """Translates pictures; see `latentlab.models.base.Translates`. Trained by the L1 error alone."""

    def __init__(self, config: Pix2PixConfig) -> None:
        super().__init__()
        self.config = config
        self._source = Source(config.source, config.pixel, config.line_from, config.factor)
        self.generator = Generator(*self._patchings, config.widths)

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of the pictures of the data."""
        channels, height, width = self.config.shape
        return channels, height, width

    @property
    def source_shape(self) -> tuple[int, int, int]:
        """(C', H, W)."""
        return self._source.source_shape(self.picture_shape)

    @property
    def target_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of the pictures that it makes."""
        return self._source.target_shape(self.picture_shape)

    @property
    def source_name(self) -> str:
        """One of `latentlab.core.source_shapes.SOURCES`."""
        return self._source.name

    @property
    def grain(self) -> int:
        """The side of the squares that sources are made of."""
        return self._source.grain

    @property
    def _patchings(self) -> tuple[Patching, Patching]:
        """How the networks see sources and pictures: in equally many patches."""
        side, grain = self.config.patch * self.config.pixel, self._source.grain
        return (
            Patching(self.source_shape[0], grain, side // grain),
            Patching(self.target_shape[0], self.config.pixel, self.config.patch),
        )

    def source_of(self, x: Tensor) -> Tensor:
        """The sources of pictures of the data; (B, C, H, W) -> (B, C', H, W), both in [0, 1]."""
        return self._source.of(x)

    def target_of(self, x: Tensor) -> Tensor:
        """What is to be made of them."""
        return self._source.target(x)

    def translate(self, source: Tensor) -> Tensor:
        """Pictures of sources; (B, C', H, W) -> (B, C, H, W), both in [0, 1]."""
        made: Tensor = self.generator(source)
        return made

    def objective(self, settings: Settings) -> Objective:
        """The losses of generator and critic."""
        return TranslationLosses(self.config.adversarial, self.config.roughness, self.config.pixel - 1)


class TranslatorWithCritic(Translator):
    """A translator with a critic."""

    def __init__(self, config: Pix2PixConfig) -> None:
        super().__init__(config)
        self.critic = Critic(*self._patchings, config.critic_width)

    def patch_map(self, x: Tensor, source: Tensor) -> Tensor:
        """The probability that each patch is true; see `latentlab.models.base.JudgesPatches`."""
        return torch.sigmoid(self.critic(x, source).float())


def translator_of(config: Pix2PixConfig) -> Translator:
    """A model of this config: with a critic, unless it has no weight."""
    return TranslatorWithCritic(config) if config.adversarial > 0.0 else Translator(config)
