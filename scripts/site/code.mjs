// Smaller WASM and scripts, in place.
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';

const run = promisify(execFile);
const WASM_OPT = join(dirname(createRequire(import.meta.url).resolve('binaryen/package.json')), 'bin', 'wasm-opt');
// What rustc uses by default, which wasm-opt must be told.
const FEATURES = ['--enable-bulk-memory', '--enable-nontrapping-float-to-int'];

/** Runs wasm-opt over every module of a folder, as many at a time as there are processors. */
export async function shrinkWasm(folder) {
  const modules = readdirSync(folder).filter((name) => name.endsWith('.wasm'));
  const worker = async () => {
    for (let name = modules.shift(); name; name = modules.shift()) {
      const file = join(folder, name);
      await run(WASM_OPT, ['-Oz', ...FEATURES, file, '-o', file]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

/** Minifies every script of a folder. */
export async function minifyScripts(folder) {
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const file = join(folder, name);
    const { code } = await transform(readFileSync(file, 'utf8'), { minify: true, format: 'esm', target: 'es2022' });
    writeFileSync(file, code);
  }
}
