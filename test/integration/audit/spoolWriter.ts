/** Appends to a spool as fast as it can and says what it was told is durable. Ended from outside. */
import { epochMs } from '../../../src/core/brand.ts';
import { createSpool } from '../../../src/adapters/audit/spool/spool.ts';

const [folder = ''] = process.argv.slice(2);
const spool = createSpool({ folder, rotateAt: 20_000, clock: { now: () => epochMs(Date.now()) }, start: () => ({ pid: process.pid }) });
for (let n = 0; ; n += 3) {
  const events = await Promise.all([0, 1, 2].map((offset) => spool.append({ kind: 'read', n: n + offset, pad: 'ü'.repeat(n % 200) })));
  process.stdout.write(events.map(({ stream, seq, hash }) => `${stream} ${String(seq)} ${hash}\n`).join(''));
}
