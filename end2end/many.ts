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

/**
 * Recorded calls: how blocks of them are read, and how calls are put into new ones. A call is the list that its block holds of it. What
 * is packed here is longer than what the program packs, and as good: LZ4 that repeats nothing.
 */
const BLOCKS = `
ID, KEY, TOOL, STORE, ORDER, ERROR, STARTED, DURATION, CHANGE, CARRIED, WORDS = 0, 1, 6, 7, 8, 9, 11, 12, 15, 16, 17
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
def length_of(data, at, length):
    while length >= 15:
        more, at = data[at], at + 1
        length += more
        if more < 255: break
    return length, at
def unpack(data):
    text, at = bytearray(), 4
    while at < len(data):
        token = data[at]
        length, at = length_of(data, at + 1, token >> 4)
        text += data[at:at + length]
        at += length
        if at == len(data): break
        back = data[at] | data[at + 1] << 8
        length, at = length_of(data, at + 2, token & 15)
        for _ in range(length + 4): text.append(text[-back])
    return json.loads(text)
def pack(value):
    text = json.dumps(value).encode()
    rest = len(text) - 15
    longer = b"" if rest < 0 else b"\\xff" * (rest // 255) + bytes([rest % 255])
    return len(text).to_bytes(4, "little") + bytes([min(len(text), 15) << 4]) + longer + text
def write(block, facts, spans):
    db.execute("UPDATE trace_blocks SET facts = ?, spans = ? WHERE number = ?", [pack(facts), pack(spans), block["number"]])
def newest():
    return max(read("trace_blocks"), key=lambda block: block["id"])
def millis_of(id):
    millis = 0
    for letter in id[:10]: millis = millis * 32 + DIGITS.index(letter)
    return millis
def at_millis(millis):
    return "".join(DIGITS[(millis >> 5 * place) & 31] for place in reversed(range(10)))
`;

/** Repeats the spans of the newest call of `orders_get`, one after the other, until it has `all`; the call before stays. */
const SPANS = `${BLOCKS}
def its_calls(block):
    return [(call[ID], block, place) for place, call in enumerate(unpack(block["facts"])) if call[TOOL] == "orders_get"]
_, block, place = max((call for block in read("trace_blocks") for call in its_calls(block)), key=lambda call: call[0])
facts, spans_of = unpack(block["facts"]), unpack(block["spans"])
call, spans = facts[place], spans_of[place]
KIND, OFFSET, TOOK = 0, 2, 3
sent = [span for span in spans if span[KIND] == "upstream"]
for position in range(len(spans), all):
    span = list(sent[position % len(sent)])
    span[OFFSET], span[TOOK] = call[DURATION] + position * 1_000, 900
    spans.append(span)
call[DURATION] += all * 1_000
with db:
    write(block, facts, spans_of)
`;

/** Moves the calls that a workspace has `all` days back, with their ids. What they carried opens no more: it is sealed for its row. */
const AGE = `${BLOCKS}
DAYS = 86_400_000 * all
def older(id):
    return at_millis(millis_of(id) - DAYS) + id[10:]
with db:
    for block in read("trace_blocks"):
        facts = unpack(block["facts"])
        for call in facts:
            call[ID], call[STARTED] = older(call[ID]), call[STARTED] - DAYS
        write(block, facts, unpack(block["spans"]))
        to = [older(block["id"]), older(block["oldest_id"]), block["number"]]
        db.execute("UPDATE trace_blocks SET id = ?, oldest_id = ? WHERE number = ?", to)
        db.execute("UPDATE trace_postings SET block_id = ? WHERE block = ?", [to[0], block["number"]])
`;

/** What adds copies of the newest call, as if each had been made just now. */
const COPIES = `${BLOCKS}
import time
block = newest()
call, spans = unpack(block["facts"])[-1], unpack(block["spans"])[-1]
# What it carried is sealed for its own block.
call[CARRIED] = False
def postings(calls):
    number = len(calls)
    yield "all", "", number
    for field, place in [("key", KEY), ("tool", TOOL), ("store", STORE), ("order", ORDER), ("change", CHANGE)]:
        if call[place] is not None: yield field, call[place], number
    if call[CHANGE] is not None: yield "changed", "", number
    if call[ERROR] is not None: yield "failed", "", number
    for word in call[WORDS]: yield "word", word, number
def add_block(calls):
    number = db.execute("SELECT max(number) + 1 FROM trace_blocks").fetchone()[0]
    ends = {"id": calls[-1][ID], "oldest_id": calls[0][ID]}
    packed = {"facts": pack(calls), "spans": pack([spans for _ in calls])}
    own = {"number": number, "calls": len(calls), "packing": 1, "sealed_payloads": None, "sealed_key_version": None}
    add("trace_blocks", [{**block, **ends, **packed, **own}])
    its = {"tenant_id": block["tenant_id"], "block_id": ends["id"], "block": number}
    add("trace_postings", ({**its, "field": field, "value": value, "calls": calls} for field, value, calls in postings(calls)))
def copies(number, first=0):
    # Before anything is read: the program numbers blocks too.
    db.execute("BEGIN IMMEDIATE")
    now = time.time_ns() // 1_000_000
    for begin in range(first, first + number, 200):
        numbers = range(begin, min(begin + 200, first + number))
        add_block([[f"{at_millis(now)}{one:016}", *call[KEY:STARTED], now, *call[DURATION:]] for one in numbers])
`;

/** Makes the oldest calls of a workspace unreadable: those that were written together with the first. */
const DAMAGE = `
with db:
    first = min(read("trace_blocks"), key=lambda block: block["id"])
    db.execute("UPDATE trace_blocks SET facts = x'0500000000' WHERE number = ?", [first["number"]])
`;

/** Repeats the newest call `all` times, as if each had been made just now. */
const NEW_CALLS = `${COPIES}
with db:
    copies(all)
`;

/** The same with `all` calls at 500 a second. */
const BUSY = `${COPIES}
RATE, STEP = 500, 0.1
done, began = 0, time.monotonic()
while done < all:
    with db:
        copies(int(RATE * STEP), done)
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

/** Makes the oldest calls of a workspace unreadable, as a damaged disk does. */
export function damagedCalls(app: App, tenant: string): void {
  run(app, DAMAGE, tenant, 0);
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
