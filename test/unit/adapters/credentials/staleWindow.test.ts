/** Windows that read a store once and write all of it back: what one of them stored is not lost by another. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { findOrMakeMachineKey } from '../../../../src/adapters/credentials/machineKey.ts';
import { refuseWhenStale } from '../../../../src/adapters/credentials/staleWindow.ts';
import type { SecretStore } from '../../../../src/adapters/credentials/secretStore.ts';

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** What a browser keeps of it, and tabs of it that are opened one after the other. */
function browser() {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-stale-'));
  folders.push(folder);
  let kept = new Map<string, string>();
  let opened = Date.now() - 1000;
  const tab = (): SecretStore => {
    const known = new Map(kept);
    const save = (): Promise<{ readonly kind: 'done' }> => {
      kept = new Map(known);
      return Promise.resolve({ kind: 'done' });
    };
    const store: SecretStore = {
      label: 'the browser',
      read: (key) => Promise.resolve(known.has(key) ? { kind: 'found', value: known.get(key) ?? '' } : { kind: 'absent' }),
      write: (key, value) => (known.set(key, value), save()),
      remove: (key) => (known.delete(key), save()),
    };
    return refuseWhenStale(store, { folder: path.join(folder, 'secrets'), openedAt: opened });
  };
  return {
    tab,
    /** Time goes on: a tab that is opened now was opened after everything so far. */
    later: () => void (opened = Date.now() + 60_000),
    forget: () => void (kept = new Map()),
    kept: () => [...kept.keys()],
  };
}

describe('two tabs of one browser', () => {
  test('a key that another one made is not made again, and what it stored is not lost', async () => {
    const { tab, kept } = browser();
    const [first, second] = [tab(), tab()];
    const made = await findOrMakeMachineKey(first, 'requests-key');
    assert.equal(made.kind, 'found');
    for (const end of [await findOrMakeMachineKey(second, 'requests-key'), await second.read('requests-key'), await second.write('password', 'x'), await second.remove('password')]) {
      assert.ok(end.kind === 'failed' && end.message.includes('Reload this window'), JSON.stringify(end));
    }
    assert.deepEqual(kept(), ['requests-key']);
  });

  test('after a reload it has the key, and stores what it wants', async () => {
    const { tab, later, kept } = browser();
    const made = await findOrMakeMachineKey(tab(), 'requests-key');
    later();
    const again = tab();
    assert.deepEqual(await findOrMakeMachineKey(again, 'requests-key'), made);
    assert.equal((await again.write('password', 'x')).kind, 'done');
    assert.deepEqual(kept(), ['requests-key', 'password']);
  });

  test('what was never stored is absent, and what was removed too', async () => {
    const { tab } = browser();
    const [first, second] = [tab(), tab()];
    assert.equal((await second.read('requests-key')).kind, 'absent');
    await first.write('password', 'x');
    await first.remove('password');
    assert.equal((await second.read('password')).kind, 'absent');
    assert.equal((await second.write('other', 'x')).kind, 'done');
  });

  test('a key that is really gone is made anew by a window that was opened since', async () => {
    const { tab, later, forget } = browser();
    await findOrMakeMachineKey(tab(), 'requests-key');
    forget();
    later();
    assert.equal((await findOrMakeMachineKey(tab(), 'requests-key')).kind, 'found');
  });
});
