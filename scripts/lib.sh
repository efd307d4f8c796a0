# shellcheck shell=bash
# Shared by the scripts beside it: where things live, how they speak, how they fail. Sourced, never run.
# Kept to what bash 3.2 understands, which is what macOS has.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${ORDERDESK_MCP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/orderdesk-mcp}
TOOLS=$CACHE/tools
export PYTHON_ENV=$CACHE/python
export PATH="$TOOLS/bin:$PATH"
# Everything here knows the build folder by its place: target, in the checkout.
unset CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR

say() { printf '%s\n' "$*"; }

# One clear line and the end. The text says what is missing and what to do about it.
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Whether every program named is there.
have() {
  local name
  for name; do command -v "$name" >/dev/null 2>&1 || return 1; done
}

# at_least 1.95 1.96.2: whether the second version is the first or newer, by its first two numbers.
at_least() {
  local want_major=${1%%.*} want_minor=${1#*.} major=${2%%.*} minor=${2#*.}
  minor=${minor%%[!0-9]*}
  [ "$major" -gt "$want_major" ] || { [ "$major" -eq "$want_major" ] && [ "${minor:-0}" -ge "${want_minor%%.*}" ]; }
}

# The version of a crate in Cargo.lock; with several of the same name, the first.
locked_version() {
  awk -v name="\"$1\"" '$1 == "name" && $3 == name { getline; gsub(/"/, "", $3); print $3; exit }' "$ROOT/Cargo.lock"
}

# The first 12 hex digits of the SHA-256 over the files named.
hash_of() {
  node -e '
    const { createHash } = require("crypto"), { readFileSync } = require("fs");
    const hash = createHash("sha256");
    for (const file of process.argv.slice(1)) hash.update(readFileSync(file));
    process.stdout.write(hash.digest("hex").slice(0, 12));' "$@"
}

# Where our own splitting tool lives: named by its sources, so that a change builds a new one.
wasm_split_path() {
  printf '%s/bin/wasm-split-%s' "$TOOLS" "$(hash_of "$ROOT/tools/wasm-split/Cargo.toml" "$ROOT/tools/wasm-split/src/main.rs")"
}

# The browser for the tests; empty when there is none.
find_chromium() {
  local name
  if [ -n "${CHROMIUM:-}" ]; then
    printf '%s' "$CHROMIUM"
    return
  fi
  for name in chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    if have "$name"; then
      command -v "$name"
      return
    fi
  done
}

# The browser for what does not measure time: Debian's build of Chromium without its own window, menus and process for
# graphics, which shows the same pages for a fifth less of the machine.
find_headless() {
  if [ -z "${CHROMIUM:-}" ] && have chromium-headless-shell; then command -v chromium-headless-shell; else find_chromium; fi
}

# The folder of PostgreSQL's server programs (initdb, pg_ctl); empty when there is none.
# Debian keeps them off the PATH, one folder for each version: the newest is taken.
find_postgres() {
  local dir
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -rn); do
    if [ -x "$dir/initdb" ]; then
      printf '%s' "$dir"
      return
    fi
  done
  if have initdb; then dirname "$(command -v initdb)"; fi
}

is_debian() { [ -r /etc/os-release ] && grep -q '^ID=debian$' /etc/os-release; }
is_ubuntu() { [ -r /etc/os-release ] && grep -q '^ID=ubuntu$' /etc/os-release; }
# Debian itself, or one of the many made from it.
has_apt() { have apt-get && { is_debian || grep -q '^ID_LIKE=.*debian' /etc/os-release 2>/dev/null; }; }
