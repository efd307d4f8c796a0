#!/usr/bin/env bash
# Installs what a command needs: `setup.sh run` for running and building, `setup.sh check` for the lints, `setup.sh test`
# for all the tests.
# Says what it does while it takes long, is silent and quick when nothing is to be done.
# All of it lands in one cache folder (ORDERDESK_MCP_CACHE, else ~/.cache/orderdesk-mcp), outside the checkout.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

check_compilers() {
  have cargo rustc || die "Rust is missing: install it from https://rustup.rs"
  local rust node
  rust=$(rustc --version | cut -d' ' -f2)
  at_least 1.95 "$rust" || die "Rust 1.95 or newer is needed, this is $rust: run 'rustup update stable'"
  have node npm || die "Node.js with npm is missing: install version 20.11 or newer from https://nodejs.org or your system's packages"
  node=$(node --version)
  at_least 20.11 "${node#v}" || die "Node.js 20.11 or newer is needed, this is $node: install it from https://nodejs.org"
  have cc || have gcc || have clang || die "a C compiler is missing: install your system's (Debian: 'apt-get install gcc'; macOS: 'xcode-select --install')"
}

check_lints() {
  { cargo fmt --version && cargo clippy --version; } >/dev/null 2>&1 ||
    die "rustfmt or clippy is missing: run 'rustup component add rustfmt clippy'"
}

# The tool must be of the very version that the web app was compiled against, or it refuses its input.
install_wasm_bindgen() {
  local want found=
  want=$(locked_version wasm-bindgen)
  [ -n "$want" ] || die "Cargo.lock names no wasm-bindgen: restore it with 'git checkout Cargo.lock'"
  if have wasm-bindgen; then found=$(wasm-bindgen --version | cut -d' ' -f2); fi
  if [ "$found" = "$want" ]; then return; fi
  say "set-up: compiling wasm-bindgen $want (two to four minutes, once)"
  # Without `--locked`: that release's own lock names a crate version which is not in every registry.
  # Without default features: they only bring a test runner and its TLS.
  # Quick to compile rather than quick to run: it works for a second or two.
  env -u CARGO_TARGET_DIR -u RUSTFLAGS CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback \
    cargo install --quiet wasm-bindgen-cli --version "$want" --no-default-features \
    --bin wasm-bindgen --root "$TOOLS" --force ||
    die "wasm-bindgen $want did not compile: see above, then run the same command again"
}

install_wasm_split() {
  local tool
  tool=$(wasm_split_path)
  if [ -x "$tool" ]; then return; fi
  say "set-up: compiling the tool that splits the WASM by page (about a minute, once)"
  # Quick to compile rather than quick to run: it works for less than a second.
  (cd "$ROOT" && env -u RUSTFLAGS CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    cargo build --quiet --release -p wasm-split --target-dir target/tools)
  mkdir -p "$TOOLS/bin"
  cp "$ROOT/target/tools/release/wasm-split" "$tool.new"
  mv "$tool.new" "$tool"
  rm -rf "$ROOT/target/tools"
}

# install_npm FOLDER WORDS: the packages of FOLDER's lock file, in the cache under the lock's hash, with a link
# to them as FOLDER/node_modules. A second checkout with the same lock uses the same files.
install_npm() {
  local folder=$1 what=$2 hash place
  hash=$(hash_of "$ROOT/$folder/package-lock.json" "$ROOT/$folder/package.json")
  place=$CACHE/npm/$folder-$hash
  if [ ! -e "$place/.ready" ]; then
    say "set-up: installing $what from npm (up to a minute, once)"
    rm -rf "$place.new" "$place"
    mkdir -p "$place.new"
    cp "$ROOT/$folder/package.json" "$ROOT/$folder/package-lock.json" "$ROOT/$folder/.npmrc" "$place.new/"
    (cd "$place.new" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --loglevel=error >npm.log 2>&1) || {
      tail -n 15 "$place.new/npm.log" >&2
      die "npm could not install $what: check the network or the npm registry setting, then run the same command again"
    }
    touch "$place.new/.ready"
    mv "$place.new" "$place"
  fi
  if [ "$(readlink "$ROOT/$folder/node_modules" 2>/dev/null || true)" != "$place/node_modules" ]; then
    rm -rf "$ROOT/$folder/node_modules"
    ln -s "$place/node_modules" "$ROOT/$folder/node_modules"
  fi
  # Sets of packages that no checkout has used for a month.
  touch "$place"
  find "$CACHE/npm" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -rf {} +
}

# apt_install PACKAGE…: with the package manager of Debian and its kin, if we may. Else fails, silently.
apt_install() {
  if ! has_apt; then return 1; fi
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    have sudo || return 1
    sudo=(sudo)
    # Nobody can type a password where there is no terminal.
    [ -t 0 ] || sudo=(sudo -n)
    "${sudo[@]}" true || return 1
  fi
  say "set-up: installing $* with apt (a minute or two, once)"
  local log
  log=$(mktemp)
  if "${sudo[@]+"${sudo[@]}"}" apt-get update -qq >"$log" 2>&1 &&
    "${sudo[@]+"${sudo[@]}"}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1 </dev/null; then
    rm -f "$log"
    return 0
  fi
  tail -n 15 "$log" >&2
  rm -f "$log"
  return 1
}

have_venv() { have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; }

install_test_programs() {
  local missing=()
  # Ubuntu's package only points to a snap, which cannot run in containers and sees no temporary folder.
  if [ -z "$(find_chromium)" ] && ! is_ubuntu; then missing+=(chromium); fi
  if is_debian && [ -z "${CHROMIUM:-}" ] && ! have chromium-headless-shell; then missing+=(chromium-headless-shell); fi
  if [ -z "$(find_postgres)" ]; then missing+=(postgresql); fi
  if ! have shellcheck; then missing+=(shellcheck); fi
  if ! have_venv; then missing+=(python3-venv); fi
  if [ ${#missing[@]} -gt 0 ]; then apt_install "${missing[@]}" || true; fi

  [ -n "$(find_chromium)" ] || die "Chromium is missing: install Chromium or Chrome (on Ubuntu Chrome's .deb, because its own Chromium is a snap), or name its program in CHROMIUM"
  [ -n "$(find_postgres)" ] || die "PostgreSQL's server is missing: install it (Debian: 'apt-get install postgresql'; macOS: 'brew install postgresql@17' and put its bin folder on the PATH)"
  have shellcheck || die "shellcheck is missing: install it (Debian: 'apt-get install shellcheck'; macOS: 'brew install shellcheck')"
  have_venv || die "Python 3 with venv is missing: install it (Debian: 'apt-get install python3-venv')"
}

install_python() {
  local hash ready
  hash=$(hash_of "$ROOT/scripts/requirements.txt")
  ready=$PYTHON_ENV/.ready-$hash
  if [ -e "$ready" ] && "$PYTHON_ENV/bin/python" -c '' 2>/dev/null; then return; fi
  say "set-up: installing the Python MCP client and hadolint (half a minute, once)"
  rm -rf "$PYTHON_ENV"
  python3 -m venv "$PYTHON_ENV"
  "$PYTHON_ENV/bin/python" -m pip install --quiet --disable-pip-version-check \
    -r "$ROOT/scripts/requirements.txt" ||
    die "pip could not install scripts/requirements.txt: check the network or the PyPI setting, then run the same command again"
  touch "$ready"
}

mode=${1:-run}
case $mode in run | check | test) ;; *) die "usage: scripts/setup.sh [run|check|test]" ;; esac
mkdir -p "$TOOLS/bin" "$CACHE/npm"
check_compilers
if [ "$mode" != run ]; then check_lints; fi
"$ROOT/scripts/wasm-target.sh"
install_wasm_bindgen
install_wasm_split
install_npm scripts "the tools that build the site"
if [ "$mode" = test ]; then
  install_test_programs
  install_npm end2end "the browser and MCP test tools"
  install_python
fi
