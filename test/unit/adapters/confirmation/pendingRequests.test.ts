import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createPendingRequests } from '../../../../src/adapters/confirmation/pendingRequests.ts';
import type { PendingRequest, PendingRequests } from '../../../../src/app/approvalPorts.ts';
import { epochMs } from '../../../../src/core/brand.ts';
import { pendingRequest } from '../../../support/confirmation/pending.ts';
import { createVault } from '../../../support/confirmation/vault.ts';
import type { Vault } from '../../../support/confirmation/vault.ts';

let folder: string;
let vault: Vault;
let troubles: string[];
let pending: PendingRequests;
const windowOf = (): PendingRequests => createPendingRequests({ folder, secrets: () => vault, onTrouble: (message) => troubles.push(message) });
const only = (): string => path.join(folder, readdirSync(folder).find((name) => name.endsWith('.request')) ?? '');

describe('requests that wait, on disk', () => {
  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'pending-')), 'requests');
    vault = createVault();
    troubles = [];
    pending = windowOf();
  });
  afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

  test('comes back as it was, bytes included, and nothing of it is readable on disk', async () => {
    const entry = pendingRequest({ fingerprint: { kind: 'none', reason: 'a sequence' }, claim: pendingRequest().envelope, server: 'https://confirm.example.com' });
    await pending.keep(entry);
    assert.deepEqual(await windowOf().get(entry.id), entry);
    assert.ok((await windowOf().get(entry.id))?.body instanceof Uint8Array);
    assert.ok(!readFileSync(only(), 'utf8').includes('customers'));
  });

  test('a folder full of rubbish costs one look and one question to the secret store, and hides nothing', async () => {
    await pending.keep(pendingRequest());
    for (let index = 0; index < 2000; index += 1) writeFileSync(path.join(folder, `rubbish_${String(index)}.1.request`), 'x'.repeat(100));
    truncateSync((writeFileSync(path.join(folder, 'huge.1.request'), ''), path.join(folder, 'huge.1.request')), 3 * 1024 ** 3);
    let questions = 0;
    const counting = createPendingRequests({ folder, secrets: () => ({ ...vault, read: async (name) => ((questions += 1), await vault.read(name)) }), onTrouble: (message) => troubles.push(message) });
    assert.deepEqual((await counting.list()).map(({ id }) => id), ['r_AAAAAAAAAAAAAAAA']);
    assert.equal(questions, 1);
    assert.match(troubles.join(' '), /2001 requests for confirmation .* cannot be opened/u);
  });

  test('there is one file for each request, however often it changed', async () => {
    await pending.keep(pendingRequest());
    for (let seq = 1; seq < 9; seq += 1) await pending.change('r_AAAAAAAAAAAAAAAA', { seq });
    assert.equal(readdirSync(folder).length, 1);
    // What a crash after writing and before tidying up leaves.
    writeFileSync(only().replace('.9.', '.8.'), readFileSync(only()));
    await pending.change('r_AAAAAAAAAAAAAAAA', { note: 'later' });
    assert.equal(readdirSync(folder).length, 1);
    assert.equal((await pending.get('r_AAAAAAAAAAAAAAAA'))?.seq, 8);
  });

  const changes: readonly (readonly [name: string, first: Partial<PendingRequest>, second: Partial<PendingRequest>, expected: Partial<PendingRequest>])[] = [
    ['decisions of two windows are both kept', { decisions: [{ by: 'bob' }] }, { decisions: [{ by: 'carol' }] }, { decisions: [{ by: 'bob' }, { by: 'carol' }] }],
    ['the same decision is kept once', { decisions: [{ by: 'bob' }] }, { decisions: [{ by: 'bob' }] }, { decisions: [{ by: 'bob' }] }],
    ['an older event does not set back the newer one', { seq: 7 }, { seq: 3 }, { seq: 7 }],
    ['what is committed does not wait again', { state: 'committed' }, { state: 'waiting' }, { state: 'committed' }],
    ['what is in doubt may be settled', { state: 'in-doubt' }, { state: 'committed' }, { state: 'committed' }],
    ['a note stays when nobody changes it', { note: 'Rejected by Bob' }, { seq: 1 }, { note: 'Rejected by Bob' }],
  ];
  for (const [name, first, second, expected] of changes) {
    test(name, async () => {
      await pending.keep(pendingRequest());
      await pending.change('r_AAAAAAAAAAAAAAAA', first);
      const entry = await windowOf().change('r_AAAAAAAAAAAAAAAA', second);
      for (const [key, value] of Object.entries(expected)) assert.deepEqual(entry[key as keyof PendingRequest], value);
    });
  }

  test('changes of many windows in the same moment are all there', async () => {
    await pending.keep(pendingRequest());
    await Promise.all(Array.from({ length: 12 }, async (_, number) => await windowOf().change('r_AAAAAAAAAAAAAAAA', { decisions: [{ number }] })));
    assert.equal((await pending.get('r_AAAAAAAAAAAAAAAA'))?.decisions.length, 12);
  });

  test('one of many takes it, and nobody ever again', async () => {
    await pending.keep(pendingRequest());
    const answers = await Promise.all(Array.from({ length: 20 }, async () => await windowOf().take('r_AAAAAAAAAAAAAAAA')));
    assert.equal(answers.filter(Boolean).length, 1);
    assert.equal((await windowOf().get('r_AAAAAAAAAAAAAAAA'))?.state, 'taken');
    await pending.change('r_AAAAAAAAAAAAAAAA', { state: 'waiting' });
    assert.equal(await windowOf().take('r_AAAAAAAAAAAAAAAA'), false);
    await pending.remove('r_AAAAAAAAAAAAAAAA');
    assert.equal(await pending.take('r_AAAAAAAAAAAAAAAA'), false);
    await assert.rejects(pending.keep(pendingRequest()), /was run on this machine before/);
  });

  test('only what waits can be taken', async () => {
    assert.equal(await pending.take('r_AAAAAAAAAAAAAAAA'), false);
    await pending.keep(pendingRequest({ state: 'rejected' }));
    assert.equal(await pending.take('r_AAAAAAAAAAAAAAAA'), false);
  });

  test('a second request with the same id does not replace the first', async () => {
    await pending.keep(pendingRequest({ text: 'SELECT 1' }));
    await assert.rejects(pending.keep(pendingRequest()), /kept already/);
    assert.equal((await pending.get('r_AAAAAAAAAAAAAAAA'))?.text, 'SELECT 1');
  });

  test('the latest comes first', async () => {
    for (const [id, created] of [['r_AAAAAAAAAAAAAAAA', 1], ['r_BBBBBBBBBBBBBBBB', 3], ['r_CCCCCCCCCCCCCCCC', 2]] as const) await pending.keep(pendingRequest({ id, created: epochMs(created) }));
    assert.deepEqual((await pending.list()).map(({ created }) => Number(created)), [3, 2, 1]);
  });

  const damages: readonly (readonly [name: string, damage: (file: string) => void])[] = [
    ['a changed byte', (file) => writeFileSync(file, readFileSync(file, 'utf8').replace(/.(?=.{20}\n$)/, (letter) => (letter === 'A' ? 'B' : 'A')))],
    ['a cut file', (file) => writeFileSync(file, readFileSync(file).subarray(0, 40))],
    ['the file of another request', (file) => writeFileSync(file.replace('AAAA', 'ZZZZ'), readFileSync(file))],
    ['a key that is gone', () => vault.values.clear()],
  ];
  for (const [name, damage] of damages) {
    test(`${name}: it is said, nothing is removed, and nothing is run`, async () => {
      await pending.keep(pendingRequest());
      damage(only());
      const before = readdirSync(folder).toSorted();
      const listed = await pending.list();
      await pending.list();
      assert.equal(troubles.length, 1, 'said once');
      assert.match(troubles[0] ?? '', /cannot be opened.*Nothing was removed/);
      assert.deepEqual(readdirSync(folder).toSorted(), before);
      assert.ok(listed.every(({ text }) => text === pendingRequest().text));
    });
  }

  test('what cannot be written down is not said to be kept', async () => {
    writeFileSync(folder, 'a file where the folder should be');
    await assert.rejects(pending.keep(pendingRequest()));
  });

  test('an id never leads out of the folder', async () => {
    await assert.rejects(pending.keep(pendingRequest({ id: '../outside' })), /id/);
  });
});
