// One SVG sprite of the icons that style/icons.txt names, one a line; an icon is `<use href="/icons.svg#name">`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const LUCIDE = dirname(createRequire(import.meta.url).resolve('lucide-static/package.json'));

export function writeSprite(list, destination) {
  if (!existsSync(list)) throw new Error(`${list} is missing`);
  const names = readFileSync(list, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter(Boolean);
  const symbols = [...new Set(names)].sort().map(symbol);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide, ISC licence, https://lucide.dev/license -->${symbols.join('')}</svg>\n`;
  writeFileSync(destination, svg);
}

function symbol(name) {
  const file = join(LUCIDE, 'icons', `${name}.svg`);
  if (!existsSync(file)) throw new Error(`style/icons.txt names "${name}", which Lucide has not: see https://lucide.dev/icons`);
  const shapes = /<svg[^>]*>(.*)<\/svg>/s.exec(readFileSync(file, 'utf8'))[1].replace(/\s*\n\s*/g, '');
  const look = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${look}>${shapes}</symbol>`;
}
