/** The confirmation server of this clone: `npm run server -- [options of countersign serve]`. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { build } from './build.mjs';
import { root } from './lib/paths.mjs';
import { node24 } from './node24.mjs';

await build();
const server = spawn(await node24(), ['--disable-warning=ExperimentalWarning', path.join(root, 'dist/cli.js'), 'serve', ...process.argv.slice(2)], { stdio: 'inherit' });
// A terminal sends the signal to both; a process manager only to this one.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code) => process.exit(code ?? 1));
