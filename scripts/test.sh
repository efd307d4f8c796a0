#!/usr/bin/env bash
# Runs everything that CI runs, or only the stages named: test.sh [STAGE…]
# A failed stage does not stop the later ones, unless they need what it builds. The whole output of each stage is in
# target/test-logs/STAGE.log; the last line printed is "N passed, N failed, N skipped".
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$ROOT"
# shellcheck source=scripts/stage.sh
. scripts/stage.sh

# What `make test` runs.
DEFAULT="format types clippy docs wasm32 site unit crash build mcp browser perf shell docker"
# The test profile is cargo's dev profile throughout: the release build would double the time and test the same code.
BINARY=$ROOT/target/debug/orderdesk-mcp
# The crash harness: selected as the unit tests are, so that everything but `domain` is built already, and alone, because
# whatever is built with it has the crash points.
ARMED=(--workspace --exclude frontend --exclude wasm-split --features crash/armed --test crash)
# The queries are checked against the descriptions in .sqlx, never against whatever DATABASE_URL names.
export SQLX_OFFLINE=true
# A lock file that does not fit the manifests is a failure here, not something to mend quietly.
export CARGO_LOCKED=1

format() { cargo fmt --all --check -- --color=never; }
# The browser tests are run without being compiled, so that only this sees what their types say.
types() { (cd end2end && node_modules/.bin/tsc --noEmit); }
clippy() {
  cargo clippy --locked --workspace --exclude frontend --all-targets -- -D warnings
  cargo clippy --locked "${ARMED[@]}" -- -D warnings
}
docs() { RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps; }
wasm32() {
  # clippy is a check with lints; the web app is seen here as the browser gets it, with its feature `hydrate`.
  cargo clippy --locked --target wasm32-unknown-unknown -p frontend -p orderdesk-mcp-contract -- -D warnings
}
site() { scripts/build-site.sh; }
# All but what builds for the browser, and the splitting tool, which has no tests.
unit() { scripts/postgres.sh scripts/unit-tests.sh --workspace --exclude frontend --exclude wasm-split; }
# Processes that end half-way.
crash() { scripts/postgres.sh cargo test --locked "${ARMED[@]}"; }
build() {
  # Removed first, so that the tests after a build that failed do not run an old program.
  rm -f "$BINARY"
  cargo build --locked
  if grep -qa ORDERDESK_MCP_CRASH_AT "$BINARY"; then die "the program has the crash points, which only the harness may have"; fi
}
mcp() {
  [ -x scripts/mcp-tests.sh ] || die "scripts/mcp-tests.sh is missing"
  # The MCP tools want Node.js 22, which is among their packages.
  PATH=$ROOT/end2end/node_modules/.bin:$PYTHON_ENV/bin:$PATH \
    APP_CMD=$BINARY LEPTOS_SITE_ROOT=$ROOT/target/site scripts/mcp-tests.sh
}
browser() { CHROMIUM=$(find_headless) playwright browser --project=desktop --project=mobile; }
# Not a test: it makes the pictures of docs/screenshots.
screenshots() { playwright screenshots --project=screenshots; }
# By itself and one at a time, because it measures time.
perf() { playwright perf --project=perf --workers=1; }

# playwright STAGE OPTION…: with more options, split at spaces, from ARGS.
playwright() {
  local stage=$1 more
  shift
  read -ra more <<<"${ARGS:-}"
  cd end2end
  APP_CMD=$BINARY LEPTOS_SITE_ROOT=$ROOT/target/site CHROMIUM=$(find_chromium) RESULTS=$LOGS/$stage.json \
    node_modules/.bin/playwright test --output="out/$stage" "$@" "${more[@]+"${more[@]}"}"
}
shell() { shellcheck -x scripts/*.sh .ci/run; }
docker() { "$PYTHON_ENV/bin/hadolint" Dockerfile; }

counter_of() {
  case $1 in
  unit) echo count_cargo ;;
  crash | mcp) echo count_closing_line ;;
  browser | perf | screenshots) echo count_playwright ;;
  *) echo count_one ;;
  esac
}

# What a stage cannot do without. A stage whose ground is missing fails with the reason, at once.
needs() {
  case $1 in
  mcp | browser | perf | screenshots) [ -x "$BINARY" ] || die "$1 needs target/debug/orderdesk-mcp, which the stage 'build' makes" ;;
  esac
  case $1 in
  browser | perf | screenshots)
    node scripts/site/current.mjs target/site "$(node scripts/site/inputs.mjs)" ||
      die "$1 needs the site of these sources in target/site, which the stage 'site' makes"
    ;;
  esac
}

# A stage runs in a shell of its own: in this one, bash would ignore a failing line within it.
if [ "${1:-}" = --inside ]; then
  # A report of a run before would be counted as this one's, if this one ends before it writes its own.
  rm -f "$LOGS/$2.json"
  needs "$2"
  "$2"
  exit
fi

trap stop_stage INT TERM
stages=${*:-$DEFAULT}
for name in $stages; do
  case " $DEFAULT screenshots " in *" $name "*) ;; *) die "there is no stage '$name'; there are: $DEFAULT screenshots" ;; esac
done
mkdir -p "$LOGS"
for name in $stages; do
  stage "$name" "$(counter_of "$name")" "$0" --inside "$name" || true
done
summary
