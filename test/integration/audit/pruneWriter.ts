/** Appends to a spool, says what is durable, has some of it “delivered”, and prunes, over and over. Ended from outside. */
import { epochMs } from '../../../src/core/brand.ts';
import { createCursor } from '../../../src/adapters/audit/delivery/cursor.ts';
import { pruneSpool } from '../../../src/adapters/audit/spool/prune.ts';
import { createSpool } from '../../../src/adapters/audit/spool/spool.ts';
import { surveySpool } from '../../../src/adapters/audit/spool/survey.ts';

const [folder = ''] = process.argv.slice(2);
// Emptied folders are removed an hour after their stream began: here, at once.
const clock = { now: () => epochMs(Date.now() + 2 * 60 * 60_000) };
const spool = createSpool({ folder, rotateAt: 3000, clock: { now: () => epochMs(Date.now()) }, start: () => ({}) });
for (let n = 0; ; n += 10) {
  for (let offset = 0; offset < 10; offset += 1) {
    const { stream, seq, hash } = await spool.append({ kind: 'read', n: n + offset, pad: 'x'.repeat(100) });
    process.stdout.write(`${stream} ${String(seq)} ${hash}\n`);
  }
  // Of every stream there is, the endpoint has all but the newest.
  for (const { stream, files } of await surveySpool(folder, ['e'])) {
    const last = stream === spool.head?.stream ? spool.head : files.at(-1)?.head;
    if (last && last.seq > 15) await createCursor(folder, stream, 'e').write({ seq: last.seq - 15, hash: last.hash });
  }
  await pruneSpool({ folder, spool, endpoints: ['e'], clock, actor: { kind: 'human', osUser: 'ann', host: 'laptop' }, keepMs: 0, maxBytes: 0 });
  process.stdout.write('pruned\n');
}
