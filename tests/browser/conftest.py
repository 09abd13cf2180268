"""Tests that ask a browser: run where Chromium is installed, and at length only when asked for by ``-m browser``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser.chromium import Chromium, installed


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: asks headless Chromium, for minutes; run by -m browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """A running browser; skips where there is none."""
    path = installed()
    if path is None:
        pytest.skip("no chromium here; on Debian: apt-get install chromium")
    with Chromium(path) as running:
        yield running


@pytest.fixture(autouse=True)
def _asked_for(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("browser") and "browser" not in str(request.config.option.markexpr):
        pytest.skip("asks a browser for minutes: run it by pytest -m browser")
