"""Starts the server; works as `python3 tests/support/fake_alpaca` and as `python3 -m fake_alpaca`."""

import sys
from pathlib import Path

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from fake_alpaca.server import main

sys.exit(main(sys.argv[1:]))
