// SCSS to one small style sheet.
import { existsSync, writeFileSync } from 'node:fs';
import { transform } from 'lightningcss';
import { compile } from 'sass';

const version = (major, minor = 0) => (major << 16) | (minor << 8);
// Browsers with `popover`, nesting, `@layer`, `:has()` and lazy WASM: all of them since the middle of 2024.
const TARGETS = { chrome: version(120), firefox: version(125), safari: version(17, 4) };

export function writeStyle(source, destination) {
  if (!existsSync(source)) throw new Error(`${source} is missing`);
  const { css } = compile(source, { style: 'expanded' });
  const { code, warnings } = transform({ filename: source, code: Buffer.from(css), minify: true, targets: TARGETS });
  for (const { message, loc } of warnings) console.warn(`style: ${message} (line ${loc?.line} of the compiled sheet)`);
  writeFileSync(destination, code);
}
