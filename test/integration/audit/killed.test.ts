/** kill −9 of the writer, two hundred times: nothing it was told to be durable is lost, and every stream holds together. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hasLivingOwner } from '../../../src/adapters/audit/spool/owner.ts';
import { listStreams, readStream } from '../../../src/adapters/audit/spool/streams.ts';

const writer = fileURLToPath(new URL('spoolWriter.ts', import.meta.url));
const rounds = 200;
const atOnce = 4;

// Two hundred starts of a program: seconds on a quiet machine, minutes on a busy one.
it(`survives ${String(rounds)} kills of its writer`, { timeout: 600_000 }, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'spool-'));
  try {
    const acknowledged: string[] = [];
    for (let round = 0; round < rounds; round += atOnce) {
      const lists = await Promise.all(Array.from({ length: atOnce }, (_, index) => killed(folder, (round + index) % 37)));
      acknowledged.push(...lists.flat());
    }
    const durable = new Set<string>();
    for (const stream of await listStreams(folder)) {
      const { events, end } = await readStream(folder, stream);
      assert.notEqual(end.kind, 'damaged', `${stream}: ${JSON.stringify(end)}`);
      assert.equal(await hasLivingOwner(path.join(folder, stream)), false);
      for (const { seq, hash } of events) durable.add(`${stream} ${String(seq)} ${hash}`);
    }
    const lost = acknowledged.filter((line) => !durable.has(line));
    assert.deepEqual(lost, []);
    assert.ok(acknowledged.length > rounds, `only ${String(acknowledged.length)} events were written`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** What one writer said before it was killed, some lines after its first. */
async function killed(folder: string, after: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > after) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.on('close', resolve));
  // The last line may have been cut off by the kill: then the writer had not finished saying it.
  return said.split('\n').slice(0, -1);
}
