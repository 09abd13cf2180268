"""``python -m cleanpage`` is the command ``cleanpage``."""

from __future__ import annotations

import sys

from cleanpage.cli import command

sys.exit(command())
