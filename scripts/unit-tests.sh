#!/usr/bin/env bash
# Checks that .sqlx describes the queries, and runs `cargo test` with the options given; both also when one fails.
# Needs TEST_POSTGRES_URL, as scripts/postgres.sh sets it.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

failed=0
scripts/sqlx-prepare.sh --check || failed=1
cargo test --locked --no-fail-fast "$@" || failed=1
exit "$failed"
