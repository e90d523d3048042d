import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createJournal } from '../../../src/adapters/audit/journal.ts';
import { epochMs } from '../../../src/core/brand.ts';
import type { AuditRecord } from '../../../src/core/audit/record.ts';
import { AppError } from '../../../src/core/errors.ts';
import { ManualClock } from '../../fakes/ports.ts';

const record: AuditRecord = {
  kind: 'intent',
  run: 'r1',
  time: epochMs(1),
  actor: { kind: 'human', osUser: 'mara', host: 'laptop' },
  target: { connection: 'team:shop', environment: 'production', address: 'app@db:5432/shop' },
  sql: 'select 1 -- ü\n',
};

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'journal-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function create(file: string) {
  let count = 0;
  const clock = new ManualClock();
  const troubles: string[] = [];
  const journal = createJournal({ file, clock, newId: () => `id-${String(++count)}`, onTrouble: (message) => troubles.push(message) });
  return { journal, clock, troubles };
}

async function linesOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8');
  assert.ok(text.endsWith('\n'));
  return text.slice(0, -1).split('\n');
}

test('a record is one line, in a file that only its owner reads', async () => {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'new', 'journal.jsonl');
    const { journal } = create(file);
    const receipt = await journal.intent(record);
    await journal.outcome({ ...record, kind: 'outcome', outcome: 'committed' });
    const lines = (await linesOf(file)).map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(receipt.id, 'id-1');
    assert.deepEqual(lines[0], { v: 1, id: 'id-1', ...record });
    assert.equal(lines[1]?.['outcome'], 'committed');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });
});

test('records asked for at once stay whole and in order', async () => {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'journal.jsonl');
    const [one, two] = [create(file), create(file)];
    await Promise.all(Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? one : two).journal.intent({ ...record, run: String(index) })));
    const runs = (await linesOf(file)).map((line) => Number((JSON.parse(line) as AuditRecord).run));
    assert.equal(runs.length, 50);
    for (const parity of [0, 1]) {
      const own = runs.filter((run) => run % 2 === parity);
      assert.deepEqual(own, own.toSorted((a, b) => a - b));
    }
  });
});

test('a line cut off by a crash spoils no other line', async () => {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'journal.jsonl');
    await writeFile(file, '{"v":1,"id":"old"}\n{"v":1,"id":"cut');
    await create(file).journal.intent(record);
    const lines = await linesOf(file);
    assert.equal(lines.length, 3);
    assert.equal(lines[1], '{"v":1,"id":"cut');
    assert.equal((JSON.parse(lines[2] ?? '') as { id: string }).id, 'id-1');
  });
});

test('an intent that cannot be written rejects with the code audit, and the next one works again', async () => {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'journal.jsonl');
    await mkdir(file);
    const { journal } = create(file);
    await assert.rejects(journal.intent(record), (thrown) => thrown instanceof AppError && thrown.failure.code === 'audit');
    await rm(file, { recursive: true });
    await journal.intent(record);
    assert.equal((await linesOf(file)).length, 1);
  });
});

test('an outcome never rejects: it is kept, said once, and written in order when that works again', async () => {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'journal.jsonl');
    await mkdir(file);
    const { journal, clock, troubles } = create(file);
    await journal.outcome({ ...record, run: 'a' });
    await journal.outcome({ ...record, run: 'b' });
    assert.equal(troubles.length, 1);
    assert.equal(clock.pending, 1);
    await journal.flush();
    assert.equal(clock.pending, 1);
    await rm(file, { recursive: true });
    await journal.flush();
    assert.deepEqual((await linesOf(file)).map((line) => (JSON.parse(line) as AuditRecord).run), ['a', 'b']);
    assert.equal(clock.pending, 0);
    assert.equal(troubles.length, 1);
  });
});

test('a folder that cannot be made refuses the intent', async () => {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'no', 'journal.jsonl');
    await writeFile(path.join(folder, 'no'), 'a file where the folder should be');
    await assert.rejects(create(file).journal.intent(record), (thrown) => thrown instanceof AppError && thrown.failure.code === 'audit');
  });
});
