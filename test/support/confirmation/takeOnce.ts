/** Tries to take a request, as one window of several; prints whether it did. For tests that start many at once, or end one at any moment. */
import { createPendingRequests } from '../../../src/adapters/confirmation/pendingRequests.ts';
import { pendingRequest } from './pending.ts';
import { fileVault } from './vault.ts';

const [folder = '', vault = '', action = 'take', id = ''] = process.argv.slice(2);
const pending = createPendingRequests({ folder, secrets: () => fileVault(vault) });
if (action === 'take') {
  process.stdout.write(`${String(await pending.take(id))}\n`);
} else {
  // Until it is ended from outside: every number that was printed is on disk.
  await pending.keep(pendingRequest({ id }));
  for (let seq = 1; ; seq += 1) {
    await pending.change(id, { seq, decisions: [{ number: seq }] });
    process.stdout.write(`${String(seq)}\n`);
  }
}
