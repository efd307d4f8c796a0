// More than anybody would add by hand, written past the program.
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { App } from './fixtures';

/** What all scripts begin with: the database, the workspace, and a way to read and to add whole rows. */
const BEGIN = `
import json, sqlite3, sys
path, tenant, all = sys.argv[1], sys.argv[2], int(sys.argv[3])
db = sqlite3.connect(path, timeout=20)
db.row_factory = sqlite3.Row
def read(table):
    found = db.execute(f"SELECT {table}.* FROM {table} JOIN tenants ON tenants.id = {table}.tenant_id WHERE tenants.name = ?", [tenant])
    return [dict(row) for row in found]
def add(table, rows):
    rows = list(rows)
    marks = ",".join("?" * len(rows[0]))
    db.executemany(f"INSERT INTO {table} ({','.join(rows[0])}) VALUES ({marks})", [list(row.values()) for row in rows])
`;

/** Copies a store until the workspace has `all`. The copies' keys are sealed for the first one and cannot be opened. */
const STORES = `
first = read("stores")[0]
def copy(number):
    name = f"Shop {number:04}"
    return {**first, "id": f"{first['id'][:20]}{number:06}", "store_id": f"9{number:06}", "name": name, "name_key": name.lower(), "sandbox": 0}
with db:
    add("stores", map(copy, range(1, all)))
`;

/** Copies a key until the workspace has `all`, each copy a minute older than the one before; every third is revoked. Nobody knows their secrets. */
const KEYS = `
keys = read("keys")
first = max((key for key in keys if key["kind"] == "api"), key=lambda key: key["id"])
def copy(number):
    at = first["created_at"] - 60_000 * number
    return {**first, "id": f"{first['id'][:20]}{number:06}", "name": f"Key {number:04}", "created_at": at, "revoked_at": at if number % 3 == 0 else None}
with db:
    add("keys", map(copy, range(1, all - len(keys) + 1)))
`;

/**
 * Copies the first person until the workspace has `all`, each copy joining a minute after the one before; every third is disabled.
 * Each has an address of their own and the first one's password.
 */
const PEOPLE = `
members = read("members")
first = members[0]
user = dict(db.execute("SELECT * FROM users WHERE id = ?", [first["user_id"]]).fetchone())
def id_of(row, number):
    return f"{row['id'][:20]}{number:06}"
def account(number):
    email = f"{id_of(user, number)}@many.example"
    return {**user, "id": id_of(user, number), "email": email, "email_key": email, "name": f"Person {number:04}"}
def member(number):
    at = first["created_at"] + 60_000 * number
    own = {"id": id_of(first, number), "user_id": id_of(user, number)}
    return {**first, **own, "created_at": at, "disabled_at": at if number % 3 == 0 else None}
numbers = range(1, all - len(members) + 1)
with db:
    add("users", map(account, numbers))
    add("members", map(member, numbers))
`;

/**
 * Copies the changes that are over, in turn, each copy a minute older than the one before, until the workspace has `all`. Each
 * has a record of 400; every tenth was undone, every twentieth was denied. What the copies hold is sealed for the first ones
 * and cannot be opened, so that only the list, and what is counted, is about them.
 */
const CHANGES = `
firsts = [change for change in read("changes") if change["state"] == "verified"]
there = len(read("changes"))
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
def id_at(millis, number):
    digits = [DIGITS[(millis >> 5 * place) & 31] for place in reversed(range(10))]
    return "".join(digits) + f"{number:016}"
def copy(number):
    first = firsts[number % len(firsts)]
    at = first["created_at"] - 60_000 * number
    state = "denied" if number % 20 == 0 else "undone" if number % 10 == 0 else "verified"
    times = {"created_at": at, "updated_at": at, "applying_at": None if state == "denied" else at}
    return {**first, **times, "id": id_at(at, number), "state": state, "record_id": str(100_000 + number % 400)}
with db:
    add("changes", map(copy, range(1, all - there + 1)))
`;

/** Repeats the spans of the newest call of `orders_get`, one after the other, until it has `all`; the call before stays. */
const SPANS = `
call = max((trace for trace in read("traces") if trace["tool"] == "orders_get"), key=lambda trace: trace["id"])
spans = json.loads(call["spans"])
KIND, OFFSET, DURATION = 0, 2, 3
sent = [span for span in spans if span[KIND] == "upstream"]
for position in range(len(spans), all):
    span = list(sent[position % len(sent)])
    span[OFFSET], span[DURATION] = call["duration_us"] + position * 1_000, 900
    spans.append(span)
with db:
    db.execute("UPDATE traces SET spans = ?, duration_us = duration_us + ? WHERE id = ?", [json.dumps(spans), all * 1_000, call["id"]])
`;

/** Moves the calls that a workspace has `all` days back, with their ids. */
const AGE = `
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
DAYS = 86_400_000 * all
def older(id):
    millis = 0
    for letter in id[:10]: millis = millis * 32 + DIGITS.index(letter)
    millis -= DAYS
    return "".join(DIGITS[(millis >> 5 * place) & 31] for place in reversed(range(10))) + id[10:]
with db:
    for trace in read("traces"):
        to = older(trace["id"])
        db.execute("UPDATE traces SET id = ?, started_at = started_at - ? WHERE id = ?", [to, DAYS, trace["id"]])
`;

/** What makes ids of now, and copies of a call under them. */
const COPIES = `
import time
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
call = max(read("traces"), key=lambda trace: trace["id"])
def copies(number, first=0):
    now = time.time_ns() // 1_000_000
    made = "".join(DIGITS[(now >> 5 * place) & 31] for place in reversed(range(10)))
    for one in range(first, first + number):
        yield {**call, "id": f"{made}{one:016}", "started_at": now}
`;

/** Repeats the newest call `all` times, as if each had been made just now. */
const NEW_CALLS = `${COPIES}
with db:
    add("traces", copies(all))
`;

/** The same with `all` calls at 500 a second. */
const BUSY = `${COPIES}
RATE, STEP = 500, 0.1
done, began = 0, time.monotonic()
while done < all:
    with db:
        add("traces", copies(int(RATE * STEP), done))
    done += int(RATE * STEP)
    time.sleep(max(0, began + done / RATE - time.monotonic()))
`;

/** Fills a workspace that has one store. */
export function manyStores(app: App, tenant: string, all: number): void {
  run(app, STORES, tenant, all);
}

/** Fills a workspace that has an API key. */
export function manyKeys(app: App, tenant: string, all: number): void {
  run(app, KEYS, tenant, all);
}

/** Fills a workspace that has a person. */
export function manyPeople(app: App, tenant: string, all: number): void {
  run(app, PEOPLE, tenant, all);
}

/** Fills a workspace in which something was changed. */
export function manyChanges(app: App, tenant: string, all: number): void {
  run(app, CHANGES, tenant, all);
}

/** Gives the newest call of `orders_get` so many steps. */
export function manySpans(app: App, tenant: string, all: number): void {
  run(app, SPANS, tenant, all);
}

/** Moves the calls that a workspace has so many days back. */
export function olderCalls(app: App, tenant: string, days: number): void {
  run(app, AGE, tenant, days);
}

/** Adds so many new calls to a workspace that has one. */
export function newCalls(app: App, tenant: string, all: number): void {
  run(app, NEW_CALLS, tenant, all);
}

/** Adds so many new calls at 500 a second; done when all are there. */
export function busyWith(app: App, tenant: string, all: number): Promise<void> {
  const args = ['-c', BEGIN + BUSY, join(app.dir, 'orderdesk-mcp.db'), tenant, String(all)];
  return new Promise((done, failed) => execFile('python3', args, (error) => (error ? failed(error) : done())));
}

function run(app: App, script: string, tenant: string, all: number): void {
  execFileSync('python3', ['-c', BEGIN + script, join(app.dir, 'orderdesk-mcp.db'), tenant, String(all)]);
}
