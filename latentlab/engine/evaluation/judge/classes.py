"""What a classifier sees in samples: whether they are as asked, and how evenly the classes come.

    as asked   share of samples that show the class, or all attributes, that they were drawn under
    evenness   1 - 1/2 sum_c |p_c - q_c|, p of the samples and q of the training pictures, both as the
               classifier sees them, so that its own mistakes cancel; of attributes 1 - mean_a |p_a - q_a|

The floor is what the classifier says of held-out pictures.
"""

from __future__ import annotations

from collections.abc import Generator

import torch
from torch import Tensor, nn

from latentlab.core.judgement import Behind
from latentlab.engine.attributes.conditions import conditions_of, known_to
from latentlab.engine.evaluation.judge.compared import SHOWN, Figure, share
from latentlab.engine.evaluation.judge.store import OF_DATA, Store
from latentlab.engine.evaluation.judge.subject import Subject
from latentlab.engine.evaluation.reference import spread
from latentlab.models.base import Classifies, conditional

_AT_ONCE = 500
_BOOTSTRAPS = 200


def seen(subject: Subject, pictures: Tensor) -> Generator[float, None, Tensor]:
    """What the classifier sees in uint8 pictures, 0 or 1, (N, A); yields the share done."""
    model = _classifier_of(subject)
    assert isinstance(model, nn.Module)
    device, parts = next(model.parameters()).device, []
    for some in pictures.split(_AT_ONCE):
        with torch.inference_mode():
            logits = model.logits(some.to(device).float() / 255.0).cpu()
        one_hot = nn.functional.one_hot(logits.argmax(1), logits.shape[1])
        parts.append((one_hot if model.exclusive else logits > 0.0).to(torch.uint8))
        yield sum(map(len, parts)) / len(pictures)
    return torch.cat(parts)


def frequencies(subject: Subject, store: Store) -> Generator[float, None, Tensor]:
    """How often each class (or attribute) comes in the training pictures, as seen, float64 (A,)."""
    kept = store.tensors(OF_DATA, "frequencies")
    if kept is None:
        every = yield from seen(subject, subject.train.images)
        kept = {"shares": every.double().mean(0)}, 0.0
        store.keep_tensors(OF_DATA, "frequencies", *kept)
    return kept[0]["shares"]


def evenness(subject: Subject, shown: Tensor, shares: Tensor, seed: int) -> Figure:
    """Of what is seen in samples (N, A), against the training pictures' `shares` (A,)."""
    exclusive = _classifier_of(subject).exclusive
    stream, bits = torch.Generator().manual_seed(seed), shown.double()

    def figure(rows: Tensor) -> Tensor:
        apart = (rows.mean(0) - shares).abs()
        return 1.0 - (0.5 * apart.sum() if exclusive else apart.mean())

    draws = [torch.randint(len(bits), (len(bits),), generator=stream) for _ in range(_BOOTSTRAPS)]
    error = float(torch.stack([figure(bits[chosen]) for chosen in draws]).std())
    first = Behind("samples", tuple(range(min(SHOWN, len(bits)))), "the first samples")
    return Figure(float(figure(bits)), error, first)


def as_asked(subject: Subject, model: object, shown: Tensor, y: Tensor) -> Figure | str:
    """Whether samples show their conditions y (N, A); a sentence where the classifier does not know these."""
    told, classifier = conditional(model), _classifier_of(subject)
    assert told is not None
    unknown = [name for name in told.condition_names if name not in classifier.class_names]
    if unknown or told.exclusive != classifier.exclusive:
        return (
            f"the classifier does not know {unknown[0]!r}" if unknown else "the classifier knows other things"
        )
    columns = torch.tensor([classifier.class_names.index(name) for name in told.condition_names])
    right = (shown[:, columns] == (y > 0.5)).all(1)
    wrong = tuple((~right).nonzero().squeeze(1)[:SHOWN].tolist())
    return share(right.double(), Behind("samples", wrong, "samples that are not as asked"))


def held_out(
    subject: Subject, count: int, shares: Tensor, seed: int
) -> Generator[float, None, dict[str, Figure]]:
    """The floors: of `count` held-out pictures, as if they were samples under their own conditions."""
    classifier = _classifier_of(subject)
    shown = yield from seen(subject, spread(subject.test.images, count))
    found = {"evenness": evenness(subject, shown, shares, seed)}
    known = known_to(classifier, subject.test)
    y = conditions_of(classifier, known)
    if y is not None and len(known):
        shown = yield from seen(subject, spread(known.images, count))
        right = (shown == (spread(y, count) > 0.5)).all(1)
        found["as_asked"] = share(right.double())
    return found


def _classifier_of(subject: Subject) -> Classifies:
    assert subject.classifier is not None
    assert isinstance(subject.classifier.model, Classifies)
    return subject.classifier.model
