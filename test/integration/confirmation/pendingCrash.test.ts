/** Requests on disk when processes compete for them, and when one is ended at any moment. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createPendingRequests } from '../../../src/adapters/confirmation/pendingRequests.ts';
import { pendingRequest } from '../../support/confirmation/pending.ts';
import { fileVault } from '../../support/confirmation/vault.ts';

const program = new URL('../../support/confirmation/takeOnce.ts', import.meta.url).pathname;
let root = '';
before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'pending-crash-'));
});
after(() => rmSync(root, { recursive: true }));

const start = (folder: string, action: string, id: string) =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--experimental-strip-types', program, folder, path.join(root, 'vault.json'), action, id], { stdio: ['ignore', 'pipe', 'inherit'] });

test('of several processes one takes a request', async () => {
  const folder = path.join(root, 'race');
  const { id } = pendingRequest();
  await createPendingRequests({ folder, secrets: () => fileVault(path.join(root, 'vault.json')) }).keep(pendingRequest());
  const said = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const child = start(folder, 'take', id);
      let text = '';
      child.stdout.on('data', (part: Buffer) => (text += part.toString()));
      await once(child, 'close');
      return text.trim();
    }),
  );
  assert.deepEqual(said.toSorted(), ['false', 'false', 'false', 'false', 'false', 'true']);
});

test('ended without a word, everything it said to be kept is there, and the rest is whole', async () => {
  for (let round = 0; round < 12; round += 1) {
    const folder = path.join(root, `crash-${String(round)}`);
    const id = pendingRequest().id;
    const child = start(folder, 'write', id);
    let said = 0;
    child.stdout.on('data', (part: Buffer) => {
      said = Number(part.toString().trim().split('\n').at(-1));
      // Each round at another point of what it does next.
      if (said >= 3) setImmediate(() => setTimeout(() => child.kill('SIGKILL'), round / 3));
    });
    await once(child, 'close');
    const pending = createPendingRequests({ folder, secrets: () => fileVault(path.join(root, 'vault.json')), onTrouble: (message) => assert.fail(message) });
    const [entry, ...others] = await pending.list();
    assert.equal(others.length, 0);
    assert.ok(entry !== undefined && entry.seq >= said, `${String(entry?.seq)} of ${String(said)}`);
    assert.equal(entry.decisions.length, entry.seq);
    assert.equal(await pending.take(id), true);
  }
});
