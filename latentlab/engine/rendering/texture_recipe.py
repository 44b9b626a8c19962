"""How a texture is asked for: its model, size and seed. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from latentlab.errors import LabError

MODELS = ("rpn", "adsn")
TITLES = {"rpn": "random phase noise", "adsn": "asymptotic discrete spot noise"}
LEAST_SIDE, LARGEST_SIDE = 8, 4096


@dataclass(frozen=True)
class TextureRecipe:
    """How a texture is drawn.

    Attributes:
        model: "rpn", random phase noise, or "adsn", asymptotic discrete spot noise.
        size: rows and columns.
        seed: of the phases, or of the noise.
        amount: of the random phases, 0 to 1: at 0 the picture's own are left; for "rpn".
        toward: the share of the way to the texture of a second picture, 0 to 1; drawn as "adsn".

    Raises:
        LabError: for anything out of range.
    """

    model: str = "rpn"
    size: tuple[int, int] = (512, 512)
    seed: int = 0
    amount: float = 1.0
    toward: float = 0.0

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise LabError(f"the model of a texture is {self.model[:20]!r}, expected rpn or adsn")
        for side in self.size:
            if not LEAST_SIDE <= side <= LARGEST_SIDE:
                raise LabError(f"a texture has sides of {LEAST_SIDE} to {LARGEST_SIDE} pixels, not {side}")
        for name, share in (("amount", self.amount), ("toward", self.toward)):
            if not 0.0 <= share <= 1.0:
                raise LabError(f"the {name} of a texture is {share}, expected a number from 0 to 1")
