// Walking folders in an order that is the same everywhere.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** All files under a folder, or the file itself, sorted by path. */
export function filesUnder(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}
