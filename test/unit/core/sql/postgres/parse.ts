/** PostgreSQL's parser in this thread, for tests of what core makes of its trees. */
import { loadModule, parseSync } from 'libpg-query';
import { classifyPostgres, refuseBeforeParsing, unreadable } from '../../../../../src/core/sql/postgres/classifyPostgres.ts';
import type { ClassifiedStatement, ScriptVerdict } from '../../../../../src/core/sql/verdict.ts';

await loadModule();

export function classify(sql: string): ScriptVerdict {
  const refused = refuseBeforeParsing(sql);
  if (refused) return refused;
  try {
    return classifyPostgres(sql, sql === '' ? { stmts: [] } : parseSync(sql));
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error));
  }
}

/** The only statement of a text. */
export function classifyOne(sql: string): ClassifiedStatement {
  const { statements, error } = classify(sql);
  const [only] = statements;
  if (!only || statements.length > 1 || error) throw new Error(`not one statement: ${sql}: ${error?.message ?? String(statements.length)}`);
  return only;
}
