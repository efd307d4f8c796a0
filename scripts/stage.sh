# shellcheck shell=bash
# Running one stage of the tests after another: output to a log file, a sign of life, a tail on failure, a table at
# the end. Sourced by test.sh.

LOGS=$ROOT/target/test-logs
NAMES=() RESULTS=() PASSED=() FAILED=() SKIPPED=() SECONDS_OF=()
stage_pid=
stage_name=

# stage NAME COUNTER COMMAND…: runs the command; COUNTER is the function that reads "passed failed skipped" from the
# stage's log. A failed command is at least one failure, whatever its log says.
stage() {
  local name=$1 counter=$2 log started status=0 counts passed failed skipped result=ok
  shift 2
  log=$LOGS/$name.log
  started=$SECONDS
  printf '%-10s … %s\n' "$name" "${log#"$ROOT"/}"
  # A process group of its own, so that an interrupt reaches all of it.
  stage_name=$name
  set -m
  "$@" >"$log" 2>&1 </dev/null &
  stage_pid=$!
  set +m
  sign_of_life "$name" "$log" "$stage_pid" &
  local watcher=$!
  wait "$stage_pid" || status=$?
  stage_pid=
  kill "$watcher" 2>/dev/null || true
  wait "$watcher" 2>/dev/null || true

  counts=$("$counter" "$log" "$status") || counts="0 1 0"
  read -r passed failed skipped <<<"$counts"
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  if [ $((passed + failed)) -eq 0 ]; then
    printf 'no test ran\n' >>"$log"
    failed=1
  fi
  if [ "$failed" -gt 0 ]; then
    result=FAILED
    printf '%s\n' "---- $name: the end of ${log#"$ROOT"/} ----"
    tail -n "${TAIL_LINES:-60}" "$log"
    printf '%s\n' "---- end of $name ----"
  fi
  NAMES+=("$name") RESULTS+=("$result") PASSED+=("$passed") FAILED+=("$failed") SKIPPED+=("$skipped")
  SECONDS_OF+=($((SECONDS - started)))
  printf '%-10s %s, %d s\n' "$name" "$result" $((SECONDS - started))
  [ "$result" = ok ]
}

# Every half minute one line: how long, and the last thing the stage said.
sign_of_life() {
  local name=$1 log=$2 pid=$3 waited=0
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    waited=$((waited + 1))
    if [ $((waited % 30)) -eq 0 ]; then
      printf '%-10s %4d s  %s\n' "$name" "$waited" "$(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c1-90)"
    fi
  done
}

stop_stage() {
  trap '' INT TERM
  if [ -n "$stage_pid" ]; then
    kill -TERM -- "-$stage_pid" 2>/dev/null || true
    wait "$stage_pid" 2>/dev/null || true
    printf 'interrupted during %s\n' "$stage_name" >&2
  fi
  exit 130
}

# A stage that is one check.
count_one() { if [ "$2" -eq 0 ]; then echo "1 0 0"; else echo "0 1 0"; fi; }

# cargo test: the sum over its binaries. One that died without its closing line counts as a failure.
count_cargo() {
  awk -v status="$2" '
    /^test result: / { for (i = 1; i <= NF; i++) {
      if ($(i + 1) == "passed;") passed += $i
      if ($(i + 1) == "failed;") failed += $i
      if ($(i + 1) == "ignored;") ignored += $i } }
    END { if (status && !failed) failed = 1; print passed + 0, failed + 0, ignored + 0 }' "$1"
}

# A script that closes with the line "N passed, N failed, N skipped".
count_closing_line() {
  awk '/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { found = $1 " " $3 " " $5 }
    END { if (!found) exit 1; print found }' "$1"
}

# Playwright: its JSON report, which lies beside the log. A flaky test has failed.
count_playwright() {
  [ -e "${1%.log}.json" ] || return 1
  node -e '
    const { stats, errors } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    console.log(stats.expected, stats.unexpected + stats.flaky + errors.length, stats.skipped);
  ' "${1%.log}.json"
}

# The names of the tests that failed in a log of cargo test, Playwright or our own scripts.
failures_in() {
  grep -aE '^test .* FAILED$|^ +[0-9]+\) \[|^FAIL|^(error|panicked)|: error TS[0-9]+:|^OVER ' "$1" | sort -u | head -n 20 || true
}

# What failed by name, the table, and as the last line the sums. Fails if anything failed.
summary() {
  local i passed=0 failed=0 skipped=0
  for ((i = 0; i < ${#NAMES[@]}; i++)); do
    if [ "${RESULTS[i]}" = FAILED ]; then printf '\nfailed in %s:\n%s\n' "${NAMES[i]}" "$(failures_in "$LOGS/${NAMES[i]}.log")"; fi
  done
  printf '\n%-10s %-7s %7s %7s %8s %8s\n' stage result passed failed skipped seconds
  for ((i = 0; i < ${#NAMES[@]}; i++)); do
    printf '%-10s %-7s %7d %7d %8d %8d\n' "${NAMES[i]}" "${RESULTS[i]}" "${PASSED[i]}" "${FAILED[i]}" "${SKIPPED[i]}" "${SECONDS_OF[i]}"
    passed=$((passed + PASSED[i])) failed=$((failed + FAILED[i])) skipped=$((skipped + SKIPPED[i]))
  done
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
}
