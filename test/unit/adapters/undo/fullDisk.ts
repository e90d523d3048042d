/** Keeps a way back that is larger than this process may write, and prints what came of it. */
import { createUndoStore } from '../../../../src/adapters/undo/undoStore.ts';
import { epochMs } from '../../../../src/core/brand.ts';

const key = new Uint8Array(32);
const store = createUndoStore({
  folder: process.argv[2] ?? '',
  secrets: () => ({
    label: 'memory',
    read: () => Promise.resolve({ kind: 'found', value: Buffer.from(key).toString('base64') }),
    write: () => Promise.resolve({ kind: 'done' }),
    remove: () => Promise.resolve({ kind: 'done' }),
  }),
  clock: { now: () => epochMs(Date.now()), after: () => () => undefined },
  retentionDays: () => 7,
});
const step = { sql: 'x'.repeat(1_000_000), parts: [] };
console.log(JSON.stringify(await store.keep({ run: 'r', connection: 'c', address: 'a', time: epochMs(0), sql: '', effects: [], undo: { kind: 'steps', dialect: 'postgresql', settings: {}, steps: [step], leaves: [] } })));
