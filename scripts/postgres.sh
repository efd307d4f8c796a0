#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own: postgres.sh COMMAND [ARGUMENT…]
# The server lives in a temporary folder, listens on a free loopback port, is told to the command as
# TEST_POSTGRES_URL, and is stopped and removed afterwards, however the command ends.
# It trades durability for speed (no fsync): for tests only.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -gt 0 ] || die "usage: scripts/postgres.sh COMMAND [ARGUMENT…]"
bin=$(find_postgres)
[ -n "$bin" ] || die "PostgreSQL's server is missing: run 'scripts/setup.sh test'"

# The server refuses to run as root; Debian's package brings the user `postgres` for it.
as_server=()
if [ "$(id -u)" = 0 ]; then
  id postgres >/dev/null 2>&1 || die "PostgreSQL does not run as root and there is no user 'postgres': create it with 'useradd --system postgres'"
  as_server=(setpriv --reuid=postgres --regid=postgres --init-groups --)
fi
server() { "${as_server[@]+"${as_server[@]}"}" env -u PGDATA -u PGPORT -u PGHOST LC_ALL=C "$@"; }

# Not under TMPDIR: a socket's path may have no more than 107 bytes.
dir=$(mktemp -d /tmp/odm-postgres.XXXXXX)
child=
# shellcheck disable=SC2317 # reached through the trap
cleanup() {
  trap '' INT TERM
  if [ -n "$child" ]; then kill -TERM -- "-$child" 2>/dev/null || true; fi
  if [ -e "$dir/data/postmaster.pid" ]; then
    # In the server's folder, because the present one may be closed to its user.
    (cd "$dir" && server "$bin/pg_ctl" -D "$dir/data" -m immediate -w -t 30 stop >/dev/null 2>&1) || true
  fi
  rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '%s' "$password" >"$dir/password"
if [ ${#as_server[@]} -gt 0 ]; then chown -R postgres "$dir"; fi
cd "$dir"
if ! server "$bin/initdb" -D "$dir/data" -U test --pwfile="$dir/password" -A scram-sha-256 \
  -E UTF8 --locale=C --no-sync >"$dir.log" 2>&1; then
  cat "$dir.log" >&2
  rm -f "$dir.log"
  die "PostgreSQL's initdb failed: see above"
fi
rm -f "$dir.log" "$dir/password"

# Between finding a free port and taking it another process may take it: then try the next.
started=
for _ in 1 2 3 4 5; do
  port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  if server "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -w -t 60 -o "-c listen_addresses=127.0.0.1 -c port=$port \
    -c unix_socket_directories=$dir -c max_connections=200 -c shared_buffers=64MB -c fsync=off \
    -c synchronous_commit=off -c full_page_writes=off" start >/dev/null 2>&1 </dev/null; then
    started=1
    break
  fi
done
if [ -z "$started" ]; then
  tail -n 20 "$dir/data/server.log" >&2
  die "PostgreSQL did not start: see above"
fi
cd "$OLDPWD"

say "postgres: $("$bin/postgres" --version | awk '{ print $3 }') on 127.0.0.1:$port"
export TEST_POSTGRES_URL="postgres://test:$password@127.0.0.1:$port/postgres"
# Tests make databases of their own with this server's psql.
export PATH="$bin:$PATH"
# A process group of its own, so that cleanup reaches whatever the command started.
set -m
"$@" &
child=$!
set +m
status=0
wait "$child" || status=$?
child=
exit "$status"
