"""The Inspector's command line, as a second opinion on schemas and on both eras."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from programs import Product
from report import Report

TIMEOUT_S = 60
# Its exit codes.
OK, NEEDS_KEY, TOOL_ERROR = 0, 3, 5


def check(report: Report, node: list[str], inspector: Path, product: Product, folder: Path) -> None:
    """Lists strictly, calls well and badly, in the eras the Inspector speaks."""
    env = os.environ | {
        "HOME": str(folder),
        "MCP_INSPECTOR_SECRET_STORE": "memory",
    }
    config = folder / "servers.json"
    config.write_text(json.dumps({"mcpServers": {
        era: {
            "type": "streamable-http",
            "url": product.url,
            "headers": {"Authorization": f"Bearer {product.read_key}"},
            "protocolEra": era,
        }
        for era in ("legacy", "auto", "modern")
    }}))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*node, str(inspector), "--cli", *arguments, "--format", "json"], env=env, cwd=folder,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)

    for era in ("legacy", "auto", "modern"):
        with report.section(f"inspector, {era}"):
            server = ("--config", str(config), "--server", era)
            listed = run(*server, "--method", "tools/list", "--strict")
            report.check(listed.returncode == OK, f"tools/list --strict: {listed.returncode} {listed.stderr[-800:]}")
            report.check("warning" not in listed.stderr.lower(), f"tools/list --strict warns: {listed.stderr[-800:]}")
            names = [tool["name"] for tool in json.loads(listed.stdout)["result"]["tools"]]
            report.check("orders_list" in names and "stores_delete" not in names, f"a read key sees {names}")
            good = run(*server, "--method", "tools/call", "--tool-name", "stores_list")
            report.check(good.returncode == OK, f"a good call: {good.returncode} {good.stderr[-400:]}")
            bad = run(*server, "--method", "tools/call", "--tool-name", "orders_get", "--tool-arg", "order_id=\"../x\"")
            report.check(bad.returncode == TOOL_ERROR, f"a bad call: {bad.returncode} {bad.stderr[-400:]}")

    with report.section("inspector, without a key"):
        refused = run(product.url, "--transport", "http", "--method", "tools/list")
        report.check(refused.returncode == NEEDS_KEY, f"no key: {refused.returncode} {refused.stderr[-400:]}")
