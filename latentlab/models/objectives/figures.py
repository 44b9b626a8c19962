"""The figures of the shared objectives. Torch-free, for specs, forms, charts and logs."""

from __future__ import annotations

from latentlab.core.figures import ChartSpec, Figures, FigureSpec, FiguresSpec, SeriesSpec

_LINE = "The line follows the pictures that are learnt from, the dots are held-out pictures after each epoch."

ELBO = FiguresSpec(
    figures=(
        FigureSpec("elbo", "ELBO", "nats", "higher", "reconstruction − KL, a lower bound of log p(x)"),
        FigureSpec("reconstruction", "Reconstruction", "nats", "higher", "log p(x|z) of the picture's own z"),
        FigureSpec("kl", "KL", "nats", "", "how much z says of a picture: KL(q(z|x) || p(z))"),
    ),
    series=(
        SeriesSpec(
            "kl_per_dimension",
            "KL of each latent dimension",
            "nats",
            help="How much each latent dimension says of a picture, in nats. A dimension at 0 says nothing: "
            "its posterior is the prior for every picture.",
            along="latent dimension",
            symbol="KL",
            tag="z{n}",
            label="z{n}",
            unused_below=0.01,
            unused_help="at beta {beta:g} they cost more than they are worth. A lower beta may bring them "
            "back.",
            waiting="KL of each dimension, once a training runs",
            least_top=0.1,
            logged=False,
            widget="klBars",
        ),
    ),
    charts=(
        ChartSpec("ELBO, nats", "elbo", rises=True),
        ChartSpec("Reconstruction", "reconstruction", rises=True),
        ChartSpec("KL", "kl", foot=0.0, rises=True),
    ),
    help=f"ELBO = reconstruction − KL, in nats per picture; higher is better. {_LINE}",
    waiting="The curves of the training will be here: ELBO, reconstruction and KL.",
    line="ELBO {elbo:.2f} = {reconstruction:.2f} - {kl:.2f}",
    result="test ELBO {elbo:.3f} nats per picture",
    by_beta=True,
)

RECONSTRUCTION = FiguresSpec(
    figures=(
        FigureSpec(
            "reconstruction", "Reconstruction", "nats", "higher", "log p(x|z) at the picture's own code"
        ),
    ),
    charts=(ChartSpec("Reconstruction, nats", "reconstruction", rises=True),),
    help=f"log p(x|z), in nats per picture, of each picture given its own code; higher is better. {_LINE}",
    waiting="The curve of the training will be here: the reconstruction.",
    line="reconstruction {reconstruction:.2f}",
    result="test reconstruction {reconstruction:.3f} nats per picture",
    unlisted=("elbo", "kl"),
)

DENOISING = FiguresSpec(
    figures=(
        FigureSpec("loss", "Loss", "", "lower", "the squared error of what the network predicts, a number"),
    ),
    series=(
        SeriesSpec(
            "loss_per_level",
            "Loss at each noise level",
            better="lower",
            help="The loss for each part of the way from a picture (1) to noise (the last). The bars are the "
            "pictures that are learnt from, the dashes held-out ones after the last epoch: dashes far above "
            "their bars say that pictures are learnt by heart.",
            along="noise",
            symbol="Loss",
            label="Noise level {n} of {count}",
            ends=("little", "much"),
            ends_help=("least noise", "most noise"),
            waiting="Loss at each noise level, once a training runs",
            smoothing=0.03,
            widget="levelBars",
        ),
    ),
    charts=(
        ChartSpec("Loss", "loss", log=True),
        ChartSpec("Loss, noise:", "loss_per_level", ("little", "some", "much"), log=True),
    ),
    help="The squared error of what the network predicts, a number of a picture; lower is better. "
    f"{_LINE} The line is a moving mean, for each batch draws other noise. Little, some and much noise are "
    "the thirds of the way from a picture to noise.",
    waiting="The curves of the training will be here: the loss, whole and for little, some and much noise.",
    line="loss {loss:.5f}",
    result="test loss {loss:.5f}",
    smoothing=0.03,
)

LABELS = FiguresSpec(
    figures=(
        FigureSpec("accuracy", "Share right", "", "higher", "the share of answers that are right"),
        FigureSpec("loss", "Loss", "nats", "lower", "−log of the right answer's probability"),
    ),
    charts=(ChartSpec("Loss, nats", "loss", log=True), ChartSpec("Share right", "accuracy", rises=True)),
    help=f"The loss is −log of the probability that the right answer was given; lower is better. {_LINE}",
    waiting="The curves of the training will be here: the loss, and the share of answers that are right.",
    line="{accuracy:.2%} right, loss {loss:.4f}",
    result="{accuracy:.2%} of the test pictures right",
    smoothing=0.03,
)


def elbo_figures(reconstruction: float, kl_per_dimension: tuple[float, ...] = ()) -> Figures:
    """Means over some pictures, in nats per picture."""
    kl = sum(kl_per_dimension)
    values = {"elbo": reconstruction - kl, "reconstruction": reconstruction, "kl": kl}
    return Figures(values, {"kl_per_dimension": kl_per_dimension}, ELBO)


def reconstruction_figures(reconstruction: float) -> Figures:
    """The mean of log p(x|z) over some pictures, in nats per picture.

    Version 0.1 called it an ELBO with a KL of 0, and files and JSON keep these names.
    """
    return Figures({"elbo": reconstruction, "reconstruction": reconstruction, "kl": 0.0}, {}, RECONSTRUCTION)


def denoising_figures(loss: float, per_level: tuple[float, ...] = ()) -> Figures:
    """Means over some pictures of a denoiser's squared error, per number of a picture.

    `per_level` splits the times 1 .. T into equal parts, the least noise first; NaN where none was drawn.
    """
    return Figures({"loss": loss}, {"loss_per_level": per_level}, DENOISING)


def label_figures(loss: float, accuracy: float) -> Figures:
    """Means over some pictures of a classifier: cross-entropy in nats, and accuracy."""
    return Figures({"accuracy": accuracy, "loss": loss}, {}, LABELS)
