"""`script/faults --turns N --seed S`: see `tests.faults.run`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.faults.run import as_line, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/faults", description=__doc__)
    parser.add_argument(
        "--turns", type=int, default=1000, help="commands that are spoken (1,000, at most 5,000)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the faults and the commands")
    parser.add_argument("--keep", type=Path, help="folder in which the daemon's log is kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mynah-faults-") as folder:
        kept = options.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        figures = run(options.turns, options.seed, kept)
    print(as_line(figures))
    wrong = figures.duplicated or figures.late or figures.wrong_state or figures.turns != options.turns
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
