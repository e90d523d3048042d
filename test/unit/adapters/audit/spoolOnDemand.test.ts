/** Loaded late, the spool still keeps its promises: order, nothing after closing, and no record means no. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createJournal } from '../../../../src/adapters/audit/journal.ts';
import { createSpoolOnDemand } from '../../../../src/adapters/audit/spool/spoolOnDemand.ts';
import type { AuditRecord } from '../../../../src/core/audit/record.ts';
import { epochMs } from '../../../../src/core/brand.ts';
import { toFailure } from '../../../../src/core/errors.ts';
import { ManualClock } from '../../../fakes/ports.ts';
import { readSpool } from '../../../support/spool.ts';

const real = async () => await import('../../../../src/adapters/audit/spool/spool.ts');
type Load = typeof real;

async function withSpool(load: Load, use: (parts: { folder: string; clock: ManualClock; spool: ReturnType<typeof createSpoolOnDemand> }) => Promise<void>): Promise<void> {
  const parent = await mkdtemp(path.join(tmpdir(), 'spool-'));
  const [folder, clock] = [path.join(parent, 'audit'), new ManualClock()];
  const spool = createSpoolOnDemand({ folder, clock, start: () => ({}) }, load);
  try {
    await use({ folder, clock, spool });
  } finally {
    await spool.close();
    await rm(parent, { recursive: true });
  }
}

const bodies = async (folder: string): Promise<readonly unknown[]> =>
  (await readSpool(folder)).trimEnd().split('\n').map((line) => (JSON.parse(line) as { body: { n?: number; kind?: string } }).body).map(({ n, kind }) => n ?? kind);

const record: AuditRecord = { kind: 'intent', run: 'r1', time: epochMs(1), actor: { kind: 'human', osUser: 'mara', host: 'laptop' }, target: { connection: 'team:shop', environment: 'production', address: 'app@db:5432/shop' }, sql: 'DELETE FROM t' };

describe('the spool on demand', () => {
  it('reads and writes nothing before the first event, and nothing at all when there is none', async () => {
    let loads = 0;
    const counted: Load = async () => ((loads += 1), await real());
    await withSpool(counted, async ({ folder, spool }) => {
      assert.equal(spool.head, undefined);
      await spool.close();
      await assert.rejects(spool.append({ n: 1 }), /closed/u);
      assert.deepEqual([loads, existsSync(folder)], [0, false]);
    });
  });

  it('keeps the order of events that came while it was loaded, and of those after', async () => {
    await withSpool(real, async ({ folder, spool }) => {
      const heard: unknown[] = [];
      spool.onAppended((events) => heard.push(...events.map(({ body }) => body['n'] ?? body['kind'])));
      const early = [spool.append({ n: 1 }), spool.append({ n: 2 })];
      // The very moment at which the first of them is on disk.
      const later = early[0]?.then(async () => await spool.append({ n: 4 }));
      early.push(spool.append({ n: 3 }));
      await Promise.all([...early, later]);
      const wanted = ['stream-begin', 1, 2, 3, 4];
      assert.deepEqual([await bodies(folder), heard, spool.head?.seq], [wanted, wanted, 5]);
    });
  });

  it('what was asked for before it closes is written, what comes after is refused', async () => {
    await withSpool(real, async ({ folder, spool }) => {
      const before = spool.append({ n: 1 });
      const closing = spool.close();
      await Promise.all([before, closing]);
      await assert.rejects(spool.append({ n: 2 }), /closed/u);
      assert.deepEqual(await bodies(folder), ['stream-begin', 1]);
    });
  });

  it('cannot be loaded: an intent is refused in words, an outcome is kept and written once it can be', async () => {
    let isThere = false;
    const load: Load = async () => (isThere ? await real() : await Promise.reject(new Error('Cannot find module ./spool.cjs')));
    await withSpool(load, async ({ folder, clock, spool }) => {
      const troubles: string[] = [];
      const journal = createJournal({ spool, clock, onTrouble: (message) => troubles.push(message) });
      const { code, message } = toFailure(await journal.intent(record).catch((thrown: unknown) => thrown));
      assert.equal(code, 'audit');
      assert.match(message, /Nothing was committed.*could not be loaded.*Cannot find module/u);
      assert.doesNotMatch(message, /Make room/u);
      await journal.outcome({ ...record, kind: 'outcome', outcome: 'rolled-back' });
      assert.deepEqual([troubles.length, existsSync(folder)], [1, false]);
      isThere = true;
      clock.advance(1000);
      await journal.flush();
      assert.deepEqual(await bodies(folder), ['stream-begin', 'outcome', 'spool-gap']);
    });
  });
});
