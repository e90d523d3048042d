/** Prints speed and memory beside a baseline of the same run: `npm run bench`; `-- reads start` only those parts; with `-- --million` also a change of a million rows. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build } from './build.mjs';
import { root } from './lib/paths.mjs';
import { node24 } from './node24.mjs';

await build({ minify: true });
const { status } = spawnSync(await node24(), [path.join(root, 'test/bench/main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
