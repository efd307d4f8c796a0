"""Runs every check of the MCP door. The last line is "N passed, N failed, N skipped"."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import client
import conformance
import inspector
import programs
import proxy
from report import Report


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--program", required=True, help="the server")
    options.add_argument("--fixtures", required=True, help="the conformance server")
    options.add_argument("--node", required=True, help="Node.js 22 or newer")
    options.add_argument("--modules", required=True, type=Path, help="the folder of the npm packages")
    chosen = options.parse_args()
    node, modules = [chosen.node], chosen.modules
    suite = modules / "@modelcontextprotocol/conformance/dist/index.js"

    report = Report()
    # A path through a link would be another one in messages than the one the programs know.
    with tempfile.TemporaryDirectory(prefix="orderdesk-mcp-door-") as name, proxy.running() as stand_in:
        folder = Path(name).resolve()
        with report.section("the conformance server starts"), programs.fixtures(chosen.fixtures, folder) as url:
            conformance.fixtures(report, node, suite, url)
        with report.section("the product starts"), programs.product(chosen.program, folder, stand_in.origin) as product:
            stand_in.target, stand_in.key = product.url, product.read_key
            client.check(report, product, node, modules / "mcp-remote/dist/proxy.js", folder)
            inspector.check(report, node, modules / "@modelcontextprotocol/inspector/clients/launcher/build/index.js",
                            product, folder)
            conformance.product(report, node, suite, f"{stand_in.origin}/mcp")
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
