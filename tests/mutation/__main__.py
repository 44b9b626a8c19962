"""The campaign by hand: a table of readers, files, refused, opened and faults; the faults in full below."""

from __future__ import annotations

import argparse
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import torch

from tests.mutation.campaign import run


def main() -> int:
    """The number of readers with a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--files", type=int, default=3000, help="damaged files for each reader")
    parser.add_argument("--reader", action="append", default=[], help="only readers whose name begins so")
    parser.add_argument("--seed", type=int, default=0, help="the same seed makes the same files")
    parser.add_argument("--only", type=int, help="the file of this number alone")
    parser.add_argument("--show", type=int, default=5, help="how many faults of each reader to print in full")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    heads = ("reader", "files", "refused", "opened", "faults", "s", "slowest", "MiB")
    print("{:12} {:>7} {:>8} {:>7} {:>7} {:>7} {:>8} {:>6}".format(*heads))
    bad = 0
    for tally in run(chosen.reader, chosen.files, chosen.seed, chosen.only):
        print(
            f"{tally.reader:12} {tally.files:7,} {tally.refused:8,} {tally.opened:7,} {len(tally.faults):7,} "
            f"{tally.seconds:7.1f} {tally.slowest:8.2f} {tally.growth >> 20:6,}",
            flush=True,
        )
        bad += bool(tally.faults)
        for number, fault in tally.faults[: chosen.show]:
            print(f"--- {tally.reader} --only {number}\n{fault}", file=sys.stderr)
    return bad


if __name__ == "__main__":
    sys.exit(main())
