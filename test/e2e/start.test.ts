/** `npm start` as a person meets it: an address that answers, and nothing left behind. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { demoFolders, removeDemo } from '../../scripts/lib/demo.mjs';
import { root } from '../../scripts/lib/paths.mjs';

const name = 'demo-of-the-tests';

type Demo = { readonly runner: ChildProcess; readonly output: () => string; readonly address: string };

async function start(): Promise<Demo> {
  // A group of its own, as a terminal would make it: Ctrl+C reaches everybody in it.
  const runner = spawn(process.execPath, [path.join(root, 'scripts/start.mjs')], { env: { ...process.env, COUNTERSIGN_DEMO: name, CI: 'true' }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [runner.stdout, runner.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  for (const end = Date.now() + 120_000; Date.now() < end && runner.exitCode === null; await delay(50)) {
    const address = /http:\/\/\S+/.exec(output)?.[0];
    if (address !== undefined && output.includes('Ctrl+C')) return { runner, output: () => output, address };
  }
  throw new Error(`It did not start:\n${output}`);
}

/** Command lines of everything that belongs to this demo. */
function alive(): string[] {
  const lines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(`/${name}`));
}

async function becomesQuiet(): Promise<string[]> {
  for (const end = Date.now() + 30_000; alive().length > 0 && Date.now() < end; ) await delay(50);
  return alive();
}

describe('npm start', () => {
  let firstAddress = '';
  after(async () => removeDemo(await demoFolders(name)));

  it('opens an editor, and Ctrl+C ends everything it started', async () => {
    const { runner, output, address } = await start();
    firstAddress = address;
    assert.equal((await fetch(address)).status, 200);
    assert.ok(alive().length >= 2, 'a server and an editor run');
    process.kill(-(runner.pid ?? 0), 'SIGINT');
    const [code] = (await once(runner, 'exit')) as [number | null];
    assert.equal(code, 0, output());
    assert.deepEqual(await becomesQuiet(), []);
  });

  it('starts again on the same data and address, and leaves nothing when it is killed', async () => {
    const { runner, output, address } = await start();
    assert.equal(address, firstAddress);
    assert.match(output(), /shop with 10\d,\d{3} rows/);
    runner.kill('SIGKILL');
    assert.deepEqual(await becomesQuiet(), []);
  });
});
