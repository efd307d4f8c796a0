// A Brotli and a gzip copy beside each file that gains by it, at their highest setting: they are made once
// and sent for as long as the release lives.
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { filesUnder } from './files.mjs';

const COMPRESSIBLE = /\.(wasm|js|css|svg|html|txt|json|webmanifest)$/;

export async function precompress(folder) {
  await Promise.all(
    filesUnder(folder)
      .filter((file) => COMPRESSIBLE.test(file))
      .map(async (file) => {
        const bytes = readFileSync(file);
        const params = {
          [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        };
        writeFileSync(`${file}.br`, await promisify(brotliCompress)(bytes, { params }));
        writeFileSync(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }));
      }),
  );
}
