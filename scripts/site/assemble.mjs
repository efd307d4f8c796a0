// Turns what wasm-bindgen left into the finished site: node assemble.mjs PKG SITE INPUTS
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { precompress } from './compress.mjs';
import { filesUnder } from './files.mjs';
import { copyFonts } from './fonts.mjs';
import { writeSprite } from './icons.mjs';
import { minifyScripts, shrinkWasm } from './code.mjs';
import { mergeSmallChunks } from './merge.mjs';
import { readSite, writeSite } from './site-json.mjs';
import { writeStyle } from './style.mjs';

const [pkg, site, inputs] = process.argv.slice(2);

writeStyle('style/main.scss', join(pkg, 'app.css'));
copyFonts(join(pkg, 'fonts'));
await mergeSmallChunks(pkg);
await Promise.all([shrinkWasm(pkg), minifyScripts(pkg)]);
const pkgDir = `pkg/${contentHash(pkg)}`;

// The new site grows beside the old one and takes its place at the end, so that a broken build breaks nothing.
const next = `${site}.next`;
rmSync(next, { recursive: true, force: true });
mkdirSync(join(next, 'pkg'), { recursive: true });
if (existsSync('public')) cpSync('public', next, { recursive: true, filter: (path) => !path.endsWith('.gitkeep') });
writeSprite('style/icons.txt', join(next, 'icons.svg'));
cpSync(pkg, join(next, pkgDir), { recursive: true });
await precompress(next);
const previous = keepPrevious();
writeSite(next, { output_name: 'app', pkg_dir: pkgDir, previous, inputs });

const old = `${site}.old`;
rmSync(old, { recursive: true, force: true });
if (existsSync(site)) renameSync(site, old);
renameSync(next, site);
rmSync(old, { recursive: true, force: true });
console.log(`site: ready in ${site} (${pkgDir})`);

/** Twelve hex digits over the names and contents of all files of a folder. */
function contentHash(folder) {
  const hash = createHash('sha256');
  for (const file of filesUnder(folder)) {
    hash.update(`${relative(folder, file)}\0`);
    hash.update(createHash('sha256').update(readFileSync(file)).digest());
  }
  return hash.digest('hex').slice(0, 12);
}

/** Brings the folder of the build before along; gives its name, or null where there was none. */
function keepPrevious() {
  const before = readSite(site);
  if (!before) return null;
  // A build that came out the same replaces nothing: what was kept beside it stays kept.
  const keep = before.pkg_dir === pkgDir ? before.previous : before.pkg_dir;
  if (!keep || !existsSync(join(site, keep))) return null;
  cpSync(join(site, keep), join(next, keep), { recursive: true });
  return keep;
}
