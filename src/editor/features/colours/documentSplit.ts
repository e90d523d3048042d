/**
 * Where the statements of a document are, by the rules of its dialect. Those of MySQL and MariaDB are loaded when the first
 * such document is looked at; until then none are found.
 */
import { EventEmitter } from 'vscode';
import type { Disposable, Event } from 'vscode';
import { splitPostgres, statementAt } from '../../../core/sql/postgres/split.ts';
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
  let isLoading = false;
  const load = (): void => {
    if (isLoading) return;
    isLoading = true;
    void loadSplit().then((module) => {
      rules = module;
      loaded.fire();
    });
  };
  return {
    all(text, dialect) {
      if (dialect === 'postgresql') return splitPostgres(text);
      if (!rules) load();
      return rules?.splitText(text, dialect) ?? [];
    },
    at(text, offset, dialect) {
      if (dialect === 'postgresql') return statementAt(text, offset);
      if (!rules) load();
      return rules?.statementIn(text, offset, dialect);
    },
    onDidLoad: loaded.event,
    dispose: () => loaded.dispose(),
  };
}
