"""Directions steered through the decoder: what it draws decides, not where the pictures lie.

    v_k  = argmin  E_n[ l( C( decode(z_n + s_n v) ), y_n' ) ] + lambda |v|^2
    s_n  = 1 where picture n lacks attribute k, -1 where it has it
    y_n' = the attributes of n with k the other way round, and with it those that are never beside k as it
           is then: who takes the eyeglasses away takes the sunglasses away
    l    = sum_j w_j BCE(C_j, y_nj'),  w_k larger than the others;  of classes -log p_k where k is added,
           -log(1 - p_k) where it is taken away

C is a classifier that has learnt from pictures, not from the model. A direction between groups in z may cross
places where no picture lies, and the decoder draws something between a smile and none; this one is the
straight way along which the decoder's pictures change, and their other attributes do not. It begins as the
linear discriminant. Colours of a palette are drawn as they would be shown, one a pixel, and the gradient
passes as if they were blended (straight-through; Bengio et al., Estimating or propagating gradients, 2013).

Source: Jahanian, Chai & Isola, On the "steerability" of generative adversarial networks (2020), eq. 2, where
the target is a picture moved by hand; Goetschalckx et al., GANalyze (2019), eq. 1, where a network judges.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.core.likelihoods import Palette
from latentlab.data.report import shown
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.errors import LabError
from latentlab.models.base import Classifies, Decodes, HasLikelihood
from latentlab.models.capabilities import Capability
from latentlab.models.registry import how_to_train

# The longest that a picture at the probe may have to wait.
_PIECE = 24


@dataclass(frozen=True)
class Steering:
    """Hyperparameters of steering.

    Attributes:
        steps: steps of Adam; its learning rate decays to 0 along a cosine.
        pictures: for each direction in each step.
        learning_rate: in units of the prior's standard deviation.
        own_weight: w_k, the weight of the attribute itself relative to each of the others.
        penalty: lambda: without it a direction grows as long as the classifier becomes surer, and leads to
            places where the decoder draws specks.
        seed: of the pictures to learn from.
    """

    steps: int = 300
    pictures: int = 16
    learning_rate: float = 0.05
    own_weight: float = 3.0
    penalty: float = 0.02
    seed: int = 0


def steered(
    model: nn.Module,
    classifier: LoadedModel,
    z: Tensor,
    names: Sequence[str],
    a: Tensor,
    start: Tensor,
    y: Tensor | None = None,
    steering: Steering | None = None,
) -> Iterator[float | Tensor]:
    """Learns a direction for each attribute; yields the share that is done, at the end the vectors (A, D).

    Args:
        model: what decodes.
        classifier: C.
        z: encodings of the pictures to learn from, (N, D).
        names: the names of the A attributes.
        a: the attributes of each picture, bool (N, A).
        start: the initial vectors, (A, D).
        y: the condition of each for a conditional decoder, (N, C).

    Raises:
        LabError: for a classifier of other pictures, or that does not know an attribute.
    """
    how = steering or Steering()
    if not isinstance(model, Decodes):
        raise LabError(f"a {type(model).__name__} does not generate pictures")
    network, columns = _knowing(classifier, model, names)
    lesson = _Lesson(model, network, columns, z, a, start, y, how)
    for step in range(how.steps):
        for piece in lesson.draw():
            lesson.learn(*piece)
            yield step / how.steps
        lesson.step()
    yield lesson.vectors.detach().clone().cpu()


class _Lesson:
    """The learning problem, and what has been learnt: `vectors` (A, D).

    The caller may be in inference mode, whose tensors have no gradients: it is left here.
    """

    @torch.inference_mode(False)
    def __init__(
        self,
        model: Decodes,
        classifier: Classifies,
        columns: Tensor,
        z: Tensor,
        a: Tensor,
        start: Tensor,
        y: Tensor | None,
        how: Steering,
    ) -> None:
        device = next(model.parameters()).device if isinstance(model, nn.Module) else z.device
        self.model, self.classifier, self.how = model, classifier, how
        self.columns, self.z, self.a = (values.clone().to(device) for values in (columns, z.float(), a))
        self.y = None if y is None else y.clone().to(device)
        # Which attributes are seen beside which: (value of k, k, value of j, j).
        states = torch.stack([~self.a, self.a]).float()
        self.seen = torch.einsum("una,wnb->uawb", states, states) > 0.0
        self.vectors = start.float().clone().to(device).requires_grad_(True)
        self.vectors.grad = torch.zeros_like(self.vectors)
        self._adam = torch.optim.Adam([self.vectors], lr=how.learning_rate, betas=(0.9, 0.99))
        self._falling = torch.optim.lr_scheduler.CosineAnnealingLR(self._adam, how.steps)
        self._draws = torch.Generator().manual_seed(how.seed)

    @torch.inference_mode(False)
    def draw(self) -> list[tuple[Tensor, Tensor]]:
        """The pictures of a step in pieces: numbers (B,) and the direction that each is moved along (B,)."""
        rows = len(self.vectors) * self.how.pictures
        picked = torch.randint(len(self.z), (rows,), generator=self._draws)
        of = torch.arange(rows) % len(self.vectors)
        device = self.z.device
        return list(zip(picked.to(device).split(_PIECE), of.to(device).split(_PIECE), strict=True))

    @torch.inference_mode(False)
    @torch.enable_grad()
    def learn(self, picked: Tensor, of: Tensor) -> None:
        """Adds the gradient of a piece to that of the step."""
        (slope,) = torch.autograd.grad(self.loss(picked, of), self.vectors)
        assert self.vectors.grad is not None
        self.vectors.grad += slope / self.how.pictures

    @torch.inference_mode(False)
    @torch.no_grad()
    def step(self) -> None:
        """Takes a gradient step."""
        assert self.vectors.grad is not None
        self.vectors.grad += 2.0 * self.how.penalty * self.vectors
        self._adam.step()
        self._falling.step()
        self.vectors.grad.zero_()

    def loss(self, picked: Tensor, of: Tensor) -> Tensor:
        """The sum over pictures (B,), each along its own direction (B,)."""
        rows = torch.arange(len(of), device=of.device)
        has = self.a[picked, of]
        z = self.z[picked] + torch.where(has, -1.0, 1.0).unsqueeze(-1) * self.vectors[of]
        shown = _shown(self.model, z, None if self.y is None else self.y[picked])
        logits = self.classifier.logits(shown)[:, self.columns]
        if self.classifier.exclusive:
            log_p = functional.log_softmax(logits, -1)[rows, of]
            # log(1 - p), where p is not the only class
            log_rest = torch.log1p(-log_p.exp().clamp(max=1.0 - 1e-6))
            return -torch.where(has, log_rest, log_p).sum()
        wanted = self.a[picked].clone()
        wanted[rows, of] = ~has
        beside = self.seen[(~has).long(), of].gather(1, wanted.long().unsqueeze(1)).squeeze(1)
        wanted = torch.where(beside, wanted, ~wanted)
        errors = functional.binary_cross_entropy_with_logits(logits, wanted.float(), reduction="none")
        return errors.sum() + (self.how.own_weight - 1.0) * errors[rows, of].sum()


def _shown(model: Decodes, z: Tensor, y: Tensor | None) -> Tensor:
    """The pictures as displayed, (B, C, H, W), with a gradient."""
    if not isinstance(model, HasLikelihood):
        return model.picture_at(z, y)
    likelihood, outputs = model.likelihood, model.decode(z, y)
    if not isinstance(likelihood, Palette):
        return likelihood.picture(outputs)
    blend = likelihood.blended(outputs)
    return likelihood.picture(outputs) + blend - blend.detach()


def _knowing(loaded: LoadedModel, model: Decodes, names: Sequence[str]) -> tuple[Classifies, Tensor]:
    """The classifier, and which of its logits have these names.

    Raises:
        LabError: if it is none, or of other things.
    """
    classifier = loaded.model
    if not isinstance(classifier, Classifies):
        raise LabError(
            "is not a classifier",
            loaded.path,
            f"Train one with {how_to_train(Capability.CLASSIFIES)}",
        )
    if classifier.picture_shape != model.picture_shape:
        raise LabError("takes pictures of another shape than the model generates", loaded.path)
    unknown = [name for name in names if name not in classifier.class_names]
    if unknown:
        known = ", ".join(classifier.class_names[:12])
        raise LabError(f"does not know {shown(unknown[0])!r}", loaded.path, f"It knows {known}")
    return classifier, torch.tensor([classifier.class_names.index(name) for name in names])
