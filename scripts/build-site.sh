#!/usr/bin/env bash
# Builds the browser half into target/site: WASM split by page, styles, icons, fonts and public files.
# Everything a page loads lies in pkg/<hash of it all>/, so that one rule (cache for ever) is safe; the folder of
# the build before stays, so that open tabs still find their chunks. target/site/site.json tells the server
# which folder is the current one. Builds nothing when no input changed; fails when the site has grown past its budgets.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

site=target/site
profile=wasm-release
target=wasm32-unknown-unknown
inputs=$(node scripts/site/inputs.mjs)
if node scripts/site/current.mjs "$site" "$inputs"; then
  say "site: up to date in $site"
  node scripts/check-budgets.mjs "$site"
  exit 0
fi
split=$(wasm_split_path)
[ -x "$split" ] || die "the site's tools are missing: run 'scripts/setup.sh run'"

say "site: compiling the web app to WASM"
# The relocations are what the splitting tool works on. The registry's folder is cut off, so that no build machine's
# paths end up in panic messages; our own files have relative paths already, so the flags, and with them what cargo keeps,
# are the same in every clone.
sep=$(printf '\037')
CARGO_ENCODED_RUSTFLAGS="-Clink-args=--emit-relocs${sep}--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo" \
  cargo build ${CARGO_LOCKED:+--locked} --package frontend --lib --profile "$profile" \
  --target "$target" --target-dir target/front --no-default-features

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pkg=$work/pkg
mkdir -p "$pkg"
say "site: splitting, shrinking and compressing"
"$split" "target/front/$target/$profile/frontend.wasm" "$pkg" "$work/main.wasm" app
wasm-bindgen --target=web --keep-lld-exports --no-demangle --no-typescript --out-name=app --out-dir="$pkg" "$work/main.wasm"
# The name that leptos asks for when it was compiled with LEPTOS_OUTPUT_NAME (.cargo/config.toml).
mv "$pkg/app_bg.wasm" "$pkg/app.wasm"
for path in "$ROOT" "$HOME"; do
  if grep -rqF -e "$path" "$pkg"; then die "the site holds the path $path of this machine: remap it in scripts/build-site.sh"; fi
done
node scripts/site/assemble.mjs "$pkg" "$site" "$inputs"
node scripts/check-budgets.mjs "$site"
