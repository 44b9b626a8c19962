"""Where a made picture comes from: the training pictures nearest to it, and whether it is a copy of one.

    d_1(x)      distance to the nearest training picture, d_2 ... d_50 to the next ones
    alone(x)    d_1 / mean(d_2 ... d_50): small where one training picture is much nearer than all others
    copy        d_1(x) and alone(x) are both as small as in at most 1 of 100 held-out pictures

Held-out pictures are no copies, so they say how near real pictures come to each other. The distance alone
does not do: blurred and plain pictures lie near many training pictures without being copies of one. At most
one in a hundred pictures that are as good as held-out ones is called a copy by chance.

Distances are measured in a space: the pixels (root mean square difference, 0 to 1), or the features of a
classifier (Euclidean), where pictures are near that show alike things. A copy is one in the pixels.

Sources: the ratio to the other neighbours follows Carlini et al., Extracting Training Data from Diffusion
Models (2023), section 4.2; the interval of a share is Wilson's (1927), eq. 4.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from latentlab.core.neighbours import Embed, nearest, search
from latentlab.errors import LabError
from latentlab.models.base import Classifies

PIXELS, FEATURES = "pixels", "features"
# The nearest ones that are shown, those that count for `alone`, and the held-out pictures compared.
SHOWN, _CROWD, HELD_OUT = 6, 50, 1000
# At most this share of held-out pictures would count as copies, and a model with more than that one copies.
CHANCE, _COPIER = 0.01, 0.05
_AT_ONCE = 250
_Z = 1.96


@dataclass(frozen=True)
class Origin:
    """The training pictures nearest to one picture, in one space.

    Attributes:
        space: "pixels" or "features".
        numbers: of the nearest training pictures (their index in the training split), nearest first.
        distances: to them, in the space's unit.
        held_out: how many held-out pictures it is compared with.
        as_near: how many of them lie as near to a training picture, or nearer.
        as_alone: how many of them have one as far ahead of all others.
    """

    space: str
    numbers: tuple[int, ...]
    distances: tuple[float, ...]
    held_out: int
    as_near: int
    as_alone: int

    @property
    def share(self) -> float:
        """The share of held-out pictures that lie as near to a training picture; NaN without any."""
        return self.as_near / self.held_out if self.held_out else math.nan

    @property
    def copy(self) -> bool:
        """Whether it is a copy of `numbers[0]`; never without held-out pictures to compare with."""
        most = CHANCE * self.held_out
        return self.held_out > 0 and self.as_near <= most and self.as_alone <= most


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Training pictures as points of a space, and how near held-out pictures come to them; made by `of`.

    Attributes:
        space: "pixels" or "features".
        train: (M, ...), of which `embed` makes points.
        point: makes points, (N, D), of uint8 pictures (N, C, H, W).
        near, alone: d_1 and d_1 / mean(d_2 ... d_50) of the held-out pictures, ascending.
    """

    space: str
    train: Tensor = field(repr=False)
    embed: Embed = field(repr=False)
    point: Embed = field(repr=False)
    near: Tensor = field(repr=False)
    alone: Tensor = field(repr=False)

    @classmethod
    def of(cls, train: Tensor, held_out: Tensor, classifier: nn.Module | None = None) -> Surroundings:
        """Of uint8 pictures, (M, C, H, W) each; in pixels, or in the features of a classifier.

        Of more than 1,000 held-out pictures, 1,000 spread over all are taken.

        Raises:
            LabError: if there are no training pictures.
        """
        *_, last = cls.made(train, held_out, classifier)
        assert isinstance(last, Surroundings)
        return last

    @classmethod
    def made(
        cls,
        train: Tensor,
        held_out: Tensor,
        classifier: nn.Module | None = None,
        features: Tensor | None = None,
    ) -> Iterator[float | Surroundings]:
        """The same in pieces of work: yields the share done, at the end the surroundings.

        `features` are those of the training pictures, (M, F), if they are known.

        Raises:
            LabError: if there are no training pictures.
        """
        if not len(train):
            raise LabError("there are no training pictures to compare with")
        if len(held_out) > HELD_OUT:
            held_out = held_out[torch.linspace(0, len(held_out) - 1, HELD_OUT).round().long()]
        space, rows, begun = PIXELS, train, 0.0
        embed: Embed = as_pixels
        point: Embed = as_pixels
        if classifier is not None:
            # Kept as points: they are smaller than the pictures, and take long to compute.
            space, parts = FEATURES, []
            embed, point = torch.Tensor.float, functools.partial(features_of, classifier)
            for some in () if features is not None else train.split(_AT_ONCE):
                parts.append(point(some))
                begun = 0.9 * min(1.0, len(parts) * _AT_ONCE / len(train))
                yield begun
            rows = torch.cat(parts) if features is None else features
        distances = torch.empty(0, 1)
        if len(held_out):
            for told in search(point(held_out), rows, _CROWD, embed):
                if isinstance(told, float):
                    yield begun + (1.0 - begun) * told
                else:
                    distances = told[0]
        near, alone = distances[:, 0].sort().values, _alone(distances).sort().values
        yield cls(space, rows, embed, point, near, alone)

    def origins(self, pictures: Tensor) -> list[Origin]:
        """Where pictures come from; uint8 (N, C, H, W)."""
        found: list[Origin] = []
        for some in pictures.split(_AT_ONCE):
            distances, numbers = nearest(self.point(some), self.train, _CROWD, self.embed)
            as_near = torch.searchsorted(self.near, distances[:, 0].contiguous(), right=True)
            as_alone = torch.searchsorted(self.alone, _alone(distances), right=True)
            found += [
                Origin(
                    self.space,
                    tuple(numbers[row, :SHOWN].tolist()),
                    tuple(distances[row, :SHOWN].tolist()),
                    len(self.near),
                    int(as_near[row]),
                    int(as_alone[row]),
                )
                for row in range(len(some))
            ]
        return found


@dataclass(frozen=True)
class Copies:
    """How many of a model's pictures are copies.

    Attributes:
        pictures, copies: how many there are, and how many of them are copies.
        held_out: how many held-out pictures they are compared with; without any, no copy is found.
        low, high: the 95 % interval of the share of copies.
    """

    pictures: int
    copies: int
    held_out: int
    low: float
    high: float

    @classmethod
    def among(cls, origins: Sequence[Origin]) -> Copies:
        """Counts the copies among pictures of one space."""
        copies = sum(one.copy for one in origins)
        low, high = wilson(copies, len(origins))
        return cls(len(origins), copies, min((one.held_out for one in origins), default=0), low, high)

    @property
    def share(self) -> float:
        """The share of copies; NaN of no pictures."""
        return self.copies / self.pictures if self.pictures else math.nan

    @property
    def copier(self) -> bool:
        """Whether the model copies: more than 5 % of its pictures, at the low end of the interval."""
        return self.low > _COPIER

    def in_words(self, name: str) -> str:
        """A sentence on a model called `name`."""
        if not self.held_out:
            return f"Whether {name} copies cannot be told: there are no held-out pictures to compare with."
        counted = f"{self.copies:,} of {self.pictures:,} pictures are copies of training pictures"
        if self.copier:
            return f"{name} copies: {counted} ({self.share:.0%})."
        chance = f"up to {CHANCE:.0%} are expected by chance"
        return f"{name} does not copy: {counted} ({self.share:.1%}; {chance})."


def in_words(origin: Origin) -> str:
    """What the origin of a picture means, in a sentence or two."""
    held_out, share = origin.held_out, origin.share
    like = "" if origin.space == PIXELS else " in its features"
    if not held_out:
        return "There are no held-out pictures to compare with, so whether it is a copy cannot be told."
    rarely = f"{origin.as_near:,} of {held_out:,} held-out pictures"
    come = "lies" if origin.as_near == 1 else "lie"
    if origin.copy:
        what = "A copy" if origin.space == PIXELS else "It shows what one training picture shows"
        return (
            f"{what}: {rarely} {come} as near to a training picture{like}, and all others are much farther "
            "away than this one."
        )
    if share <= CHANCE:
        return (
            f"Very near to its training pictures{like}: {rarely} {come} as near to one. But it is about as "
            "near to many of them: a plain or blurred picture rather than a copy."
        )
    if share >= 1.0 - CHANCE:
        return f"Unlike every training picture{like}: {share:.1%} of held-out pictures lie nearer to one."
    return f"No copy: {share:.0%} of held-out pictures lie as near to a training picture{like}, or nearer."


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share, `hits` of `trials`; (0, 1) of none."""
    if not trials:
        return 0.0, 1.0
    share, z2 = hits / trials, _Z * _Z / trials
    middle = (share + z2 / 2.0) / (1.0 + z2)
    half = math.sqrt(share * (1.0 - share) * z2 + z2 * z2 / 4.0) / (1.0 + z2)
    return max(0.0, middle - half), min(1.0, middle + half)


def as_pixels(pictures: Tensor) -> Tensor:
    """uint8 (N, C, H, W) as points whose distance is the root mean square difference, 0 to 1; (N, D)."""
    x = pictures.flatten(1).float()
    return x.mul_(1.0 / (255.0 * math.sqrt(x.shape[1])))


@torch.inference_mode()
def features_of(classifier: nn.Module, pictures: Tensor) -> Tensor:
    """The features of uint8 pictures (N, C, H, W), float32 (N, F) on the CPU."""
    assert isinstance(classifier, Classifies)
    device = next(classifier.parameters()).device
    parts = pictures.split(_AT_ONCE)
    return torch.cat([classifier.features(some.to(device).float() / 255.0).float().cpu() for some in parts])


def _alone(distances: Tensor) -> Tensor:
    """d_1 over the mean of the others; (N, k) -> (N,). Where there are no others, or all are at 0, 1."""
    if distances.shape[1] < 2:
        return torch.ones(len(distances))
    others = distances[:, 1:].mean(1)
    return torch.where(others > 0.0, distances[:, 0] / others.clamp(min=1e-30), 1.0)
