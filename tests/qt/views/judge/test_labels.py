"""Names of points in a chart: none covers another, and what stands apart has a line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from latentlab.qt.views.judge.labels import leader, placed

ROOM = (300.0, 200.0)
PLACES = st.tuples(st.floats(0.0, 300.0), st.floats(0.0, 200.0))


def boxes(found: list[tuple[float, float] | None], size: tuple[float, float]):
    return [(x, y, x + size[0], y + size[1]) for x, y in filter(None, found)]


@given(st.lists(PLACES, max_size=12))
def test_that_no_label_covers_another_or_leaves_the_chart(points: list[tuple[float, float]]) -> None:
    size = (80.0, 14.0)
    found = placed(points, [size] * len(points), ROOM)
    inside = boxes(found, size)
    for number, (left, top, right, bottom) in enumerate(inside):
        assert left >= 0.0
        assert top >= 0.0
        assert right <= ROOM[0]
        assert bottom <= ROOM[1]
        for other in inside[:number]:
            across = min(right, other[2]) - max(left, other[0])
            down = min(bottom, other[3]) - max(top, other[1])
            assert across <= 0.0 or down <= 0.0


def test_that_ten_points_in_one_heap_have_all_their_names_and_lines_to_some() -> None:
    points = [(150.0 + 3.0 * (number % 3), 100.0 + 2.0 * number) for number in range(10)]
    size = (70.0, 13.0)
    found = placed(points, [size] * 10, ROOM)
    assert None not in found
    ends = [leader(at, corner, size) for at, corner in zip(points, found, strict=True) if corner]
    assert any(end is not None for end in ends)
    assert any(end is None for end in ends)


def test_that_a_lone_label_stands_right_beside_its_point() -> None:
    ((x, y),) = (corner for corner in placed([(100.0, 100.0)], [(60.0, 12.0)], ROOM) if corner)
    assert (x, y) == (109.0, 94.0)
    assert leader((100.0, 100.0), (x, y), (60.0, 12.0)) is None


def test_that_a_label_keeps_off_a_line_through_the_chart() -> None:
    line = (0.0, 99.0, 300.0, 101.0)
    ((_, y),) = (corner for corner in placed([(100.0, 100.0)], [(60.0, 12.0)], ROOM, [line]) if corner)
    assert y + 12.0 <= 99.0 or y >= 101.0
