// Fails when the site sends more bytes than end2end/budgets.json allows: node scripts/check-budgets.mjs [SITE]
// Counted as sent: Brotli where there is a Brotli copy. The figures are the hard limits of the front-end design.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readSite } from './site/site-json.mjs';

const folder = process.argv[2] ?? 'target/site';
const site = readSite(folder);
if (!site) {
  console.error(`error: there is no site in ${folder}: run 'make build'`);
  process.exit(1);
}
const limits = JSON.parse(readFileSync(new URL('../end2end/budgets.json', import.meta.url), 'utf8')).bytes;
const inPkg = (name) => join(folder, site.pkg_dir, name);

/** Bytes on the wire of one file. */
function sent(file) {
  return statSync(existsSync(`${file}.br`) ? `${file}.br` : file).size;
}

/** The page's own limit, if it has one; the names end in a hash that comes from the build. */
function limitOf(page) {
  const name = page.replace(/^__(.*)_page_view_\d+$/, '$1');
  return limits['lazy pages'][name] ?? limits['each lazy page'];
}

const manifest = JSON.parse(readFileSync(inPkg('__wasm_split_manifest.json'), 'utf8'));
const lazyPages = Object.entries(manifest).map(([page, chunks]) => {
  const files = [...new Set(chunks)].map((chunk) => inPkg(`${chunk}.wasm`));
  return [page, files.reduce((sum, file) => sum + sent(file), 0)];
});
const wasm = sent(inPkg('app.wasm'));
const scripts = ['app.js', '__wasm_split.______________________.js'].map(inPkg).filter(existsSync).reduce((sum, file) => sum + sent(file), 0);
const style = sent(inPkg('app.css'));
const [, dashboard] = lazyPages.find(([page]) => page.includes('dashboard'));
// The page itself is not known here: 12 kB is set aside for it. The browser tests measure the real sum.
const firstLoad = wasm + dashboard + scripts + style + sent(inPkg('fonts/inter.woff2')) + sent(join(folder, 'icons.svg')) + 12_000;

const rows = [
  ['main wasm', wasm, limits['main wasm']],
  ['scripts', scripts, limits.scripts],
  ['style', style, limits.style],
  ...lazyPages.map(([page, bytes]) => [`page ${page}`, bytes, limitOf(page)]),
  ['first load (dashboard)', firstLoad, limits['first load']],
];
let over = 0;
for (const [what, bytes, limit] of rows) {
  const tooMuch = bytes > limit;
  over += tooMuch;
  console.log(`${tooMuch ? 'OVER' : 'ok  '} ${String(bytes).padStart(7)} of ${String(limit).padStart(7)} bytes  ${what}`);
}
if (over) {
  console.error(`error: ${over} of the site's byte budgets are exceeded`);
  process.exit(1);
}
