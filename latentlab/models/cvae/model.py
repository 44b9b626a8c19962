"""The conditional VAE: the decoder gets the condition y, so z need not encode it.

    ELBO(x, y) = E_q[ log p(x|z, y) ] - KL( q(z|x) || p(z) )        y a class (one-hot) or attribute bits

The decoder is given [z, y]. By default the encoder sees the picture alone, so that z means the same for all
y; `condition_encoder` shows it y too, and `consistency` makes the decoder follow it.
Source: Sohn et al., Learning Structured Output Representation using Deep Conditional Generative Models
(2015); Kingma et al., Semi-supervised Learning with Deep Generative Models (2014), model M2.
"""

from __future__ import annotations

import torch
from torch import Tensor

from latentlab.core.gaussian import kl_per_dimension, reparameterise, standard_noise
from latentlab.core.likelihoods import Palette
from latentlab.models.base import ElboTerms
from latentlab.models.conditioned import rows
from latentlab.models.cvae import consistency
from latentlab.models.cvae.spec import CVAEConfig
from latentlab.models.vae.model import VAE

__all__ = ["CVAE", "CVAEConfig"]


class CVAE(VAE):
    """A conditional VAE; y as for `latentlab.models.base.Conditional`."""

    config: CVAEConfig

    def __init__(self, config: CVAEConfig) -> None:
        count = len(config.condition_names)
        super().__init__(
            config,
            decoder_conditions=count,
            encoder_conditions=count if config.condition_encoder else 0,
        )
        if config.consistency:
            palette = self._likelihood if isinstance(self._likelihood, Palette) else None
            shape = palette.outputs_shape(self.picture_shape) if palette else self.picture_shape
            self.teller = consistency.Teller(shape, count, palette is not None)

    @property
    def condition_names(self) -> tuple[str, ...]:
        """The names of the entries of y."""
        return self.config.condition_names

    @property
    def exclusive(self) -> bool:
        """Whether y is one-hot."""
        return self.config.exclusive

    def elbo_terms(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        shown: Tensor | None = None,
        y: Tensor | None = None,
    ) -> ElboTerms:
        """The ELBO's terms, and in training the penalty of `latentlab.models.cvae.consistency`."""
        if not (self.training and self.config.consistency and y is not None):
            return super().elbo_terms(x, generator, shown=shown, y=y)
        posterior = self.encode(x if shown is None else shown, y)
        z = reparameterise(posterior.mean, posterior.log_variance, generator)
        # Only half of the pictures are decoded under another condition: with a palette each is costly.
        half = max(1, len(x) // 2)
        edited = torch.arange(half, device=x.device).unsqueeze(-1) % 2 == 0
        told = torch.where(edited, consistency.told_otherwise(y[:half], self.exclusive, generator), y[:half])
        moved = torch.where(edited, z[:half], standard_noise(z[:half], generator))
        # All in one batch: the layers are small, and the overhead of a call is as large as the computation.
        outputs = self.decode(torch.cat([z, moved]), torch.cat([y, told]))
        same, other = outputs[: len(x)], outputs[len(x) :]
        teller, likelihood = self.teller, self.likelihood
        learnt = consistency.error_of_real(teller, likelihood, x, y, self.exclusive)
        wrong = consistency.error_of_decoded(teller, likelihood, other, told, self.exclusive)
        return ElboTerms(
            reconstruction=likelihood.log_prob(same, x),
            kl_per_dimension=kl_per_dimension(posterior.mean, posterior.log_variance),
            penalty=learnt + self.config.consistency * wrong.mean(),
        )

    def _seen(self, y: Tensor | None, count: int) -> Tensor | None:
        return self._rows(y, count) if self.config.condition_encoder else None

    def _told(self, z: Tensor, y: Tensor | None) -> Tensor:
        return torch.cat([z, self._rows(y, len(z)).to(z.dtype)], dim=-1)

    def _rows(self, y: Tensor | None, count: int) -> Tensor:
        """y for each of `count` pictures, (count, A)."""
        device = next(self.parameters()).device
        return rows(y, count, len(self.condition_names), self.exclusive, device)
