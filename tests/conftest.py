"""For all tests: nothing that `script/setup test` installs may be missing where `script/test` runs them."""

from __future__ import annotations

import os
import re
from collections.abc import Generator

import pytest

MISSING = re.compile(r"\bnot installed\b|\bcould not import\b|\bNo module named\b")
"""What the reason of a skip says where a package or a program is missing; missing data is not meant."""

Report = pytest.TestReport | pytest.CollectReport


def pytest_report_header() -> list[str]:
    return ["a missing package or program fails the tests that need it"] if _strict() else []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Report, Report]:
    return _judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Report, Report]:
    return _judged((yield))


def _strict() -> bool:
    return os.environ.get("MYNAH_TESTS_MISSING") == "fail"


def _judged(report: Report) -> Report:
    """A skip for what is missing, as a failure where `script/test` asks for it."""
    if _strict() and report.skipped and isinstance(report.longrepr, tuple):
        file, line, reason = report.longrepr
        if MISSING.search(reason):
            report.outcome = "failed"
            report.longrepr = f"{file}:{line}: {reason.removeprefix('Skipped: ')} (script/setup test)"
    return report
