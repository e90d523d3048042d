/** `countersign serve`, through the bundle: it starts, answers, backs up, and stops when it is told to. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sqliteProblem } from '../../../src/server/store/sqlite.ts';
import { cast, callAt, fileOn, postTeam } from '../../support/confirmation/relay.ts';
import { countersign } from './run.ts';

const cli = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-serve-'));
});
after(async () => await rm(folder, { recursive: true }));

describe('countersign serve', () => {
  const rows: readonly [args: readonly string[], says: RegExp][] = [
    [['--port', 'many'], /--port is a number/],
    [['--port', '70000'], /--port is a number/],
    [['--team', 'us'], /--team is the digest/],
    [['now'], /"now" is not understood/],
    [['--loud'], /Unknown option '--loud'/],
  ];
  for (const [args, says] of rows) {
    test(`${args.join(' ')}: is not understood`, async () => {
      const { code, stderr } = await countersign(['serve', ...args]);
      assert.equal(code, 2);
      assert.match(stderr, says);
    });
  }

  test('starts, serves the page, keeps a request, is backed up, and stops in order', async () => {
    await countersign(['help']);
    const file = path.join(folder, 'deep', 'store.sqlite');
    const child = spawn(process.execPath, [cli, 'serve', '--port', '0', '--data', file], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, DATABASE_URL: '' } });
    const lines: string[] = [];
    const reader = createInterface(child.stdout);
    reader.on('line', (line) => lines.push(line));
    await once(reader, 'line');
    const { port, host } = JSON.parse(lines[0] ?? '{}') as { port: number; host: string };
    assert.equal(host, '127.0.0.1', 'nobody else reaches it unless asked for');
    const call = callAt(`http://127.0.0.1:${String(port)}`);
    assert.deepEqual(await (await call('/healthz')).json(), { status: 'ok', store: 'sqlite' });
    assert.match(await (await call('/r/x')).text(), /<script src="\.\.\/app\.js">/);
    for (const [name, built] of [['/app.js', 'confirm.js'], ['/app.css', 'confirm.css']] as const) assert.equal(await (await call(name)).text(), await readFile(path.join(path.dirname(cli), 'webview', built), 'utf8'));
    const people = await cast();
    await postTeam(call, people.signed);
    await fileOn(call, people);
    assert.match(await (await call('/metrics')).text(), /countersign_open_requests 1\n/);

    const copy = path.join(folder, 'copy.sqlite');
    const backup = await countersign(['serve', '--data', file, '--backup-to', copy]);
    assert.deepEqual([backup.code, backup.stdout], [0, `${copy}\n`], backup.stderr);
    assert.ok((await stat(copy)).size > 0);
    assert.equal((await countersign(['serve', '--data', file, '--backup-to', copy])).code, 2, 'nothing is overwritten');

    const second = await countersign(['serve', '--port', String(port), '--data', path.join(folder, 'other.sqlite')]);
    assert.equal(second.code, 2);
    assert.match(second.stderr, /EADDRINUSE/);

    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 0);
    assert.deepEqual(lines.map((line) => (JSON.parse(line) as { message: string }).message).filter((message) => message !== 'call'), ['listening', 'stopping', 'stopped']);
  });
});

test('a Node that is too old is told so', () => {
  const rows: readonly [version: string, isFine: boolean][] = [['20.20.2', false], ['22.12.0', false], ['22.13.0', true], ['23.4.0', true], ['24.21.0', true]];
  for (const [version, isFine] of rows) assert.equal(sqliteProblem(version) === undefined, isFine, version);
  assert.match(sqliteProblem('20.20.2') ?? '', /needs Node 22\.13 or later.*this is Node 20\.20\.2.*DATABASE_URL/s);
});
