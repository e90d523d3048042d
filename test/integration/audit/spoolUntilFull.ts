/** Appends to a spool until the system lets no more be written, and goes on trying. Says what it was told is durable, and then how often it was refused. */
import { epochMs } from '../../../src/core/brand.ts';
import { createSpool } from '../../../src/adapters/audit/spool/spool.ts';

const [folder = ''] = process.argv.slice(2);
const spool = createSpool({ folder, clock: { now: () => epochMs(Date.now()) }, start: () => ({}) });
let refused = 0;
for (let n = 0; n < 80; n += 1) {
  await spool.append({ kind: 'read', n, pad: 'ü'.repeat(100 + n) }).then(
    ({ stream, seq, hash }) => process.stdout.write(`${stream} ${String(seq)} ${hash}\n`),
    () => (refused += 1),
  );
}
process.stdout.write(`refused ${String(refused)}\n`);
