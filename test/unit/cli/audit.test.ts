/** `countersign audit`, through the bundle, over spools that were tampered with. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createSpool } from '../../../src/adapters/audit/spool/spool.ts';
import { epochMs } from '../../../src/core/brand.ts';
import { countersign } from './run.ts';

let now = 1_790_000_000_000;
const clock = { now: () => epochMs((now += 1000)) };

async function withRecords(use: (folder: string, files: readonly string[]) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'audit-'));
  try {
    // Two programs, one after the other.
    for (const run of ['a', 'b']) {
      const spool = createSpool({ folder, clock, start: () => ({ time: clock.now() }) });
      const record = { run, time: clock.now(), actor: { kind: 'human', osUser: 'ann', host: 'laptop' }, target: { connection: 'personal:shop' }, sql: 'DELETE FROM t' };
      await spool.append({ ...record, kind: 'intent' });
      await spool.append({ ...record, kind: 'commit-intent', transactionId: '7' });
      await spool.append({ ...record, kind: 'outcome', outcome: 'committed', transactionId: '7', effects: [{ deleted: 3 }] });
      await spool.close();
    }
    const names = await readdir(folder, { recursive: true });
    await use(folder, names.filter((name) => name.endsWith('.jsonl')).toSorted().map((name) => path.join(folder, name)));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function rewrite(file: string | undefined, how: (lines: string[]) => readonly string[]): Promise<void> {
  assert.ok(file);
  await writeFile(file, how((await readFile(file, 'utf8')).split('\n')).join('\n'));
}

const tampering: readonly (readonly [what: string, how: (files: readonly string[]) => Promise<void>, says: RegExp])[] = [
  ['an edited statement', ([file]) => rewrite(file, (lines) => lines.map((line) => line.replace('DELETE FROM t', 'SELECT 1'))), /event 2 is not what was written/u],
  ['an event taken out', ([file]) => rewrite(file, (lines) => lines.filter((_, index) => index !== 1)), /event 2 is missing or out of order/u],
  ['the end cut off', ([file]) => rewrite(file, (lines) => [...lines.slice(0, 3), '']), /event 4 is gone/u],
  ['a whole stream removed', async ([file]) => rm(path.dirname(file ?? ''), { recursive: true }), /the stream is gone, with at least 4 events/u],
];

describe('countersign audit', () => {
  it('finds nothing wrong with what nobody touched', async () => {
    await withRecords(async (folder) => {
      const { code, stdout } = await countersign(['audit', 'verify', '--folder', folder]);
      assert.deepEqual([code, stdout], [0, '✔ 8 events in 2 streams: every chain is whole\n']);
    });
  });

  for (const [what, how, says] of tampering) {
    it(`finds ${what}`, async () => {
      await withRecords(async (folder, files) => {
        await how(files);
        const { code, stdout } = await countersign(['audit', 'verify', '--folder', folder]);
        assert.match(stdout, says);
        assert.equal(code, 1);
      });
    });
  }

  it('says what came to no recorded end, without calling it tampering', async () => {
    await withRecords(async (folder, [, last]) => {
      await rewrite(last, (lines) => [...lines.slice(0, 3), '']);
      const { code, stdout } = await countersign(['audit', 'verify', '--folder', folder]);
      assert.match(stdout, /note {2}stream \w+: run b announced a commit in event 3/u);
      assert.equal(code, 0);
    });
  });

  it('prints the newest events, and all of them as OCSF', async () => {
    await withRecords(async (folder) => {
      const newest = await countersign(['audit', 'tail', '--folder', folder, '--count', '1']);
      assert.equal(JSON.parse(newest.stdout).body.kind, 'outcome');
      const { stdout } = await countersign(['audit', 'export', '--folder', folder]);
      const events = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
      assert.equal(events.length, 8);
      assert.deepEqual(new Set(events.map(({ class_uid }) => class_uid)), new Set([6005]));
      assert.deepEqual(events.filter(({ activity_id }) => activity_id === 7).map(({ type_uid, status_id }) => [type_uid, status_id]), [[600507, 1], [600507, 1]]);
    });
  });

  it('is told where to look', async () => {
    assert.equal((await countersign(['audit', 'verify', '--folder', '/nowhere'])).code, 2);
    assert.equal((await countersign(['audit'])).code, 2);
  });
});
