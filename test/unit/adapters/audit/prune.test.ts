/** What every endpoint has may go from this machine; what is gone is accounted for, and the rest stays. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createCursor } from '../../../../src/adapters/audit/delivery/cursor.ts';
import { pruneSpool, type PruneOptions } from '../../../../src/adapters/audit/spool/prune.ts';
import { createSpool, type Spool } from '../../../../src/adapters/audit/spool/spool.ts';
import { SpoolError } from '../../../../src/adapters/audit/spool/spoolFile.ts';
import { listStreams, readAfter, readStream } from '../../../../src/adapters/audit/spool/streams.ts';
import { epochMs } from '../../../../src/core/brand.ts';
import { verifySpool } from '../../../../src/core/audit/verifySpool.ts';

const began = 1_790_000_000_000;
const day = 24 * 60 * 60_000;
const actor = { kind: 'human', osUser: 'ann', host: 'laptop' } as const;

type Used = {
  readonly folder: string;
  /** Another program that records so many events; closed unless it lives. */
  program(events: number, lives?: 'lives'): Promise<{ readonly spool: Spool; readonly stream: string }>;
  deliver(stream: string, seq: number, endpoint?: string): Promise<void>;
  prune(facts?: Partial<PruneOptions>): ReturnType<typeof pruneSpool>;
  /** Of each stream: the first and the last event that is there. */
  there(): Promise<Record<string, readonly [number, number]>>;
  findings(): Promise<readonly string[]>;
};

async function withSpools(use: (used: Used) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'prune-'));
  const open: Spool[] = [];
  const own = createSpool({ folder, clock: { now: () => epochMs(began + day) }, start: () => ({}) });
  open.push(own);
  const streams = async () => await Promise.all((await listStreams(folder)).toSorted().map(async (stream) => await readStream(folder, stream)));
  try {
    await use({
      folder,
      async program(events, lives) {
        const now = began + open.length;
        const spool = createSpool({ folder, rotateAt: 1000, clock: { now: () => epochMs(now) }, start: () => ({}) });
        open.push(spool);
        for (let n = 1; n < events; n += 1) await spool.append({ kind: 'read', n, pad: 'x'.repeat(150) });
        const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.jsonl'));
        for (const file of files) await utimes(path.join(folder, file), began / 1000, began / 1000);
        const { stream = '' } = spool.head ?? {};
        if (lives === undefined) await spool.close();
        return { spool, stream };
      },
      deliver: async (stream, seq, endpoint = 'e') => await createCursor(folder, stream, endpoint).write({ seq, hash: 'x' as never }),
      prune: async (facts = {}) => await pruneSpool({ folder, spool: own, endpoints: ['e'], clock: { now: () => epochMs(began + 2 * day) }, actor, keepMs: day, maxBytes: Infinity, ...facts }),
      async there() {
        return Object.fromEntries((await streams()).filter(({ stream }) => stream !== own.head?.stream).map(({ stream, start, head }) => [stream, [start.seq + 1, head.seq] as const]));
      },
      findings: async () => verifySpool(await streams()).filter(({ suspicious }) => suspicious).map(({ problem, message }) => `${problem}: ${message}`),
    });
  } finally {
    for (const spool of open) await spool.close();
    await rm(folder, { recursive: true });
  }
}

describe('pruning', () => {
  it('nothing that is not delivered, however old and however much', async () => {
    await withSpools(async ({ program, deliver, prune, there }) => {
      const { stream } = await program(20, 'lives');
      const before = await there();
      await prune({ maxBytes: 0 });
      await deliver(stream, 3);
      await prune({ maxBytes: 0, endpoints: [] });
      assert.deepEqual(await there(), before);
    });
  });

  it('whole files that every endpoint has, from the beginning on; the rest stays and is accounted for', async () => {
    await withSpools(async ({ program, deliver, prune, there, findings, folder }) => {
      const { stream } = await program(30, 'lives');
      await deliver(stream, 12);
      await deliver(stream, 25, 'other');
      const use = await prune({ endpoints: ['e', 'other'] });
      const [first = 0, last] = (await there())[stream] ?? [];
      assert.ok(first > 1 && first <= 13, String(first));
      assert.equal(last, 30);
      assert.deepEqual(await findings(), []);
      assert.ok(use.undelivered > 0);
      assert.equal((await readAfter(folder, stream, 12))[0]?.seq, 13, 'and delivery goes on where it was');
    });
  });

  it('a stream whose program is gone disappears, and those after it do not miss it', async () => {
    await withSpools(async ({ program, deliver, prune, there, findings }) => {
      const { stream: gone } = await program(8);
      const { stream: living } = await program(4, 'lives');
      await deliver(gone, 8);
      await prune();
      assert.deepEqual(await there(), { [living]: [1, 4] });
      assert.deepEqual(await findings(), []);
    });
  });

  it('young ones stay, unless there are too many bytes', async () => {
    await withSpools(async ({ program, deliver, prune, there }) => {
      const { stream } = await program(30);
      await deliver(stream, 30);
      await prune({ keepMs: 3 * day });
      assert.deepEqual((await there())[stream], [1, 30]);
      const { bytes } = await prune({ keepMs: 3 * day, maxBytes: 4000 });
      assert.ok(bytes <= 4000 && bytes > 2000, String(bytes));
    });
  });

  it('what a record says was removed is still said when that record goes itself', async () => {
    await withSpools(async ({ program, deliver, prune, there, findings, folder }) => {
      const { stream: first } = await program(8);
      const { spool: second, stream } = await program(4, 'lives');
      await deliver(first, 8);
      await pruneSpool({ folder, spool: second, endpoints: ['e'], clock: { now: () => epochMs(began + 2 * day) }, actor, keepMs: day, maxBytes: 0 });
      const { stream: third } = await program(4, 'lives');
      await deliver(stream, second.head?.seq ?? 0);
      await second.close();
      await prune({ maxBytes: 0 });
      assert.deepEqual(Object.keys(await there()), [third]);
      assert.deepEqual(await findings(), []);
    });
  });

  it('a beginning that is gone without a record of it is somebody’s doing, and so is one that was cut further', async () => {
    await withSpools(async ({ program, deliver, prune, findings, folder }) => {
      const { stream } = await program(30, 'lives');
      const files = async () => (await readdir(path.join(folder, stream))).filter((name) => name.endsWith('.jsonl')).toSorted();
      await deliver(stream, 12);
      await prune();
      assert.deepEqual(await findings(), []);
      await rm(path.join(folder, stream, (await files())[0] ?? ''));
      assert.match((await findings()).join(), /^missing: events 1 to \d+ are gone, and no record says/u);
    });
  });

  it('nothing goes when that cannot be recorded', async () => {
    await withSpools(async ({ program, deliver, prune, there }) => {
      const { stream } = await program(30);
      await deliver(stream, 30);
      const full = { head: undefined, append: () => Promise.reject(new SpoolError('write-failed', 'ENOSPC')) };
      await assert.rejects(prune({ spool: full }), /ENOSPC/u);
      assert.deepEqual((await there())[stream], [1, 30]);
    });
  });
});
