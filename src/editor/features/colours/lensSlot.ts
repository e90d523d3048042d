/** Room for lenses of another feature among those of a statement: one provider for all of them keeps their order. */
import { EventEmitter } from 'vscode';
import type { CodeLens, Disposable, Event, TextDocument } from 'vscode';

export type StatementLenses = { /** Before Run. */ readonly before: readonly CodeLens[]; readonly after: readonly CodeLens[] };

export type LensSource = {
  /** Of the statement that begins on that line. */
  at(document: TextDocument, line: number): StatementLenses | undefined;
  readonly onDidChange: Event<unknown>;
};

export interface LensSlot extends Disposable {
  fill(source: LensSource): Disposable;
  at(document: TextDocument, line: number): StatementLenses;
  readonly onDidChange: Event<void>;
}

const none: StatementLenses = { before: [], after: [] };

export function createLensSlot(): LensSlot {
  const changed = new EventEmitter<void>();
  let filled: LensSource | undefined;
  return {
    fill(source) {
      filled = source;
      return source.onDidChange(() => changed.fire());
    },
    at: (document, line) => filled?.at(document, line) ?? none,
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}
