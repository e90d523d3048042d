/** A file system that takes a part of a record and then nothing more: the system's own limit for the size of a file, in several places. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listStreams, readStream } from '../../../src/adapters/audit/spool/streams.ts';
import { verifySpool } from '../../../src/core/audit/verifySpool.ts';

const writer = fileURLToPath(new URL('spoolUntilFull.ts', import.meta.url));

describe('where nothing more can be written', { skip: process.platform === 'win32' ? 'there is no such limit' : false }, () => {
  // In blocks of the shell, which are 512 or 1024 bytes.
  for (const blocks of [3, 7, 12]) {
    it(`the records are whole and what was told to be durable is there: ${String(blocks)} blocks`, async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'full-'));
      try {
        const child = spawn('/bin/sh', ['-c', `ulimit -f ${String(blocks)} && exec "$0" "$@"`, process.execPath, '--disable-warning=ExperimentalWarning', writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
        const said = (await text(child.stdout)).trim().split('\n');
        const refused = Number(said.pop()?.split(' ')[1]);
        assert.ok(refused > 0 && said.length > 0, `${String(said.length)} written, ${String(refused)} refused`);
        const streams = await Promise.all((await listStreams(folder)).map(async (stream) => await readStream(folder, stream)));
        assert.deepEqual(verifySpool(streams), [], 'nothing is torn, cut or missing');
        const durable = new Set(streams.flatMap(({ events }) => events.map(({ stream, seq, hash }) => `${stream} ${String(seq)} ${hash}`)));
        assert.deepEqual(said.filter((line) => !durable.has(line)), []);
        // The first of each stream is the spool's own.
        assert.equal(durable.size - streams.length, said.length, 'and nothing that was refused');
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
});
