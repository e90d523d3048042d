import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { SecretStore } from '../../../../src/adapters/credentials/secretStore.ts';
import { createUndoStore, type FileUndoStore } from '../../../../src/adapters/undo/undoStore.ts';
import { epochMs } from '../../../../src/core/brand.ts';
import type { UndoEntry } from '../../../../src/core/undo/kept.ts';

const dayMs = 24 * 60 * 60 * 1000;
let folder: string;
let now: number;
let root: string;
let days: number;
let secrets: Map<string, string>;
let troubles: string[];
let store: FileUndoStore;

const vault: SecretStore = {
  label: 'a map',
  read: (key) => Promise.resolve(secrets.has(key) ? { kind: 'found', value: secrets.get(key) ?? '' } : { kind: 'absent' }),
  write: (key, value) => (secrets.set(key, value), Promise.resolve({ kind: 'done' })),
  remove: (key) => (secrets.delete(key), Promise.resolve({ kind: 'done' })),
};

function storeWith(kept: SecretStore, where = folder): FileUndoStore {
  return createUndoStore({ folder: where, secrets: () => kept, clock: { now: () => epochMs(now), after: () => () => undefined }, retentionDays: () => days, onTrouble: (message) => troubles.push(message) });
}

function entry(run: string, sql = 'DELETE FROM people'): UndoEntry {
  const step = { sql: "INSERT INTO people VALUES ('Ada Lovelace')", parts: [{ table: { schema: 'public', table: 'people' }, kind: 'restore-deleted', rows: 41 } as const] };
  return { run, connection: 'team:shop', address: 'app@db/shop', time: epochMs(now), sql, effects: [], undo: { kind: 'steps', dialect: 'postgresql', settings: {}, steps: [step], leaves: ['a trigger'] } };
}

// In a suite of its own: hooks of a file run for every test of the layer.
describe('ways back on disk', () => {
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'undo-'));
    folder = path.join(root, 'deep', 'undo');
    now = Date.parse('2026-11-21T12:00:00Z');
    days = 7;
    secrets = new Map();
    troubles = [];
    store = storeWith(vault);
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  test('what is kept comes back as it was, and is confirmed by its COMMIT', async () => {
    assert.deepEqual(await store.keep(entry('r1')), { kind: 'kept', expiresAt: now + 7 * dayMs });
    assert.deepEqual((await store.list()).entries, []);
    await store.confirm('r1');
    await store.confirm('r1');
    const { entries, unreadable } = await store.list();
    assert.deepEqual([entries.map(({ run, size, isConfirmed, leaves }) => ({ run, size, isConfirmed, leaves })), unreadable], [[{ run: 'r1', size: { rows: 41, tables: 1, objects: [] }, isConfirmed: true, leaves: ['a trigger'] }], 0]);
    assert.deepEqual(await store.load('r1'), entry('r1'));
    assert.deepEqual(troubles, []);
  });

  test('nothing on disk can be read without the key, and only the owner may try', async () => {
    await store.keep(entry('r1'));
    const [file = ''] = readdirSync(folder);
    const bytes = readFileSync(path.join(folder, file), 'utf8');
    assert.equal(file, 'r1.pending');
    assert.doesNotMatch(bytes, /Ada|people|shop/);
    if (process.platform !== 'win32') assert.equal(statSync(path.join(folder, file)).mode & 0o777, 0o600);
    secrets.clear();
    await store.confirm('r1');
    const { entries, unreadable, problem } = await store.list();
    assert.deepEqual([entries, unreadable, problem], [[], 1, 'the key they were sealed with is not in the secret store any more']);
    await assert.rejects(store.load('r1'), /not in the secret store/);
  });

  test('a changed file, or one of another run, is not believed', async () => {
    await store.keep(entry('r1'));
    await store.keep(entry('r2', 'UPDATE people'));
    await store.confirm('r1');
    const file = path.join(folder, 'r1.undo');
    const genuine = readFileSync(file, 'utf8');
    const lines = genuine.split('\n');
    const flipped = lines.map((line, index) => (index === 2 ? line.replace(/.$/u, line.endsWith('A') ? 'B' : 'A') : line)).join('\n');
    const exchanged = [lines[0], ...readFileSync(path.join(folder, 'r2.pending'), 'utf8').split('\n').slice(1)].join('\n');
    for (const forged of [flipped, exchanged, genuine.replace(/ \d+\n/u, ` ${String(now + 900 * dayMs)}\n`), 'nonsense', '']) {
      writeFileSync(file, forged);
      await assert.rejects(async () => {
        const listed = await store.list();
        assert.equal(listed.entries.length, 1, listed.problem);
        await store.load('r1');
      });
    }
  });

  test('discarding and expiring leave nothing behind', async () => {
    await store.keep(entry('r1'));
    await store.keep(entry('r2'));
    await store.discard('r1');
    await store.confirm('r2');
    assert.deepEqual(readdirSync(folder), ['r2.undo']);
    now += 7 * dayMs - 1;
    assert.equal((await store.list()).entries.length, 1);
    now += 1;
    assert.equal((await store.list()).entries.length, 0);
    assert.deepEqual(readdirSync(folder), []);
  });

  test('a crash between the file and COMMIT leaves an entry that says nobody knows', async () => {
    await store.keep(entry('r1'));
    writeFileSync(path.join(folder, 'r9.pending.draft'), 'half');
    utimesSync(path.join(folder, 'r9.pending.draft'), now / 1000, now / 1000);
    const next = storeWith(vault);
    assert.deepEqual((await next.list()).entries, []);
    now += 21 * 60 * 1000;
    assert.deepEqual((await next.list()).entries.map(({ run, isConfirmed }) => [run, isConfirmed]), [['r1', false]]);
    assert.deepEqual(readdirSync(folder), ['r1.pending']);
    assert.equal((await next.load('r1')).run, 'r1');
  });

  test('no way back is kept when it is turned off, the key cannot be had, or the folder cannot be', async () => {
    days = 0;
    assert.deepEqual(await store.keep(entry('r1')), { kind: 'failed', reason: 'keeping ways back is turned off in the settings.' });
    days = 7;
    const locked: SecretStore = { ...vault, write: () => Promise.resolve({ kind: 'failed', message: 'The keyring is locked.' }) };
    assert.deepEqual(await storeWith(locked).keep(entry('r1')), { kind: 'failed', reason: 'the key it is kept under cannot be had: The keyring is locked.' });
    const forgetful: SecretStore = { ...vault, write: () => Promise.resolve({ kind: 'done' }) };
    assert.match(JSON.stringify(await storeWith(forgetful).keep(entry('r1'))), /forgets it/);
    const inTheWay = path.join(root, 'file');
    writeFileSync(inTheWay, '');
    assert.match(JSON.stringify(await storeWith(vault, inTheWay).keep(entry('r1'))), /"failed".*could not be written/);
  });

  test('a run id never leads out of the folder', async () => {
    await store.keep(entry('../../r1'));
    assert.deepEqual(readdirSync(folder), ['______r1.pending']);
  });

  test('trouble while tidying up is told', async () => {
    await store.confirm('never kept');
    assert.match(troubles.join(), /could not be tidied up .*ENOENT/);
  });

  test('a disk that takes no more says so, and leaves nothing behind', { skip: process.platform === 'win32' ? 'there is no such limit' : false }, () => {
    // The limit of the shell makes a real write fail in the middle.
    const script = path.join(import.meta.dirname, 'fullDisk.ts');
    const { stdout, stderr } = spawnSync('bash', ['-c', `ulimit -f 2; exec "${process.execPath}" "${script}" "${folder}"`], { encoding: 'utf8' });
    assert.match(stdout, /"failed","reason":"it could not be written to .*EFBIG/, stderr);
    assert.deepEqual(existsSync(folder) ? readdirSync(folder) : [], []);
  });
});
