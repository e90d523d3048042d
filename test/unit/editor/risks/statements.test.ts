/** What is known of the statements of a document, with the real parsers behind it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SqlAnalyser } from '../../../../src/app/ports.ts';
import { classifyMysql } from '../../../../src/core/sql/mysql/classifyMysql.ts';
import { riskRulesFor } from '../../../../src/core/sql/riskRules.ts';
import type { Dialect } from '../../../../src/core/sql/verdict.ts';
import { createStatementReader, knownAt, mostStatements } from '../../../../src/editor/features/risks/statements.ts';
import { classify } from '../../core/sql/postgres/parse.ts';

function countingAnalyser(): SqlAnalyser & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    analyse(text, dialect) {
      asked.push(text);
      return Promise.resolve(dialect === 'postgresql' ? classify(text) : classifyMysql(text, dialect));
    },
  };
}

const read = async (text: string, dialect: Dialect, analyser = countingAnalyser()) => await createStatementReader(analyser).read(text, dialect, riskRulesFor(dialect));

describe('each risk stands at the word it is about, or at the first of its statement', () => {
  const rows: readonly (readonly [text: string, dialect: Dialect, ...risks: string[]])[] = [
    ['SELECT 1;', 'postgresql'],
    ['SELECT 1;\nDELETE FROM t;', 'postgresql', 'no-where «t»'],
    ["SELECT 'größer 😀';\nDELETE FROM t WHERE 'é' = 'é';", 'postgresql', "always-true-where «'é'»"],
    ['-- ü\nSET search_path = x', 'postgresql', 'guard-changed «SET»'],
    ['DELETE FROM t;\nSELEC 1;\nDELETE FROM u', 'postgresql', 'no-where «t»', 'no-where «u»'],
    ["SELECT 'ü';\nDELETE FROM t", 'mysql', 'no-where «DELETE»'],
    ['DELIMITER $$\nDELETE FROM t$$\nSELECT 1$$', 'mariadb', 'no-where «DELETE»'],
  ];
  for (const [text, dialect, ...risks] of rows) {
    test(`${dialect}: ${text}`, async () => {
      const found = (await read(text, dialect)).flatMap((known) => known.risks);
      assert.deepEqual(found.map(({ code, start, end }) => `${code} «${text.slice(start, end)}»`), risks);
    });
  }
});

test('a key asks about the statement it changed, and about no other', async () => {
  const analyser = countingAnalyser();
  const reader = createStatementReader(analyser);
  await reader.read('SELECT 1; SELECT 2; SELECT 3', 'postgresql', []);
  await reader.read('SELECT 1; SELECT 20; SELECT 3', 'postgresql', []);
  assert.deepEqual(analyser.asked, ['SELECT 1', 'SELECT 2', 'SELECT 3', 'SELECT 20']);
  await reader.read('SELECT 1', 'mysql', []);
  assert.equal(analyser.asked.length, 5);
});

test('more statements than anybody looks at are not asked about', async () => {
  const analyser = countingAnalyser();
  assert.deepEqual(await read('SELECT 1;'.repeat(mostStatements + 1), 'postgresql', analyser), []);
  assert.deepEqual(analyser.asked, []);
});

test('a caret just behind a statement is still in it', async () => {
  const statements = await read('SELECT 1; SELECT 2', 'postgresql');
  assert.deepEqual([0, 8, 9, 10, 18, 19].map((offset) => knownAt(statements, offset)?.statement.text), ['SELECT 1', 'SELECT 1', undefined, 'SELECT 2', 'SELECT 2', undefined]);
});
