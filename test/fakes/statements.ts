/** Short ways to write classified statements in tests. */
import type { ClassifiedStatement, ScriptVerdict, StatementClass } from '../../src/core/sql/verdict.ts';
import { worstClass } from '../../src/core/sql/verdict.ts';

export function statement(text: string, cls: StatementClass, facts: Partial<ClassifiedStatement> = {}): ClassifiedStatement {
  return {
    start: 0,
    end: new TextEncoder().encode(text).length,
    text,
    kind: (text.split(/\s/u)[0] ?? '').toLowerCase(),
    class: cls,
    tags: [],
    targets: [],
    reasons: [],
    canPreview: cls !== 'txn',
    canRunInTransaction: true,
    implicitCommit: false,
    returnsRows: cls === 'read',
    ...facts,
  };
}

export function verdict(...statements: readonly ClassifiedStatement[]): ScriptVerdict {
  return { dialect: 'postgresql', class: worstClass(statements.map((each) => each.class)), statements };
}
