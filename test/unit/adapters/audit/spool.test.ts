/** The spool: on disk before anybody goes on, and never appended to as if nothing had happened. */
import assert from 'node:assert/strict';
import { appendFile, copyFile, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { epochMs } from '../../../../src/core/brand.ts';
import { createSpool, type Spool, type SpoolOptions } from '../../../../src/adapters/audit/spool/spool.ts';
import { SpoolError, type SpoolProblem } from '../../../../src/adapters/audit/spool/spoolFile.ts';
import { hasLivingOwner } from '../../../../src/adapters/audit/spool/owner.ts';
import { genesis } from '../../../../src/core/audit/chain.ts';
import { verifySpool } from '../../../../src/core/audit/verifySpool.ts';
import { listStreams, readStream } from '../../../../src/adapters/audit/spool/streams.ts';

const clock = { now: () => epochMs(1_790_000_000_000) };

type Used = { readonly folder: string; readonly spool: Spool; file(): Promise<string> };

async function withSpool(use: (used: Used) => Promise<void>, options: Partial<SpoolOptions> = {}): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spool-'));
  const spool = createSpool({ folder, clock, start: () => ({ time: 1 }), ...options });
  const file = async (): Promise<string> => {
    const stream = path.join(folder, spool.head?.stream ?? '');
    return path.join(stream, (await readdir(stream)).filter((name) => name.endsWith('.jsonl')).at(-1) ?? '');
  };
  try {
    await use({ folder, spool, file });
  } finally {
    await spool.close();
    await rm(folder, { recursive: true });
  }
}

async function allEvents(folder: string) {
  const streams = await listStreams(folder);
  return await Promise.all(streams.map(async (stream) => await readStream(folder, stream)));
}

describe('the spool', () => {
  it('keeps events asked for at once in their order, in a chain that begins with the program', async () => {
    await withSpool(async ({ folder, spool }) => {
      const events = await Promise.all(Array.from({ length: 50 }, (_, n) => spool.append({ kind: 'read', n })));
      assert.deepEqual(events.map(({ seq }) => seq), Array.from({ length: 50 }, (_, n) => n + 2));
      const [stream] = await allEvents(folder);
      assert.equal(stream?.end.kind, 'whole');
      assert.deepEqual(stream.events.map(({ body }) => body['kind']).slice(0, 2), ['stream-begin', 'read']);
      assert.equal(stream.events.length, 51);
    });
  });

  it('goes on in a new file, with one chain through all of them', async () => {
    await withSpool(async ({ folder, spool }) => {
      for (let n = 0; n < 20; n += 1) await spool.append({ kind: 'read', n, pad: 'x'.repeat(100) });
      const [stream] = await allEvents(folder);
      assert.deepEqual([stream?.end.kind, stream?.events.length], ['whole', 21]);
      assert.ok((await readdir(path.join(folder, spool.head?.stream ?? ''))).filter((name) => name.endsWith('.jsonl')).length > 3);
    }, { rotateAt: 1000 });
  });

  it('a new stream names the ends of those before it', async () => {
    await withSpool(async ({ folder, spool }) => {
      await spool.append({ kind: 'read' });
      const next = createSpool({ folder, clock, start: () => ({}) });
      const { prev: _prev, ...event } = await next.append({ kind: 'read' });
      assert.equal(event.seq, 2);
      const begun = (await readStream(folder, event.stream)).events[0]?.body;
      assert.deepEqual(begun?.['previous'], [spool.head]);
      await next.close();
    });
  });

  it('a clock that is set back breaks no chain, and the next stream names the one before it all the same', async () => {
    let now = 1_790_000_000_000;
    const back = { now: () => epochMs((now -= 3_600_000)) };
    await withSpool(async ({ folder, spool }) => {
      for (let n = 0; n < 3; n += 1) await spool.append({ kind: 'read', time: back.now() });
      const next = createSpool({ folder, clock: back, start: () => ({}) });
      const { stream } = await next.append({ kind: 'read', time: back.now() });
      assert.ok(stream < (spool.head?.stream ?? ''), 'it sorts before the one it follows');
      assert.deepEqual((await readStream(folder, stream)).events[0]?.body['previous'], [spool.head]);
      assert.deepEqual(verifySpool(await allEvents(folder)), []);
      await next.close();
    }, { clock: back });
  });

  it('what a memory apart from the folder knows and is not there any more is told by the next stream', async () => {
    await withSpool(async ({ folder, spool }) => {
      for (const n of [1, 2, 3]) await spool.append({ kind: 'read', n });
      await spool.close();
      const known = spool.head ?? (await readStream(folder, (await listStreams(folder))[0] ?? '')).head;
      const begin = async (where: string, expected: typeof known): Promise<readonly string[]> => {
        const next = createSpool({ folder: where, clock, start: () => ({}), expected: () => expected });
        await next.append({ kind: 'read' });
        await next.close();
        return verifySpool(await allEvents(where)).map(({ problem, stream }) => `${problem} ${stream === expected.stream ? 'expected' : 'other'}`);
      };
      assert.deepEqual(await begin(folder, known), [], 'it is there');
      assert.deepEqual(await begin(folder, { ...known, seq: 2, hash: genesis }), [], 'more is there than was remembered');
      const moved = `${folder}-moved`;
      await rename(folder, moved);
      assert.deepEqual(await begin(folder, known), ['missing expected'], 'the folder was renamed');
      assert.deepEqual(await begin(moved, { ...known, seq: 9 }), ['cut expected'], 'its end was cut off');
      await rm(moved, { recursive: true });
    });
  });

  it('two programs at once never write into one stream', async () => {
    await withSpool(async ({ folder, spool }) => {
      const other = createSpool({ folder, clock, start: () => ({}) });
      const events = await Promise.all(Array.from({ length: 40 }, async (_, n) => await (n % 2 === 0 ? spool : other).append({ kind: 'read', n })));
      assert.equal(new Set(events.map(({ stream }) => stream)).size, 2);
      assert.deepEqual(verifySpool(await allEvents(folder)), []);
      await other.close();
    });
  });

  it('tells streams that are over from those in use', async () => {
    await withSpool(async ({ folder, spool }) => {
      await spool.append({ kind: 'read' });
      const own = path.join(folder, spool.head?.stream ?? '');
      assert.equal(await hasLivingOwner(own), true);
      await writeFile(path.join(own, 'owner.json'), JSON.stringify({ pid: process.pid, began: '1' }));
      assert.equal(await hasLivingOwner(own), false, 'another process with the same number');
      await spool.close();
      assert.equal(await hasLivingOwner(own), false);
    });
  });

  const tampering: readonly (readonly [what: string, problem: SpoolProblem, how: (file: string) => Promise<unknown>])[] = [
    ['deleted', 'deleted', (file) => rm(file)],
    ['replaced by a copy', 'replaced', async (file) => { await copyFile(file, `${file}.copy`); await rename(`${file}.copy`, file); }],
    ['cut', 'changed', (file) => truncate(file, 10)],
    ['written to by somebody else', 'changed', (file) => appendFile(file, '{}\n')],
  ];
  for (const [what, problem, how] of tampering) {
    it(`a file that was ${what} is not gone on with, and the next stream says so`, async () => {
      await withSpool(async ({ folder, spool, file }) => {
        const before = await spool.append({ kind: 'read', n: 1 });
        await how(await file());
        await assert.rejects(spool.append({ kind: 'read', n: 2 }), (error: unknown) => error instanceof SpoolError && error.problem === problem);
        const after = await spool.append({ kind: 'read', n: 3 });
        assert.notEqual(after.stream, before.stream);
        const begun = (await readStream(folder, after.stream)).events[0]?.body;
        assert.deepEqual(begun?.['abandoned'], { stream: before.stream, seq: before.seq, why: problem });
      });
    });
  }

  it('a full disk refuses the event, leaves the file whole, and goes on when there is room', async () => {
    const disk = { full: false };
    await withSpool(async ({ folder, spool, file }) => {
      await spool.append({ kind: 'read', n: 1 });
      disk.full = true;
      await assert.rejects(spool.append({ kind: 'read', n: 2 }), /ENOSPC/);
      assert.ok((await readFile(await file(), 'utf8')).endsWith('\n'));
      disk.full = false;
      const { stream } = await spool.append({ kind: 'read', n: 3 });
      const read = await readStream(folder, stream);
      assert.deepEqual([read.end.kind, read.events.map(({ body }) => body['n'])], ['whole', [undefined, 1, 3]]);
    }, {
      // A disk that takes the first half of what it is given, as real ones do.
      wrap: (handle) => ({
        async appendFile(text) {
          if (!disk.full) return await handle.appendFile(text);
          await handle.appendFile(String(text).slice(0, 20));
          throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        },
        datasync: async () => await handle.datasync(),
        truncate: async (length) => await handle.truncate(length),
      }),
    });
  });

  it('a disk that fails to sync was never told to be written', async () => {
    const disk = { failing: false };
    await withSpool(async ({ folder, spool }) => {
      await spool.append({ kind: 'read', n: 1 });
      disk.failing = true;
      await assert.rejects(spool.append({ kind: 'read', n: 2 }), /EIO/);
      disk.failing = false;
      const { stream } = await spool.append({ kind: 'read', n: 3 });
      assert.deepEqual((await readStream(folder, stream)).events.map(({ body }) => body['n']), [undefined, 1, 3]);
    }, {
      wrap: (handle) => ({
        appendFile: async (text) => await handle.appendFile(text),
        async datasync() {
          if (disk.failing) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
          await handle.datasync();
        },
        truncate: async (length) => await handle.truncate(length),
      }),
    });
  });

  it('a program that could not even begin leaves nothing behind', async () => {
    await withSpool(async ({ folder, spool }) => {
      await assert.rejects(spool.append({ kind: 'read' }), /ENOSPC/);
      assert.deepEqual(await listStreams(folder), []);
    }, { wrap: (handle) => ({ appendFile: () => Promise.reject(new Error('ENOSPC')), datasync: async () => await handle.datasync(), truncate: async (length) => await handle.truncate(length) }) });
  });

  it('what was edited later is found, with its place', async () => {
    await withSpool(async ({ folder, spool, file }) => {
      for (let n = 0; n < 3; n += 1) await spool.append({ kind: 'read', n });
      const name = await file();
      await spool.close();
      await writeFile(name, (await readFile(name, 'utf8')).replace('"n":1', '"n":7'));
      const [stream] = await allEvents(folder);
      assert.deepEqual(stream?.end, { kind: 'damaged', line: 3, problem: 'altered' });
    });
  });
});
