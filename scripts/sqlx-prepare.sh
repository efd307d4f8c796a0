#!/usr/bin/env bash
# Refreshes the descriptions of all queries, crates/db-sqlite/.sqlx and crates/db-postgres/.sqlx, that the
# compiler checks the code against. Run it after a change of a query or of a migration:
#   scripts/sqlx-prepare.sh           writes them anew
#   scripts/sqlx-prepare.sh --check   changes nothing, fails when they are not what it would write
#
# sqlx's macros write a description of each query they compile when they may ask a database. So this
# compiles both crates against databases that hold nothing but the migrations: a SQLite file and a
# PostgreSQL server of its own, both thrown away.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

mode=${1:-}
case "$mode" in '' | --check) ;; *) die "usage: scripts/sqlx-prepare.sh [--check]" ;; esac
have python3 psql || die "python3 and psql are needed: run 'scripts/setup.sh test'"
if [ -z "${TEST_POSTGRES_URL:-}" ]; then
  exec scripts/postgres.sh "$0" "$@"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/sqlite" "$work/postgres"

# Python's own SQLite, because the `sqlite3` program is missing on many machines.
python3 - "$work/app.db" migrations/sqlite/*.sql <<'PY'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        database.executescript(file.read())
database.close()
PY

name=sqlx_prepare_$$
psql -q -X -v ON_ERROR_STOP=1 "$TEST_POSTGRES_URL" -c "CREATE DATABASE $name TEMPLATE template0"
postgres=$(python3 -c 'import sys, urllib.parse as u; print(u.urlsplit(sys.argv[1])._replace(path="/" + sys.argv[2]).geturl())' \
  "$TEST_POSTGRES_URL" "$name")
for file in migrations/postgres/*.sql; do psql -q -X -1 -v ON_ERROR_STOP=1 "$postgres" -f "$file"; done

# describe CRATE VARIABLE URL: cargo does not know that the macros read the environment, so the crate is
# made to look changed for a moment. What was built of it before stays good.
describe() {
  local file=crates/db-$1/src/lib.rs
  touch -r "$file" "$work/time"
  touch "$file"
  env SQLX_OFFLINE=false "$2=$3" SQLX_OFFLINE_DIR="$work/$1" cargo check --quiet --locked -p "orderdesk-mcp-db-$1" ||
    { touch -r "$work/time" "$file"; exit 1; }
  touch -r "$work/time" "$file"
}
describe sqlite SQLX_SQLITE_URL "sqlite://$work/app.db"
describe postgres SQLX_POSTGRES_URL "$postgres"
psql -q -X "$TEST_POSTGRES_URL" -c "DROP DATABASE $name WITH (FORCE)"

for crate in sqlite postgres; do
  kept=crates/db-$crate/.sqlx
  if [ "$mode" = --check ]; then
    diff -r "$kept" "$work/$crate" ||
      die "$kept is not what the queries and migrations give: run scripts/sqlx-prepare.sh and commit it"
  else
    rm -rf "$kept"
    mv "$work/$crate" "$kept"
  fi
  say "sqlx: $kept describes $(find "$kept" -name 'query-*.json' | wc -l | tr -d ' ') queries"
done
