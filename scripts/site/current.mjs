// Exit code 0 when the site in the folder named was built from the inputs named, else 1.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSite } from './site-json.mjs';

const [folder, inputs] = process.argv.slice(2);
const site = readSite(folder);
process.exit(site?.inputs === inputs && existsSync(join(folder, site.pkg_dir, 'app.wasm')) ? 0 : 1);
