/** Texts made to hurt: they end as unknown, soon, and never with an exception. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyMysql } from '../../../../../src/core/sql/mysql/classifyMysql.ts';

const list = (count: number, each: (index: number) => string, separator = ','): string => Array.from({ length: count }, (_, index) => each(index)).join(separator);

/** Far above what they take, far below what a quadratic reader would take. */
const mostMilliseconds = 1500;

const hostile: readonly [name: string, text: string][] = [
  ['50,000 comment openers', `SELECT ${'/*'.repeat(50_000)}`],
  ['a literal of 20 MB', `SELECT '${'x'.repeat(20_000_000)}'`],
  ['100,000 values in a list', `SELECT * FROM t WHERE id IN (${list(100_000, String)})`],
  ['10,000 parentheses', `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
  ['100,000 NOT', `DELETE FROM t WHERE ${'NOT '.repeat(60_000)}1`],
  ['100,000 signs', `DELETE FROM t WHERE ${'- '.repeat(100_000)}1`],
  ['10,000 CASE', `DELETE FROM t WHERE ${'CASE WHEN '.repeat(10_000)}1`],
  ['190 calls inside each other', `DELETE FROM t WHERE ${'fw('.repeat(190)}1${')'.repeat(190)}`],
  ['10,000 EXPLAIN', `${'EXPLAIN '.repeat(10_000)}SELECT 1`],
  ['10,000 SET STATEMENT', `${'SET STATEMENT a = 1 FOR '.repeat(10_000)}SELECT 1`],
  ['30,000 BEGIN', `CREATE PROCEDURE p() ${'BEGIN '.repeat(30_000)}`],
  ['20,000 unknown functions', `SELECT ${list(20_000, (index) => `f${index}(1)`)}`],
];

/** What this thread has computed: unlike elapsed time, it does not depend on what else the machine does. */
function ownMilliseconds(): number {
  // Newer than the typings.
  const { threadCpuUsage } = process as unknown as { threadCpuUsage(): { user: number; system: number } };
  const { user, system } = threadCpuUsage.call(process);
  return (user + system) / 1000;
}

describe('hostile texts end as unknown', () => {
  for (const [name, text] of hostile) {
    it(name, () => {
      const started = ownMilliseconds();
      const verdicts = (['mysql', 'mariadb'] as const).map((dialect) => classifyMysql(text, dialect));
      const milliseconds = ownMilliseconds() - started;
      assert.ok(milliseconds < mostMilliseconds, `${milliseconds} ms`);
      for (const verdict of verdicts) {
        assert.equal(verdict.class, 'unknown');
        assert.ok(verdict.error !== undefined || verdict.statements.some(({ reasons }) => reasons.length > 0));
      }
    });
  }
});

describe('long texts are read in one pass', () => {
  const rows: readonly [name: string, text: string][] = [
    ['many statements', list(20_000, (index) => `UPDATE t SET a = 'x' WHERE id = ${index}`, ';\n')],
    ['many strings', list(40_000, () => `SELECT 'a', "b"`, ';')],
    ['many semicolons', ';'.repeat(500_000)],
    ['many DELIMITER lines', 'DELIMITER //\n'.repeat(50_000)],
    ['many hints', list(30_000, () => 'SELECT /*+ SET_VAR(a = 1) */ 1', ';')],
    ['many skipped comments', list(40_000, () => 'SELECT 1 /*!99999 x */', ';')],
    ['many tables', `SELECT 1 FROM ${list(20_000, (index) => `t${index}`)}`],
    ['many assignments', `UPDATE t SET ${list(20_000, (index) => `a${index} = 1`)} WHERE id = 1`],
    ['many escapes', `SELECT ${'"a\\"",'.repeat(30_000)}1`],
    ['many conditions', `DELETE FROM t WHERE ${list(8_000, (index) => `a = ${index}`, ' OR ')}`],
  ];
  for (const [name, text] of rows) {
    it(name, () => {
      const started = ownMilliseconds();
      classifyMysql(text, 'mysql');
      const milliseconds = ownMilliseconds() - started;
      assert.ok(milliseconds < mostMilliseconds, `${milliseconds} ms`);
    });
  }
});
