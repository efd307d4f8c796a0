// Merges the small chunks into one, in place. What some pages share, and no others, is a chunk of its own to the splitting tool,
// however small: with its wrapping and its answer's head it costs a page a kilobyte and a request, for a few bytes of use. All
// of them together are smaller than the wrapping of a page's share.
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BINARYEN = join(dirname(createRequire(import.meta.url).resolve('binaryen/package.json')), 'bin');
const FEATURES = ['--enable-bulk-memory', '--enable-nontrapping-float-to-int', '--enable-mutable-globals'];
const LINK = '__wasm_split.______________________.js';
const MANIFEST = '__wasm_split_manifest.json';
/** Chunks of fewer bytes are merged. */
const SMALL = 2_600;
const MERGED = 'chunk_small';
/** What the chunks import everything from, and the name under which the merged one gets the same. */
const MAIN = '__wasm_split';
const OUTER = 'main';

export async function mergeSmallChunks(folder) {
  const names = readdirSync(folder).flatMap((file) => /^(chunk_\d+)\.wasm$/.exec(file)?.[1] ?? []);
  const small = names.filter((name) => statSync(join(folder, `${name}.wasm`)).size < SMALL);
  if (small.length < 2) return;
  await merge(folder, small);
  relink(join(folder, LINK), small);
  const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
  for (const [page, chunks] of Object.entries(manifest)) manifest[page] = renamed(chunks, small, MERGED);
  writeFileSync(join(folder, MANIFEST), JSON.stringify(manifest));
  for (const name of small) rmSync(join(folder, `${name}.wasm`));
}

async function merge(folder, small) {
  const file = (name) => join(folder, `${name}.wasm`);
  // Merged as they are, each would keep a memory of its own: they all take it from one module that passes it on.
  const imports = new Map(small.flatMap((name) => importsOf(readFileSync(file(name)))));
  const lines = [...imports].map(([name, { kind, type }]) => `(import "${OUTER}" "${name}" (${kind} $${name} ${type})) (export "${name}" (${kind} $${name}))`);
  const border = join(folder, 'border.wat');
  writeFileSync(border, `(module ${orderedImports(lines)})`);
  await run(join(BINARYEN, 'wasm-as'), [...FEATURES, border, '-o', file('border')]);
  const modules = small.flatMap((name) => [file(name), name]);
  await run(join(BINARYEN, 'wasm-merge'), [...FEATURES, file('border'), MAIN, ...modules, '-o', file(MERGED)], { maxBuffer: 2 ** 26 });
  for (const left of [border, file('border')]) rmSync(left);
}

/** All imports stand before all exports. */
function orderedImports(lines) {
  const parts = lines.map((line) => line.split(' (export'));
  return [...parts.map(([taken]) => taken), ...parts.map(([, given]) => `(export${given}`)].join(' ');
}

/** The memory, table and global that a chunk imports: name to kind and type as text (WebAssembly core specification, 5.5.5). */
function importsOf(bytes) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('a chunk imports nothing');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const text = () => {
    const length = number();
    at += length;
    return bytes.toString('utf8', at - length, at);
  };
  while (bytes[at] !== 2) {
    at += 1;
    const length = number();
    at += length;
  }
  at += 1;
  number();
  return Array.from({ length: number() }, () => {
    const [module, name, kind] = [text(), text(), bytes[at++]];
    if (module !== MAIN) throw new Error(`a chunk imports ${name} from ${module}`);
    if (kind === 3) {
      const [value, isMutable] = [number(), number()];
      if (value !== 0x7f || isMutable !== 1) throw new Error(`a chunk imports the global ${name}, which is no variable i32`);
      return [name, { kind: 'global', type: '(mut i32)' }];
    }
    if (kind !== 1 && kind !== 2) throw new Error(`a chunk imports ${name} of kind ${kind}`);
    if (kind === 1) at += 1;
    const hasMost = number() & 1;
    const least = number();
    const most = hasMost ? ` ${number()}` : '';
    return [name, { kind: kind === 1 ? 'table' : 'memory', type: kind === 1 ? `${least}${most} funcref` : `${least}${most}` }];
  });
}

/** Has the script that loads chunks load the merged one for each of the small. */
function relink(file, small) {
  let script = readFileSync(file, 'utf8');
  for (const name of small) {
    const own = new RegExp(`/\\* [^*]* \\*/\\nconst __${name} = makeLoad\\((?:(?!makeLoad)[^])*?\\n, \\[\\]\\);\\n`);
    if (!own.test(script)) throw new Error(`${LINK} does not load ${name}`);
    script = script.replace(own, '');
  }
  const loader = `const __${MERGED} = makeLoad(() => {
    const src = fetch(new URL("./${MERGED}.wasm", import.meta.url));
    src.catch(() => {});
    return async (imports) => WebAssembly.instantiateStreaming(src, { ${OUTER}: imports.${MAIN} });
}, []);
`;
  const variables = small.map((name) => `__${name}`);
  script = script.replace(/^export const [^]*$/m, (pages) => loader + pages).replace(/, \[(__chunk_[^\]]*)\]\)/g, (_, list) => `, [${renamed(list.split(', '), variables, `__${MERGED}`).join(', ')}])`);
  writeFileSync(file, script);
}

/** The list with one name in place of several. */
function renamed(list, from, to) {
  return [...new Set(list.map((name) => (from.includes(name) ? to : name)))];
}
