"""The conformance suite of the protocol, against the fixtures and against the product."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from report import Report

HERE = Path(__file__).parent
REVISIONS = ("2025-11-25", "2026-07-28")
TIMEOUT_S = 300


def fixtures(report: Report, node: list[str], suite: Path, url: str) -> None:
    """Everything a revision requires, at its own wire; nothing may fail."""
    for revision in REVISIONS:
        with report.section(f"conformance {revision}, all that is required, fixtures"):
            run(report, [*node, str(suite), "server", "--url", url, "--requirements", revision], revision, None)


def product(report: Report, node: list[str], suite: Path, url: str) -> None:
    """Every scenario; those that need fixtures are listed with the reason, and must fail as long as they are.
    How many checks pass at least is written beside them, so that a suite that skips its scenarios fails."""
    floors = json.loads((HERE / "least-passed.json").read_text(encoding="utf-8"))
    for revision in REVISIONS:
        expected = HERE / f"expected-failures-{revision}.yml"
        with report.section(f"conformance {revision}, every scenario, product"):
            command = [*node, str(suite), "server", "--url", url, "--suite", "all", "--spec-version", revision,
                       "--expected-failures", str(expected)]
            run(report, command, revision, floors[revision])


def run(report: Report, command: list[str], revision: str, least: int | None) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=TIMEOUT_S, check=False)
    totals = re.findall(r"^Total: (\d+) passed, (\d+) failed", done.stdout, re.MULTILINE)
    if not totals or done.returncode != 0:
        print(done.stdout[-6000:])
    passed, failed = map(int, totals[-1]) if totals else (0, 0)
    report.passed += passed
    # The suite's exit code also knows of expected failures that have come to pass.
    report.check(bool(totals) and done.returncode == 0, f"conformance {revision}: exit code {done.returncode}")
    if least is None:
        report.check(failed == 0, f"conformance {revision}: {failed} checks failed")
    else:
        report.check(passed >= least, f"conformance {revision}: {passed} checks passed, at least {least} must")
