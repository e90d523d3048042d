/** Where the statements of a document are, by the rules of its dialect. Loaded when the first connected document is looked at; until then none are found. */
import { EventEmitter } from 'vscode';
import type { Disposable, Event } from 'vscode';
import { onDemand } from '../../../adapters/onDemand.ts';
import type { StatementRange } from '../../../core/sql/statementPlaces.ts';
import type { Dialect } from '../../../core/sql/verdict.ts';
import { loadSplit } from '../../lazy.ts';

export interface DocumentSplit extends Disposable {
  all(text: string, dialect: Dialect): readonly StatementRange[];
  at(text: string, offset: number, dialect: Dialect): StatementRange | undefined;
  /** What could not be found before can be now. */
  readonly onDidLoad: Event<void>;
}

export function createDocumentSplit(): DocumentSplit {
  const loaded = new EventEmitter<void>();
  let rules: Awaited<ReturnType<typeof loadSplit>> | undefined;
  const load = onDemand(async () => {
    rules = await loadSplit();
    loaded.fire();
  });
  const known = (): typeof rules => {
    // Without them nothing is highlighted, and what runs is found by the run itself: so nobody is told here.
    if (!rules) load().catch(() => undefined);
    return rules;
  };
  return {
    all: (text, dialect) => known()?.splitText(text, dialect) ?? [],
    at: (text, offset, dialect) => known()?.statementIn(text, offset, dialect),
    onDidLoad: loaded.event,
    dispose: () => loaded.dispose(),
  };
}
