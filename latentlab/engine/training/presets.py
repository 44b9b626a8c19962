"""Models to begin with: what a person can choose before a training, and when to choose what.

A `Choice` is what the person sees; `fields_of` makes of it the fields of a model's config.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from latentlab.engine.training.plan import TrainingPlan, means_something, usual_plan
from latentlab.errors import LabError

SIZES = ("S", "M", "L")
# Of a first training: pictures a step, and how many it looks at, counting each as often as it is seen.
_BATCH, _MANY = 128, 30_000
_SEEN, _FEWEST_EPOCHS, _MOST_EPOCHS = 700_000, 10, 300
# (pictures seen, fewest epochs) of other kinds. A diffusion model takes ten times as long for a picture: some
# 20 minutes on two cores.
_SEEN_BY: Mapping[str, tuple[int, int]] = {"ddpm": (500_000, 8), "classifier": (360_000, 6)}
# An epoch of few pictures has so many steps at the least, and of all steps such a share may be warm-up.
_STEPS_AN_EPOCH, _WARMUP_SHARE = 4, 8
# In all, held-out ones included: of fewer nothing can be learnt. Below the other, a model soon knows all of
# them by heart.
FEWEST_PICTURES, FEW_PICTURES = 8, 500
_NEEDED = f"At least {FEWEST_PICTURES} are needed, and hundreds are better"
# (encoder widths, decoder widths); equal widths of an "mlp" in a row are residual blocks.
_WIDTHS: Mapping[tuple[str, str], tuple[tuple[int, ...], tuple[int, ...]]] = {
    ("mlp", "S"): ((256, 128), (128, 256)),
    ("mlp", "M"): ((256, 256, 256), (256, 256, 256, 256)),
    ("mlp", "L"): ((512, 512, 512), (512, 512, 512, 512)),
    ("conv", "S"): ((16, 32), (32, 16)),
    ("conv", "M"): ((32, 64, 128), (128, 64, 32)),
    ("conv", "L"): ((64, 128, 256), (256, 128, 64)),
}
# Of the U-Net: (widths, blocks of each level).
_UNETS: Mapping[str, tuple[tuple[int, ...], int]] = {
    "S": ((32, 64), 1),
    "M": ((48, 96), 1),
    "L": ((64, 128), 2),
}
# What a diffusion model may be told to do, by the names of `latentlab.models.ddpm.model.DDPMConfig`.
PREDICTS = ("v", "noise", "x0")
NOISE_SCHEDULES = ("cosine", "linear", "sigmoid")
WEIGHTINGS = ("simple", "min-snr")
# The longest side of a picture that is still looked at in patches of so many pixels; beyond, of the last.
_PATCHES = ((48, 2), (128, 4), (256, 8))
# What the choice is called: (the likelihood's name, whether its sigma is learnt).
LIKELIHOODS: Mapping[str, tuple[str, bool]] = {
    "Bernoulli": ("bernoulli", False),
    "Gaussian, learnt sigma": ("gaussian", True),
    "Gaussian, sigma 0.1": ("gaussian", False),
    "Categorical": ("categorical", False),
    "Palette": ("palette", False),
}
# Numbers for each colour of a palette that the encoder reads.
_COLOUR_FEATURES = 8


@dataclass(frozen=True)
class Choice:
    """What to train.

    Attributes:
        kind: a name in `latentlab.models.registry.KINDS`.
        latents: dimensions of the latent space.
        network: "mlp" or "conv".
        size: "S", "M" or "L".
        likelihood: a key of `LIKELIHOODS`.
        beta: the weight of the KL.
        predicts, schedule, weighting, condition_dropout: of a diffusion model, which has none of the latents,
            network, likelihood and beta above; see `latentlab.models.ddpm.model.DDPMConfig`.
    """

    kind: str = "vae"
    latents: int = 2
    network: str = "mlp"
    size: str = "M"
    likelihood: str = "Bernoulli"
    beta: float = 1.0
    predicts: str = "v"
    schedule: str = "cosine"
    weighting: str = "simple"
    condition_dropout: float = 0.1


@dataclass(frozen=True)
class Preset:
    """A choice with a name, and a line on when to take it."""

    title: str
    when: str
    choice: Choice


PRESETS: tuple[Preset, ...] = (
    Preset(
        "VAE, 2 latents",
        "To begin with: the whole latent space is the plane you see, smooth and without holes.",
        Choice(),
    ),
    Preset(
        "VAE, 16 latents",
        "Sharper pictures: room for shape and style. The plane shows two dimensions at a time.",
        Choice(latents=16, size="L"),
    ),
    Preset(
        "Beta-VAE (beta 4)",
        "Fewer dimensions are used, each for one thing; pictures get softer.",
        Choice(latents=8, beta=4.0),
    ),
    Preset(
        "Autoencoder, 2 latents",
        "To compare: it only has to rebuild pictures, so its plane has holes and no prior.",
        Choice(kind="ae"),
    ),
    Preset(
        "Conditional VAE, 2 latents",
        "Told the class of each picture, so that the plane is left for style. Needs classes or attributes.",
        Choice(kind="cvae"),
    ),
    Preset(
        "Conditional VAE for pixel art",
        "Told the attributes of each picture: sharp pictures with what is asked for, and without.",
        Choice(kind="cvae", latents=32, likelihood="Palette"),
    ),
    Preset(
        "VAE for colour pictures",
        "Convolutions, 32 latents and a learnt noise level: photographs, drawings, faces.",
        Choice(latents=32, network="conv", likelihood="Gaussian, learnt sigma"),
    ),
    Preset(
        "VAE for pixel art",
        "Pictures drawn with few colours: every pixel is one of them, so that nothing blurs.",
        Choice(latents=32, likelihood="Palette"),
    ),
    Preset(
        "Diffusion model (DDPM)",
        "Draws pictures out of noise, step by step. Told the class or the attributes if there are any.",
        Choice(kind="ddpm"),
    ),
)
_COLOUR = next(preset for preset in PRESETS if preset.title == "VAE for colour pictures")


def fields_of(choice: Choice, shape: tuple[int, int, int] | None = None) -> dict[str, Any]:
    """The fields of the model's config, without what the data decide, for pictures of (C, H, W)."""
    if choice.kind == "ddpm":
        widths, blocks = _UNETS[choice.size]
        longest = max(shape[1:]) if shape else 0
        return {
            "patch": next((patch for most, patch in _PATCHES if longest <= most), _PATCHES[-1][1]),
            "widths": widths,
            "blocks": blocks,
            "predicts": choice.predicts,
            "schedule": choice.schedule,
            "weighting": choice.weighting,
            "condition_dropout": choice.condition_dropout,
        }
    encoder, decoder = _WIDTHS[choice.network, choice.size]
    likelihood, learnt = LIKELIHOODS[choice.likelihood]
    return {
        "latents": choice.latents,
        "encoder": choice.network,
        "encoder_widths": encoder,
        "decoder": choice.network,
        "decoder_widths": decoder,
        "likelihood": likelihood,
        "learn_sigma": learnt,
        "encoder_features": _COLOUR_FEATURES if likelihood == "palette" else 0,
    }


def epochs_for(count: int, kind: str = "vae") -> int:
    """Passes over so many pictures that make a good beginning: few pictures have to be seen more often."""
    seen, fewest = _SEEN_BY.get(kind, (_SEEN, _FEWEST_EPOCHS))
    return min(_MOST_EPOCHS, max(fewest, round(seen / max(1, count))))


def batch_for(count: int, kind: str = "vae") -> int:
    """Pictures a step for so many in all, held-out ones included.

    Of few, more and smaller steps get further in the same time; never so many that there are not enough.
    """
    most = usual_plan(kind).batch if kind == "ddpm" else _BATCH if count >= _MANY else _BATCH // 2
    some = max(1, count // _STEPS_AN_EPOCH)
    return min(most, 1 << (some.bit_length() - 1))


def plan_for(
    kind: str,
    count: int,
    learning: int,
    *,
    parts: int = 1,
    epochs: int | None = None,
    batch: int | None = None,
) -> TrainingPlan:
    """The plan to begin with for so many pictures, of which so many are there to learn from.

    Args:
        kind: the kind of model.
        count, learning: pictures in all, and without those that are held out.
        parts: the processes that share each batch evenly.
        epochs, batch: what the person has chosen of these.
    """
    if batch is None:
        fitting = max(1, min(batch_for(count, kind), learning))
        batch = max(parts, fitting - fitting % parts)
    if epochs is None:
        epochs = epochs_for(count, kind)
    return with_fitting_warmup(replace(usual_plan(kind), epochs=epochs, batch=batch), learning)


def with_fitting_warmup(plan: TrainingPlan, learning: int) -> TrainingPlan:
    """The plan with a warm-up that is over long before its steps are."""
    steps = plan.epochs * max(1, learning // plan.batch)
    return replace(plan, warmup_steps=min(plan.warmup_steps, steps // _WARMUP_SHARE))


def fields_for(kind: str, shape: tuple[int, int, int], given: Mapping[str, Any]) -> dict[str, Any]:
    """What to propose of a model's config for pictures of (C, H, W), beside the fields that are `given`.

    These decide what goes with them: the widths follow the networks, the rest the likelihood.
    """
    if kind == "classifier":
        return {}
    choice = replace(suited_to(shape).choice, kind=kind)
    fields = fields_of(choice, shape)
    if kind != "ddpm":
        for side, part in enumerate(("encoder", "decoder")):
            network = given.get(part, choice.network)
            if (network, choice.size) in _WIDTHS:
                fields[f"{part}_widths"] = _WIDTHS[network, choice.size][side]
        likelihood = given.get("likelihood", fields["likelihood"])
        fields["learn_sigma"] = likelihood == "gaussian" and "sigma" not in given
        fields["encoder_features"] = _COLOUR_FEATURES if likelihood == "palette" else 0
    return {name: value for name, value in fields.items() if name not in given}


def few_in_words(learning: int, unknown: int = 0) -> str:
    """What to keep in mind with so many pictures to learn from; "" if there are many, or it is not known.

    `unknown` are the pictures beside them that are not learnt from, for what the model is told of them is not
    known.
    """
    return " ".join(filter(None, (_unknown_in_words(learning, unknown), _few_in_words(learning))))


def _unknown_in_words(learning: int, unknown: int) -> str:
    if not unknown:
        return ""
    return (
        f"Of the {learning + unknown:,} training pictures {unknown:,} "
        f"{'is' if unknown == 1 else 'are'} left out, because the class or the attributes that "
        "this model needs are not known there."
    )


def _few_in_words(learning: int) -> str:
    if not 0 < learning < FEW_PICTURES:
        return ""
    return (
        f"{learning} pictures are few: a model soon knows them by heart (overfitting). Watch the figures of "
        "the held-out pictures, and stop when these get worse."
    )


def too_few_in_words(count: int) -> str:
    """Why so many pictures in all, held-out ones included, are no data set; "" if they are enough, or if it
    is not known (0)."""
    if not 0 < count < FEWEST_PICTURES:
        return ""
    return f"{count} {'picture is' if count == 1 else 'pictures are'} too few to train on. {_NEEDED}."


def require_enough(learning: int, held_out: int, name: str) -> None:
    """Refuses a data set of too few pictures to train on.

    Raises:
        LabError: saying how many there are and how many are needed.
    """
    if learning + held_out < FEWEST_PICTURES:
        raise LabError(f"{name} has {learning + held_out} pictures, too few to train on", hint=_NEEDED)
    if learning < 2:
        raise LabError(
            f"of the {learning + held_out:,} pictures of {name} only {learning} is there to learn from, "
            f"{held_out:,} are held out",
            hint="Move some of those that are for testing to those for training",
        )


def of_kind(plan: TrainingPlan, kind: str) -> TrainingPlan:
    """A plan for another kind of model: what means nothing to it, or is never asked, as is usual there."""
    usual = usual_plan(kind)
    nothing = [field.name for field in fields(plan) if not means_something(field.name, kind)]
    names = ("gradient_norm", "weight_decay", *nothing)
    return replace(plan, **{name: getattr(usual, name) for name in names})


def suited_to(shape: tuple[int, int, int]) -> Preset:
    """The preset to begin with for pictures of (C, H, W)."""
    return PRESETS[0] if shape[0] == 1 else _COLOUR
