// Prints one hash over everything that the site is made from. Contents count, not times, so that a fresh
// clone with a kept target folder builds nothing.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder } from './files.mjs';

const INPUTS = [
  '.cargo/config.toml',
  'Cargo.lock',
  'Cargo.toml',
  'app/Cargo.toml',
  'app/src',
  'crates/contract/Cargo.toml',
  'crates/contract/src',
  'crates/orderdesk/Cargo.toml',
  'crates/orderdesk/src',
  'frontend/Cargo.toml',
  'frontend/src',
  'public',
  'scripts/build-site.sh',
  'scripts/package-lock.json',
  'scripts/site',
  'style',
  'tools/wasm-split/Cargo.toml',
  'tools/wasm-split/src',
];

// Made from style/icons.txt, see watched.mjs.
const GENERATED = join('public', 'icons.svg');

const hash = createHash('sha256');
hash.update(execFileSync('rustc', ['--version']));
for (const input of INPUTS.filter(existsSync)) {
  for (const file of filesUnder(input).filter((file) => file !== GENERATED)) {
    hash.update(`${file}\0`);
    hash.update(createHash('sha256').update(readFileSync(file)).digest());
  }
}
process.stdout.write(hash.digest('hex'));
