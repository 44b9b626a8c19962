"""No test sees what another has opened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from latentlab.data import opening


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    opening.forget()
    yield
    opening.forget()
