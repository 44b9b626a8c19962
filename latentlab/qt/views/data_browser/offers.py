"""What of the pictures can be saved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentlab.qt.export.selection_dialog import Offer
from latentlab.session import groups
from latentlab.session.picture_rows import PictureRows
from latentlab.session.state import SessionState


def offers(
    rows: PictureRows, chosen: NDArray[np.int32], shown: NDArray[np.int32], state: SessionState | None
) -> list[Offer]:
    """The selections that are not empty, the likeliest first.

    Args:
        rows: all pictures.
        chosen, shown: the numbers of those that are selected, and of those that no filter hides.
        state: the session, if the groups are of these pictures.
    """
    found = [Offer("Selected picture" if len(chosen) == 1 else "Selected pictures", rows, chosen)]
    if state is not None:
        for group in groups.GROUPS:
            numbers = np.array(groups.members(state, group), dtype=np.int32)
            found.append(Offer(f"Group {group.upper()}", rows, numbers))
    if len(shown) < len(rows):
        found.append(Offer("Pictures found", rows, shown))
    found.append(Offer("All pictures", rows, np.arange(len(rows), dtype=np.int32)))
    return [one for one in found if len(one.numbers)]
