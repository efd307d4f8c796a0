// The two typefaces, with the licence that travels with them; style sheets say url(fonts/inter.woff2).
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

export function copyFonts(folder) {
  mkdirSync(folder, { recursive: true });
  for (const name of ['inter', 'jetbrains-mono']) {
    const from = dirname(require.resolve(`@fontsource-variable/${name}/package.json`));
    copyFileSync(join(from, 'files', `${name}-latin-wght-normal.woff2`), join(folder, `${name}.woff2`));
    copyFileSync(join(from, 'LICENSE'), join(folder, `${name}.LICENSE.txt`));
  }
}
