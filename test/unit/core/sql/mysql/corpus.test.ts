/** Every labelled text of test/corpus/mysql.jsonl: never less severe than the truth, and nearly always the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { classifyMysql } from '../../../../../src/core/sql/mysql/classifyMysql.ts';
import type { MysqlDialect } from '../../../../../src/core/sql/mysql/tokens.ts';
import { statementClasses } from '../../../../../src/core/sql/verdict.ts';
import type { ScriptVerdict, StatementClass, StatementTag } from '../../../../../src/core/sql/verdict.ts';

/** `statements` is null when the server refuses the text; `also` are classes that are right as well. */
type Row = {
  readonly sql: string;
  readonly statements: number | null;
  readonly class: StatementClass;
  readonly also?: readonly StatementClass[];
  readonly tags?: readonly StatementTag[];
  readonly dialect: MysqlDialect | 'both';
  readonly ctx?: object;
};

const lines = readFileSync(new URL('../../../../corpus/mysql.jsonl', import.meta.url), 'utf8').split('\n').filter((line) => line !== '');
const rows = lines.map((line) => JSON.parse(line) as Row);
const cases = rows.flatMap((row) => (row.dialect === 'both' ? (['mysql', 'mariadb'] as const) : [row.dialect]).map((dialect) => ({ row, dialect, verdict: classifyMysql(row.sql, dialect, { source: 'message' }) })));

const show = ({ row, dialect, verdict }: (typeof cases)[number]): string => `${dialect} ${JSON.stringify(row.sql)}: ${describeVerdict(verdict)}, not ${row.class}`;
const describeVerdict = ({ class: found, statements, error }: ScriptVerdict): string => `${found} (${[error?.message, ...statements.flatMap(({ reasons }) => reasons.map(({ message }) => message))].filter(Boolean).join('; ')})`;
const severity = (name: StatementClass): number => statementClasses.indexOf(name);
const accepted = (row: Row): readonly StatementClass[] => [row.class, ...(row.also ?? [])];

describe(`${cases.length} labelled texts`, () => {
  it('none is called less severe than it is', () => {
    const wrong = cases.filter(({ row, verdict }) => severity(verdict.class) < Math.min(...accepted(row).map(severity)));
    assert.deepEqual(wrong.map(show), []);
  });

  it('each has a class that its label allows', () => {
    const wrong = cases.filter(({ row, verdict }) => !accepted(row).includes(verdict.class));
    assert.deepEqual(wrong.map(show), []);
  });

  it('reads are recognised', () => {
    const lost = cases.filter(({ row, verdict }) => row.class === 'read' && !row.also?.includes('unknown') && verdict.class !== 'read');
    assert.deepEqual(lost.map(show), []);
  });

  it('statements are counted', () => {
    // Under another sql_mode than the usual one the text has other boundaries; there it is unknown.
    const wrong = cases.filter(({ row, verdict }) => row.ctx === undefined && row.statements !== null && verdict.statements.length !== row.statements);
    assert.deepEqual(wrong.map(({ row, dialect, verdict }) => `${dialect} ${JSON.stringify(row.sql)}: ${verdict.statements.length}, not ${row.statements}`), []);
  });

  it('tags are there', () => {
    const wrong = cases.flatMap(({ row, dialect, verdict }) => {
      const found = new Set(verdict.statements.flatMap(({ tags }) => tags));
      const missing = (row.tags ?? []).filter((tag) => !found.has(tag));
      return missing.length === 0 ? [] : [`${dialect} ${JSON.stringify(row.sql)}: no ${missing.join(', ')}`];
    });
    assert.deepEqual(wrong, []);
  });

  it('what is not a read says why', () => {
    const silent = cases.filter(({ verdict }) => verdict.statements.some((statement) => statement.class !== 'read' && statement.reasons.length === 0));
    assert.deepEqual(silent.map(show), []);
  });
});
