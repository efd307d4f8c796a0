// More than anybody would add by hand, written past the program.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { App } from './fixtures';

/** Copies a store of the simulator or the sandbox until the workspace has `all`. The copies' keys are sealed for the first one and cannot be opened. */
const COPY = `
import sqlite3, sys
path, tenant, all = sys.argv[1], sys.argv[2], int(sys.argv[3])
db = sqlite3.connect(path, timeout=20)
columns = [row[1] for row in db.execute("PRAGMA table_info(stores)")]
row = db.execute("SELECT stores.* FROM stores JOIN tenants ON tenants.id = stores.tenant_id WHERE tenants.name = ?", [tenant]).fetchone()
first = dict(zip(columns, row))
def copy(number):
    name = f"Shop {number:04}"
    changed = {"id": f"{first['id'][:20]}{number:06}", "store_id": f"9{number:06}", "name": name, "name_key": name.lower(), "sandbox": 0}
    return [{**first, **changed}[column] for column in columns]
marks = ",".join("?" * len(columns))
with db:
    db.executemany(f"INSERT INTO stores ({','.join(columns)}) VALUES ({marks})", [copy(number) for number in range(1, all)])
`;

/** Fills a workspace that has one store. */
export function manyStores(app: App, tenant: string, all: number): void {
  execFileSync('python3', ['-c', COPY, join(app.dir, 'orderdesk-mcp.db'), tenant, String(all)]);
}
