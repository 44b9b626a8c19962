"""The spec of the autoencoder: config, options, and when to use it. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from latentlab.models.capabilities import Capability
from latentlab.models.objectives.figures import RECONSTRUCTION
from latentlab.models.spec import KindSpec, Preset
from latentlab.models.vae.spec import OPTIONS, VAEConfig, also, fields_of, propose


@dataclass(frozen=True)
class AEConfig(VAEConfig):
    """The size and the likelihood of an autoencoder: the same choices as a VAE's."""


KIND = KindSpec(
    name="ae",
    title="Autoencoder",
    when="It learns a code for each picture, and nothing of where codes lie: to compare with.",
    called="an autoencoder",
    config=AEConfig,
    model="latentlab.models.ae.model:AE",
    capabilities=frozenset({Capability.ENCODES, Capability.DECODES, Capability.HAS_LIKELIHOOD}),
    also=also,
    figures=RECONSTRUCTION,
    uses=frozenset({"binarise_input"}),
    listed="test reconstruction {reconstruction:.2f} nats per picture",
    options=OPTIONS,
    fields=fields_of,
    propose=propose,
    presets=(
        Preset(
            "Autoencoder, 2 latents",
            "For comparison: it is trained on reconstruction only, so its latent space has holes "
            "and no prior.",
            place=40,
        ),
        Preset(
            "Linear autoencoder, 16 latents",
            "One layer each way: trained by gradient, it finds the plane of the principal components.",
            {"latents": 16, "network": "linear", "likelihood": "Gaussian, sigma 0.1"},
            place=42,
        ),
    ),
)
