/** The labelled texts of test/corpus/mysql.jsonl. */
import { readFileSync } from 'node:fs';
import type { MysqlDialect } from '../../../../src/core/sql/mysql/tokens.ts';
import type { StatementClass, StatementTag } from '../../../../src/core/sql/verdict.ts';

export type MysqlRow = {
  readonly sql: string;
  /** `null`: the server refuses the text. */
  readonly statements: number | null;
  readonly class: StatementClass;
  readonly also?: readonly StatementClass[];
  readonly tags?: readonly StatementTag[];
  readonly dialect: MysqlDialect | 'both';
  /** Another state of the session than the usual one. */
  readonly ctx?: object;
  readonly why: string;
};

const file = new URL('../../../corpus/mysql.jsonl', import.meta.url);

const rows: readonly MysqlRow[] = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as MysqlRow);

/** Those a server of this dialect knows. */
export function mysqlCorpus(dialect: MysqlDialect): readonly MysqlRow[] {
  return rows.filter((row) => row.dialect === 'both' || row.dialect === dialect);
}
