import assert from 'node:assert/strict';
import { test } from 'node:test';
import { riskRulesFor } from '../../../../src/core/sql/riskRules.ts';
import { findRisks, type Risk } from '../../../../src/core/sql/risks.ts';
import { explain, lensTitle } from '../../../../src/editor/features/risks/explanation.ts';
import type { KnownStatement } from '../../../../src/editor/features/risks/statements.ts';
import { touchedRowsText } from '../../../../src/editor/features/run/touchedRows.ts';
import { classifyOne } from '../../core/sql/postgres/parse.ts';

function known(sql: string): KnownStatement {
  const statement = classifyOne(sql);
  const place = { start: 0, end: sql.length };
  return { ...place, statement, verb: place, risks: findRisks(statement, riskRulesFor('postgresql')).map((risk) => ({ ...risk, ...place })) };
}

test('a hover says the class, then why, then what is risky, and nothing twice', () => {
  const { title, className, reasons, risks } = explain(known('DELETE FROM t'));
  assert.deepEqual([title, className, reasons], ['Takes data away, or may touch every row', 'destructive', []]);
  assert.deepEqual(risks.map(({ severity, text, link }) => [severity, text.includes('WHERE'), link?.startsWith('https://')]), [['high', true, true]]);
});

test('a read has nothing to be said against it', () => {
  assert.deepEqual(explain(known('SELECT a FROM t')), { title: 'Only reads', className: 'read', reasons: [], risks: [] });
});

test('what the server will be asked is said', () => {
  const { reasons } = explain(known("SELECT 'x'::mood"));
  assert.match(reasons.join(' '), /Converts to the type mood.*the server is asked/u);
});

const risk = (code: string, severity: Risk['severity']): Risk => ({ code, severity, message: 'm', remedy: 'r' });
const titles: readonly (readonly [risks: readonly Risk[], title: string | undefined])[] = [
  [[], undefined],
  [[risk('row-locks', 'low')], undefined],
  [[risk('no-where', 'high')], 'no WHERE'],
  [[risk('no-where', 'high'), risk('bulk-export', 'medium'), risk('row-locks', 'low')], 'no WHERE · bulk export'],
  [[risk('always-true-where', 'high'), risk('b', 'high'), risk('c', 'medium'), risk('d', 'medium')], 'always true WHERE · b · 2 more'],
];
for (const [risks, title] of titles) {
  test(`a lens for ${risks.map(({ code }) => code).join(', ') || 'nothing'}: ${title ?? 'none'}`, () => assert.equal(lensTitle(risks), title));
}

test('the queries for the rows of a statement stand where the statement stands', () => {
  const frozen = { text: 'DELETE FROM t', parts: [{ start: 0, documentStart: 40, length: 13 }] };
  assert.deepEqual(touchedRowsText(frozen, { count: 'SELECT 1', sample: 'SELECT 2' }), { text: 'SELECT 1;\nSELECT 2', parts: [{ start: 0, documentStart: 40, length: 13 }] });
});
