/**
 * A process that runs a change and ends it when it is told to, so that a test can freeze or kill it at any moment.
 * Argument: the test database, the statements and the hold time as JSON. Reads `images`, `commit` or `rollback`, one a line, and
 * says what happened, one JSON value a line.
 */
import { createInterface } from 'node:readline';
import type { IntentReceipt } from '../../src/app/ports.ts';
import { begin } from '../contract/session.contract.ts';
import { openTestSession } from './postgresSession.ts';

type Order = { readonly database: Parameters<typeof openTestSession>[0]; readonly texts: readonly string[]; readonly holdMs: number };

const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);
const { database, texts, holdMs } = JSON.parse(process.argv[2] ?? '') as Order;
const session = await openTestSession(database);
say('connected');
const start = await begin(session, texts, { holdMs });
say(start.kind === 'open' ? 'open' : start);
if (start.kind === 'open') {
  const { change } = start;
  void change.ended.then((why) => say({ ended: why }));
  for await (const order of createInterface({ input: process.stdin })) {
    if (order === 'images') say({ images: (await change.images()).length });
    if (order === 'commit') {
      await change.mark?.();
      const { kind } = await change.commit({ id: 'chaos' } as IntentReceipt);
      say({ commit: kind === 'in-doubt' ? await session.settle(change.preview.transactionId ?? '') : kind });
    }
    if (order === 'rollback') {
      await change.rollback();
      say('rolled back');
    }
  }
}
await session.close();
