/** One way back in one file: two sealed lines, so that a list of many does not have to read their rows. */
import { epochMs, type EpochMs } from '../../core/brand.ts';
import { sizeOf, type UndoEntry, type UndoSize } from '../../core/undo/kept.ts';
import { seal, unseal } from './sealed.ts';

/** Everything but the statements. */
export type UndoHead = Omit<UndoEntry, 'undo'> & { readonly expiresAt: EpochMs; readonly size: UndoSize; readonly leaves: readonly string[] };

const format = 'countersign-undo 1';

export function writeUndoFile(entry: UndoEntry, expiresAt: EpochMs, key: Uint8Array): string {
  const { undo, ...facts } = entry;
  const head: UndoHead = { ...facts, expiresAt, size: sizeOf(undo), leaves: undo.leaves };
  // The expiry is readable without the key: what nobody can open any more can still be removed in time.
  return [`${format} ${String(expiresAt)}`, seal(JSON.stringify(head), key, `${format} head ${entry.run}`), seal(JSON.stringify(undo), key, `${format} body ${entry.run}`), ''].join('\n');
}

/** `undefined` when it is no such file. */
export function expiryOf(text: string): EpochMs | undefined {
  const [, expiry] = /^countersign-undo 1 (\d+)\n/u.exec(text) ?? [];
  return expiry === undefined ? undefined : epochMs(Number(expiry));
}

/** @throws when it cannot be opened with the key, or is not the one of this run */
export function readUndoHead(text: string, run: string, key: Uint8Array): UndoHead {
  const head = JSON.parse(unseal(text.split('\n', 3)[1] ?? '', key, `${format} head ${run}`)) as UndoHead;
  if (head.run !== run || head.expiresAt !== expiryOf(text)) throw new Error('it was changed');
  return head;
}

/** @throws like `readUndoHead` */
export function readUndoFile(text: string, run: string, key: Uint8Array): UndoEntry {
  const { expiresAt: _expiresAt, size: _size, leaves: _leaves, ...facts } = readUndoHead(text, run, key);
  return { ...facts, undo: JSON.parse(unseal(text.split('\n', 4)[2] ?? '', key, `${format} body ${run}`)) as UndoEntry['undo'] };
}
