#!/usr/bin/env bash
# For development: builds, serves at http://127.0.0.1:8080 and builds again at each change, with `cargo leptos watch`.
# Options for it may follow. cargo-leptos itself is not installed here: it takes ten to twenty minutes to compile.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

have cargo-leptos || die "cargo-leptos is missing: run 'cargo install cargo-leptos --version 0.3.10 --locked'"
scripts/setup.sh run
node scripts/site/watched.mjs
# It takes sass from the PATH before it downloads one. Pages are split even here: a lazy route does not link without.
PATH=$ROOT/scripts/node_modules/.bin:$PATH SQLX_OFFLINE=true exec cargo leptos watch --split "$@"
