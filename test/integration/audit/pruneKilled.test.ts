/** kill −9 while delivered records are removed: what is not delivered stays, and what is gone is accounted for. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createCursor } from '../../../src/adapters/audit/delivery/cursor.ts';
import { listStreams, readStream } from '../../../src/adapters/audit/spool/streams.ts';
import { verifySpool } from '../../../src/core/audit/verifySpool.ts';

const writer = fileURLToPath(new URL('pruneWriter.ts', import.meta.url));
const rounds = 60;

it(`survives ${String(rounds)} kills while it prunes`, { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'prune-'));
  const said = new Map<string, number>();
  let pruned = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const lines = await killed(folder, 5 + ((round * 7) % 60));
      for (const line of lines) {
        const [stream = '', seq] = line.split(' ');
        if (line === 'pruned') pruned += 1;
        else said.set(stream, Math.max(said.get(stream) ?? 0, Number(seq)));
      }
      const streams = await Promise.all((await listStreams(folder)).map(async (stream) => await readStream(folder, stream)));
      assert.deepEqual(verifySpool(streams).filter(({ suspicious }) => suspicious), [], `round ${String(round)}`);
      for (const { stream, start, head } of streams) {
        const delivered = await createCursor(folder, stream, 'e').read();
        assert.ok(start.seq <= delivered, `${stream}: removed up to ${String(start.seq)}, delivered up to ${String(delivered)}`);
        assert.ok(head.seq >= (said.get(stream) ?? 0), `${stream} ends at ${String(head.seq)}, ${String(said.get(stream))} was acknowledged`);
      }
    }
    assert.ok(pruned > rounds, `only ${String(pruned)} times`);
    const beginnings = await Promise.all((await listStreams(folder)).map(async (stream) => (await readStream(folder, stream)).start.seq));
    assert.ok(beginnings.some((seq) => seq > 0), 'beginnings were removed');
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** What one writer said before it was killed, some lines after its first. */
async function killed(folder: string, after: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    if (text.split('\n').length > after) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.on('close', resolve));
  return text.split('\n').slice(0, -1);
}
