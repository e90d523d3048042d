/** The journal: nobody goes on before the intent is on disk, and no outcome is lost. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createJournal } from '../../../../src/adapters/audit/journal.ts';
import { createSpool } from '../../../../src/adapters/audit/spool/spool.ts';
import type { AuditRecord } from '../../../../src/core/audit/record.ts';
import { epochMs } from '../../../../src/core/brand.ts';
import { AppError } from '../../../../src/core/errors.ts';
import { ManualClock } from '../../../fakes/ports.ts';
import { readSpool } from '../../../support/spool.ts';

const record: AuditRecord = {
  kind: 'intent',
  run: 'r1',
  time: epochMs(1),
  actor: { kind: 'human', osUser: 'mara', host: 'laptop' },
  target: { connection: 'team:shop', environment: 'production', address: 'app@db:5432/shop' },
  sql: 'select 1 -- ü\n',
};

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const parent = await mkdtemp(path.join(tmpdir(), 'journal-'));
  try {
    await use(path.join(parent, 'audit'));
  } finally {
    await rm(parent, { recursive: true });
  }
}

function create(folder: string) {
  const clock = new ManualClock();
  const troubles: string[] = [];
  const spool = createSpool({ folder, clock, start: () => ({}) });
  const journal = createJournal({ spool, clock, onTrouble: (message) => troubles.push(message) });
  return { journal, clock, troubles, spool };
}

/** Bodies of the records, without the event that begins a stream. */
async function recordsIn(folder: string): Promise<readonly AuditRecord[]> {
  const lines = (await readSpool(folder)).trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { body: AuditRecord }).body).filter(({ kind }) => (kind as string) !== 'stream-begin');
}

describe('the journal', () => {
  it('keeps a record whole, in a file that only its owner reads', async () => {
    await withFolder(async (folder) => {
      const { journal, spool } = create(folder);
      const receipt = await journal.intent(record);
      await journal.outcome({ ...record, kind: 'outcome', outcome: 'committed' });
      const [intent, outcome] = await recordsIn(folder);
      const { mono, ...kept } = intent as AuditRecord & { mono: number };
      assert.deepEqual(kept, record);
      assert.equal(typeof mono, 'number');
      assert.equal(outcome?.outcome, 'committed');
      assert.equal(receipt.id, `${spool.head?.stream ?? ''}/2`);
      const [file = ''] = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.jsonl'));
      assert.equal((await stat(path.join(folder, file))).mode & 0o777, 0o600);
      await spool.close();
    });
  });

  it('rejects an intent that cannot be written with the code audit, and the next one works again', async () => {
    await withFolder(async (folder) => {
      await writeFile(folder, 'a file where the folder should be');
      const { journal, spool } = create(folder);
      await assert.rejects(journal.intent(record), (thrown) => thrown instanceof AppError && thrown.failure.code === 'audit');
      await rm(folder);
      await journal.intent(record);
      assert.equal((await recordsIn(folder)).length, 1);
      await spool.close();
    });
  });

  it('never rejects an outcome: it is kept, said once, and written in order when that works again', async () => {
    await withFolder(async (folder) => {
      await writeFile(folder, 'a file where the folder should be');
      const { journal, clock, troubles, spool } = create(folder);
      await journal.outcome({ ...record, run: 'a' });
      await journal.outcome({ ...record, run: 'b' });
      assert.equal(troubles.length, 1);
      assert.equal(clock.pending, 1);
      await journal.flush();
      assert.equal(clock.pending, 1);
      await rm(folder);
      await journal.flush();
      const records = await recordsIn(folder);
      assert.deepEqual(records.map(({ run }) => run), ['a', 'b', undefined]);
      const { kind, waited, since } = records[2] as unknown as Record<string, unknown>;
      assert.deepEqual([kind, waited, since], ['spool-gap', 2, 0], 'it is said that they were in memory only');
      assert.equal(clock.pending, 0);
      assert.equal(troubles.length, 1);
      await spool.close();
    });
  });

  it('names the program in every record, and the digest of a text where texts are not wanted', async () => {
    await withFolder(async (folder) => {
      const clock = new ManualClock();
      const spool = createSpool({ folder, clock, start: () => ({}) });
      const journal = createJournal({ spool, clock, facts: { app: { version: '1.2.3' } }, sql: () => 'hash' });
      await journal.intent(record);
      await journal.note({ kind: 'settings-changed', run: 'r2', time: clock.now(), actor: record.actor, changes: ['countersign.production.access: readOnly → preview'] });
      const [intent, change] = (await recordsIn(folder)) as unknown as Record<string, unknown>[];
      assert.deepEqual(intent?.['app'], { version: '1.2.3' });
      assert.equal(intent?.['sql'], undefined);
      assert.equal(intent?.['sqlSha256'], createHash('sha256').update(record.sql ?? '').digest('hex'));
      assert.equal(change?.['kind'], 'settings-changed');
      await journal.intent({ ...record, kind: 'answer', confirmation: { request: 'r', digest: 'd', team: 't', statements: ['select 1'] } });
      assert.deepEqual((await recordsIn(folder)).at(-1)?.confirmation, { request: 'r', digest: 'd', team: 't' });
      assert.doesNotMatch(await readSpool(folder), /select 1/u);
      await spool.close();
    });
  });

  it('a demand of the rules for a receipt holds whatever the settings say', async () => {
    await withFolder(async (folder) => {
      const { journal, spool } = create(folder);
      await journal.intent(record, 'spool');
      await assert.rejects(journal.intent(record, 'receipt'), /no endpoint that keeps records is set up/u);
      const demands: string[] = [];
      const asked = createJournal({ spool, clock: new ManualClock(), receipts: (demand) => (demands.push(demand), { kind: 'required', waitFor: ({ seq }) => Promise.resolve(void demands.push(String(seq))) }) });
      await asked.intent({ ...record, kind: 'claim' });
      await asked.intent({ ...record, kind: 'claim' }, 'receipt');
      assert.deepEqual(demands, ['receipt', '4'], 'waited for, once it was on disk here');
      await spool.close();
    });
  });

  it('keeps time where the clock is set back', async () => {
    await withFolder(async (folder) => {
      const { journal, spool } = create(folder);
      await journal.intent({ ...record, time: epochMs(5000) });
      await journal.outcome({ ...record, time: epochMs(1000) });
      const monos = (await recordsIn(folder)).map((kept) => (kept as AuditRecord & { mono: number }).mono);
      assert.ok((monos[0] ?? 0) <= (monos[1] ?? -1));
      await spool.close();
    });
  });
});
