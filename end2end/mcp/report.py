"""Counting checks, and saying what failed."""

from __future__ import annotations

import sys
import traceback
from contextlib import contextmanager
from typing import Iterator


class Report:
    """One line for each failure, one for each section, and the closing line."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0
        self.skipped = 0

    def check(self, holds: bool, what: str) -> None:
        """Counts one check."""
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what}", flush=True)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """A section that cannot go on is one failure, and the others still run."""
        before = self.passed + self.failed
        print(f"-- {name}", flush=True)
        try:
            yield
        except Exception as error:  # noqa: BLE001
            traceback.print_exception(error, limit=-4, file=sys.stdout)
            self.check(False, f"{name}: stopped by {type(error).__name__}")
        print(f"   {self.passed + self.failed - before} checks", flush=True)

    def close(self) -> int:
        """Prints the closing line; gives the exit code."""
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed else 0
