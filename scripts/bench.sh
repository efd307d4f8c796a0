#!/usr/bin/env bash
# Measures the release build beside bare servers, its pages, and what junk keys do to it: `make bench`, which builds it first.
# The figures are printed and kept in target/bench.json; a goal that is missed fails. See tools/bench/README.md.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

app=target/release/orderdesk-mcp
[ -x "$app" ] || die "$app is missing: run 'make build', or 'make bench', which does that first"
say "bench: building the measuring program"
cargo build --release --quiet --target-dir target -p bench
say "bench: building the product once more, without recording"
cargo build --release --quiet --target-dir target -p bench --bin unrecorded --features unrecorded

options=(--app "$app" --out target/bench.json)
[ -d target/site ] && options+=(--site target/site)
say "bench: measuring, about six minutes; other programs should rest"
failed=0
# The others are measured also when one misses a goal.
target/release/bench run "${options[@]}" || failed=1
target/release/bench recording --without target/release/unrecorded "${options[@]}" || failed=1
target/release/bench pages "${options[@]}" || failed=1
target/release/bench flood "${options[@]}" || failed=1
exit "$failed"
