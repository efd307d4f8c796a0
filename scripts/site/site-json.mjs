// site.json: what the server must know of the site it serves, inside the site, so that the two find each
// other from any folder.
//   output_name   the name that the scripts and the WASM start with
//   pkg_dir       the folder of this build, relative to the site's root
//   previous      the folder of the build before, kept for open tabs, or null
//   inputs        the hash that build-site.sh compares
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'site.json';

/** The description of the site in a folder, or null where there is none. */
export function readSite(folder) {
  const file = join(folder, NAME);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

export function writeSite(folder, site) {
  writeFileSync(join(folder, NAME), `${JSON.stringify(site, null, 2)}\n`);
}
