"""`script/fuzz --payloads N --seed S`: see `tests.fuzz.run`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from tests.fuzz.run import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/fuzz", description=__doc__)
    parser.add_argument("--payloads", type=int, default=200_000, help="messages that come in (200,000)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(json.dumps(asdict(run(options.payloads, options.seed))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
