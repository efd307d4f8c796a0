#!/usr/bin/env bash
# Makes `cargo build --target wasm32-unknown-unknown` work, once for each toolchain; leaves a present target alone.
# First rustup; where it cannot reach its server, the standard library is built from Debian's `rust-src`
# of exactly rustc's version.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

target=wasm32-unknown-unknown
sysroot=$(rustc --print sysroot)
lib=$sysroot/lib/rustlib/$target/lib
if compgen -G "$lib/libstd-*.rlib" >/dev/null; then exit 0; fi

if have rustup; then
  say "set-up: adding the WASM target with rustup"
  if rustup target add "$target" >/dev/null 2>&1; then exit 0; fi
fi

version=$(rustc --version | cut -d' ' -f2)
remedy="run 'rustup target add $target'"
if ! is_debian || ! have apt-get; then die "Rust's WASM target is missing: $remedy"; fi

say "set-up: rustup could not; building the WASM standard library of Rust $version from Debian's rust-src (about a minute)"
work=$(mktemp -d)
src=$sysroot/lib/rustlib/src/rust
linked=
cleanup() {
  rm -rf "$work"
  if [ -n "$linked" ]; then rm -f "$src"; fi
}
trap cleanup EXIT

# Newer suites than the installed one, asked in a private list, so that the system's own lists stay as they are.
mirror=$(grep -rhoE '^(URIs: *|deb .*)https?://[^ ]+/debian/?' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
  grep -oE 'https?://[^ ]+' | awk '!/security/ && !seen++' || true)
[ -n "$mirror" ] || die "Rust's WASM target is missing and no Debian mirror is configured: $remedy"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
for suite in stable-backports trixie-backports testing unstable; do
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done >"$work/sources.list"
apt=(-oDir::Etc::sourcelist="$work/sources.list" -oDir::Etc::sourceparts=- -oDir::State::Lists="$work/lists"
  -oDir::Cache="$work/cache" -oAPT::Sandbox::User=root -oAcquire::Languages=none)
# A suite that the mirror lacks is no fault; whether the package was found is checked next.
apt-get "${apt[@]}" update -qq || true
package=$(apt-cache "${apt[@]}" madison rust-src | awk -v v="$version" 'index($3, v) == 1 && !seen++ { print $3 }')
[ -n "$package" ] || die "Rust's WASM target is missing and Debian has no rust-src $version: $remedy"
(cd "$work" && apt-get "${apt[@]}" download -qq "rust-src=$package" && dpkg -x rust-src_*.deb x)

mkdir -p "$work/std/src"
echo '#![no_std]' >"$work/std/src/lib.rs"
printf '[package]\nname = "std-for-wasm"\nversion = "0.0.0"\nedition = "2021"\n' >"$work/std/Cargo.toml"
if [ ! -e "$src" ]; then
  mkdir -p "$(dirname "$src")"
  ln -s "$(echo "$work"/x/usr/src/rustc-*)" "$src"
  linked=1
fi
# With bitcode, because the site is built with link-time optimisation.
(cd "$work/std" && RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR="$work/t" \
  cargo build -q --release -Zbuild-std=std,panic_abort --target "$target")
mkdir -p "$lib"
cp "$work/t/$target/release/deps/"lib*.rlib "$lib/"
rm -f "$lib"/libstd_for_wasm-*
say "set-up: the WASM target is ready"
