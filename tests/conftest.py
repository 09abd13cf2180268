"""What the tests count, told at the end of the run."""

from __future__ import annotations

from collections import Counter
from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Add up what tests recorded with ``record_property("counted", {...})``, one line for each test function."""
    counted: dict[str, Counter[str]] = {}
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, value in report.user_properties:
            if name == "counted" and report.when == "call":
                counted.setdefault(report.nodeid.split("[")[0], Counter()).update(value)
    if counted:
        terminalreporter.section("counted")
    for test, counts in sorted(counted.items()):
        terminalreporter.write_line(f"{test}: " + ", ".join(f"{number} {what}" for what, number in counts.items()))
