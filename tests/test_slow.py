"""The fast tier: what takes most of the time is left out of it, and it can be measured anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import slow
from tests.slow import listed, slowest

_ROOT = Path(__file__).parents[1]


def test_that_the_fewest_tests_are_left_out_and_the_cases_of_one_count_together() -> None:
    seconds = {
        "tests/a.py::one[0]": 2.0,
        "tests/a.py::one[1]": 2.0,
        "a.py::two": 3.0,
        "b.py::three": 0.5,
        "b.py::four": 0.1,
    }
    assert slowest(seconds, left=1.0) == ["a.py::one", "a.py::two"]
    assert slowest(seconds, left=3.6) == ["a.py::one"]
    assert slowest(seconds, left=100.0) == []


def test_that_what_is_listed_is_marked_and_nothing_else(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(_ROOT))
    listing = pytester.path / "slow.txt"
    listing.write_text("# a comment\ntest_some.py::test_long\n", encoding="utf-8")
    pytester.makeconftest(
        f"""
        from pathlib import Path
        from tests import slow

        slow.LIST = Path({str(listing)!r})

        def pytest_collection_modifyitems(items):
            slow.mark_slow(items)
        """
    )
    pytester.makeini("[pytest]\nmarkers = slow: takes long")
    pytester.makepyfile(
        test_some="""
        import pytest

        @pytest.mark.parametrize("case", [1, 2])
        def test_long(case): pass

        def test_longer(): pass
        """
    )
    run = pytester.runpytest_subprocess("-m", "not slow", timeout=60)
    run.assert_outcomes(passed=1, deselected=2)


def test_that_a_run_notes_how_long_each_test_took(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_some="import time\ndef test_long(): time.sleep(0.05)\ndef test_short(): pass")
    stopwatch = slow.Stopwatch()
    pytester.inline_run(plugins=[stopwatch])
    assert set(stopwatch.seconds) == {"test_some.py::test_long", "test_some.py::test_short"}
    assert stopwatch.seconds["test_some.py::test_long"] >= 0.05


def test_that_most_of_the_list_is_still_there() -> None:
    """A test that was renamed costs the fast tier a little; many cost its minute."""
    gone = [name for name in listed() if not _is_there(*name.split("::"))]
    assert len(listed()) > 50
    assert len(gone) <= 0.1 * len(listed()), f"run `python -m tests.slow`; gone are {gone}"


def _is_there(file: str, function: str) -> bool:
    found = (_ROOT / "tests").rglob(file)
    return any(f"def {function}(" in path.read_text(encoding="utf-8") for path in found)
