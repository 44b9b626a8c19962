"""The spec of the conditional VAE: config, options, and when to use it. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from latentlab.models.capabilities import Capability
from latentlab.models.checks import require_conditions
from latentlab.models.objectives.figures import ELBO
from latentlab.models.settings import from_data, setting
from latentlab.models.spec import KindSpec, Preset
from latentlab.models.vae.spec import KIND as VAE
from latentlab.models.vae.spec import OPTIONS, VAEConfig, also, fields_of, propose


@dataclass(frozen=True)
class CVAEConfig(VAEConfig):
    """A VAE's config, and its conditions.

    Attributes:
        condition_names: the classes or attributes, 1 to 1,000 classes or 256 attributes.
        exclusive: classes, of which one holds, rather than attributes, of which any may.
        condition_encoder: whether the encoder gets y too.
        consistency: w, the weight in training of pictures under another condition showing that condition;
            0 for not at all. See `latentlab.models.cvae.consistency`.
    """

    condition_names: tuple[str, ...] = from_data(())
    exclusive: bool = from_data(True)
    condition_encoder: bool = setting(
        False, "tell the encoder the class or the attributes too, not the decoder alone"
    )
    consistency: float = setting(
        0.0,
        "how much it counts that pictures told otherwise show what they were told; 0 for nothing",
        low=0.0,
        high=1000.0,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        require_conditions(self.condition_names, exclusive=self.exclusive, least=1)


KIND = KindSpec(
    name="cvae",
    title="Conditional variational autoencoder",
    short="Conditional VAE",
    when="It is told the class or the attributes of each picture, and need not put them into z.",
    config=CVAEConfig,
    model="latentlab.models.cvae.model:CVAE",
    capabilities=VAE.capabilities | {Capability.CONDITIONAL},
    also=also,
    figures=ELBO,
    listed="test ELBO {elbo:.2f} nats per picture",
    options=OPTIONS,
    fields=fields_of,
    propose=propose,
    presets=(
        Preset(
            "Conditional VAE, 2 latents",
            "Conditioned on the class of each picture, so that the latent space encodes style. "
            "Needs classes or attributes.",
            place=50,
        ),
        Preset(
            "Conditional VAE for pixel art",
            "Conditioned on the attributes of each picture: sharp pictures with and without each of them.",
            {"latents": 32, "likelihood": "Palette"},
            place=60,
        ),
    ),
    needs_conditions="a conditional VAE needs one or the other",
)
