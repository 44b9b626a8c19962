"""The variational autoencoder.

    q(z|x) = N( mu(x), diag sigma^2(x) )        p(z) = N(0, I)        p(x|z) by the config's likelihood
    ELBO(x) = E_q[ log p(x|z) ] - KL( q(z|x) || p(z) )

Source: Kingma & Welling, Auto-Encoding Variational Bayes (2014), eq. 3. The trainer weighs the KL with
beta (Higgins et al. 2017): 1 for a VAE.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.core.gaussian import kl_per_dimension, reparameterise
from latentlab.core.likelihoods import Gaussian, Likelihood, Palette, make_likelihood
from latentlab.core.measures import DensityTag
from latentlab.models.base import ElboTerms, ImportanceTerms, Posterior
from latentlab.models.linear_nets import LinearDecoder, LinearEncoder
from latentlab.models.nets import (
    ByColour,
    Coloured,
    ConvDecoder,
    ConvEncoder,
    MLPDecoder,
    MLPEncoder,
)
from latentlab.models.objectives.elbo import ByElbo
from latentlab.models.players import Objective, Settings
from latentlab.models.priors import StandardNormal
from latentlab.models.vae.spec import VAEConfig

__all__ = ["VAE", "EncoderDecoder", "VAEConfig"]

_ENCODERS = {"mlp": MLPEncoder, "conv": ConvEncoder, "linear": LinearEncoder}
_DECODERS = {"mlp": MLPDecoder, "conv": ConvDecoder, "linear": LinearDecoder}
# A tenth of a grey level of 256: flat pictures would drive sigma to 0 and the density to infinity.
_LOWEST_LOG_SIGMA = math.log(1e-1 / 256.0)


class EncoderDecoder(nn.Module):
    """An encoder and a decoder with a likelihood, built from a `VAEConfig`; without a prior.

    Args:
        config: the config.
        decoder_conditions, encoder_conditions: A, for a subclass that gives either network a y (B, A).
    """

    def __init__(
        self, config: VAEConfig, *, decoder_conditions: int = 0, encoder_conditions: int = 0
    ) -> None:
        super().__init__()
        self.config = config
        self._likelihood: Likelihood = make_likelihood(
            config.likelihood,
            sigma=config.sigma,
            levels=config.levels,
            palette=config.palette,
            pixel=config.pixel,
        )
        if config.learn_sigma:
            self.log_sigma = nn.Parameter(torch.tensor(math.log(config.sigma)))
        channels, height, width = config.shape
        outputs = self._likelihood.outputs_shape((channels, height, width))
        encoder: nn.Module = _ENCODERS[config.encoder](
            (config.encoder_features or channels, *outputs[1:]),
            config.encoder_widths,
            config.latents,
            config.encoder_dropout,
            encoder_conditions,
        )
        palette = self._likelihood if isinstance(self._likelihood, Palette) else None
        if palette is not None and config.encoder_features:
            encoder = ByColour(encoder, palette, config.encoder_features)
        self.encoder = encoder
        features = min(config.decoder_features, outputs[0]) if palette else outputs[0]
        decoder = _DECODERS[config.decoder](
            config.latents + decoder_conditions,
            config.decoder_widths,
            (features, *outputs[1:]),
            config.decoder_dropout,
            decoder_conditions,
        )
        self.decoder = Coloured(decoder, features, outputs[0]) if palette else decoder

    @property
    def likelihood(self) -> Likelihood:
        """p(x|z) given the decoder's outputs; with the current value of a learnt sigma."""
        if not self.config.learn_sigma:
            return self._likelihood
        return Gaussian(self.log_sigma.clamp(_LOWEST_LOG_SIGMA).exp())

    @property
    def latents(self) -> int:
        """D."""
        return self.config.latents

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        channels, height, width = self.config.shape
        return channels, height, width

    def objective(self, settings: Settings) -> Objective:
        """The ELBO, or the importance-weighted bound."""
        return ByElbo(self.latents)

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        """q(z|x); pictures (B, C, H, W) in [0, 1] -> mean and log variance (B, D), in float32 or more."""
        outputs = self.encoder(self._likelihood.seen(x), self._seen(y, len(x)))
        # Under autocast the networks return bfloat16; densities and sums over pixels need more digits.
        if outputs.dtype == torch.bfloat16:
            outputs = outputs.float()
        mean, log_variance = outputs.chunk(2, dim=-1)
        # Beyond e^(+-15) a variance leads to overflow.
        return Posterior(mean, functional.hardtanh(log_variance, -15.0, 15.0))

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """The likelihood's parameters; z (B, D) -> (B, *outputs_shape)."""
        outputs: Tensor = self.decoder(self._told(z, y))
        return outputs.float() if outputs.dtype == torch.bfloat16 else outputs

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """The likelihood's picture, in [0, 1]; z (B, D) -> (B, C, H, W)."""
        return self.likelihood.picture(self.decode(z, y))

    def linear_rows(self) -> Tensor | None:
        """What each latent adds to the picture, (D, C H W), where decoder and likelihood are linear."""
        if not self.config.is_linear:
            return None
        assert isinstance(self.decoder, LinearDecoder)
        return self.decoder.layer.weight[:, : self.latents].T

    def _seen(self, y: Tensor | None, count: int) -> Tensor | None:
        """The encoder's condition; none here."""
        return None

    def _told(self, z: Tensor, y: Tensor | None) -> Tensor:
        """The decoder's input: z alone here."""
        return z


class VAE(EncoderDecoder):
    """A VAE: its posteriors are diagonal Gaussians, its prior is N(0, I)."""

    @property
    def latent_prior(self) -> StandardNormal:
        """p(z) = N(0, I)."""
        return StandardNormal(self.latents)

    @property
    def density_tag(self) -> DensityTag:
        """A bound: the ELBO for one draw, the importance-weighted bound for more."""
        return DensityTag("bound", self.likelihood.measure)

    def elbo_terms(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        shown: Tensor | None = None,
        y: Tensor | None = None,
    ) -> ElboTerms:
        """The ELBO's two terms from one z ~ q(z|x) a picture; (B, C, H, W) in [0, 1] -> (B,) each.

        The encoder's input is `shown` in place of x if it is given: a noisy x, against overfitting.
        """
        posterior = self.encode(x if shown is None else shown, y)
        z = reparameterise(posterior.mean, posterior.log_variance, generator)
        return ElboTerms(
            reconstruction=self.likelihood.log_prob(self.decode(z, y), x),
            kl_per_dimension=kl_per_dimension(posterior.mean, posterior.log_variance),
        )

    def importance_terms(
        self,
        x: Tensor,
        samples: int,
        generator: torch.Generator | None = None,
        *,
        shown: Tensor | None = None,
        y: Tensor | None = None,
    ) -> ImportanceTerms:
        """The importance-weighted bound's terms; (B, C, H, W) in [0, 1] -> (K, B) each, K = `samples`."""
        posterior = self.encode(x if shown is None else shown, y)
        mean, log_variance = posterior.mean, posterior.log_variance
        many = (samples, *mean.shape)
        z = reparameterise(mean.expand(many), log_variance.expand(many), generator)
        told = None if y is None else y.expand(*many[:2], y.shape[-1]).flatten(0, 1)
        outputs = self.decode(z.flatten(0, 1), told).unflatten(0, many[:2])
        # log p(z) - log q(z|x), in which the constants cancel.
        noise = (z - mean).square() * torch.exp(-log_variance)
        return ImportanceTerms(
            reconstruction=self.likelihood.log_prob(outputs, x),
            log_ratio=0.5 * (noise + log_variance - z.square()).sum(-1),
            kl_per_dimension=kl_per_dimension(mean, log_variance),
        )

    def log_density(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        draws: int = 1,
        y: Tensor | None = None,
    ) -> Tensor:
        """log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x), K = `draws`; (B, C, H, W) in [0, 1] -> (B,)."""
        return self.importance_terms(x, draws, generator, y=y).bound()

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        """Pictures at points drawn from the prior, in [0, 1]; -> (count, C, H, W)."""
        z = self.latent_prior.draw(count, generator)
        return self.picture_at(z.to(next(self.parameters()).device), y)
