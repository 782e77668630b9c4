"""Write a made-up incident to a scenario file: ``python -m scenarios.generator 7 --kind provider incident.yml``."""

import argparse
import sys
from pathlib import Path

from scenarios.generator.draft import Unfit
from scenarios.generator.incident import KINDS, LARGEST, SMALLEST, make_up
from scenarios.generator.writing import write


def main() -> int:
    """Make it up and write it; return 1 where that can't be."""
    parser = argparse.ArgumentParser(prog="python -m scenarios.generator", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("file", type=Path, help="a new file; its name should end with .yml")
    parser.add_argument("--kind", choices=KINDS, help="what goes wrong; left out: the seed decides")
    parser.add_argument("--services", type=int, help=f"{SMALLEST} to {LARGEST}; left out: the seed decides")
    wishes = parser.parse_args()
    if wishes.services is not None and not SMALLEST <= wishes.services <= LARGEST:
        parser.error(f"--services: {wishes.services} is not from {SMALLEST} to {LARGEST}")
    if wishes.file.suffix not in {".yml", ".yaml"}:
        parser.error(f"{wishes.file}: a scenario file's name ends with .yml")
    try:
        write(make_up(wishes.seed, wishes.kind, wishes.services), wishes.file)
    except (Unfit, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
