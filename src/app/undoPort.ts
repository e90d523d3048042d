/** What keeping ways back needs from the outside. */
import type { EpochMs } from '../core/brand.ts';
import type { UndoEntry } from '../core/undo/kept.ts';

export type UndoKept =
  | { readonly kind: 'kept'; readonly expiresAt: EpochMs }
  /** The reason completes “No undo, because …”. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Where ways back are kept until they expire. No method rejects. */
export interface UndoStore {
  /** Durable when it says so. */
  keep(entry: UndoEntry): Promise<UndoKept>;
  /** The change is final: what was kept for it counts. */
  confirm(run: string): Promise<void>;
  /** The change was not committed, or has been taken back. */
  discard(run: string): Promise<void>;
}
