/** What holds for every text, tried on damaged ones: cut, doubled, with comments and quotes in odd places. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { classifyMysql } from '../../../../../src/core/sql/mysql/classifyMysql.ts';
import { statementClasses } from '../../../../../src/core/sql/verdict.ts';

const count = Number(process.env['COUNTERSIGN_FUZZ'] ?? 15_000);
const seed = Number(process.env['COUNTERSIGN_FUZZ_SEED'] ?? 1);

const texts = readFileSync(new URL('../../../../corpus/mysql.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => (JSON.parse(line) as { sql: string }).sql);

const pieces = [
  '/* x */', '/*', '*/', '/**/', '/*! ', '/*!50000 ', '/*!99999 ', '/*M! ', '--', '-- ', '#', '\n', '\r', "'", '"', '`', '\\', ';', '; ', '\u00a0', '\u3000', '\u200b', '@', '@@', '$$',
  '.', ',', '(', ')', '{', '}', '=', ' OR 1=1', ' INTO OUTFILE \'x\' ', ' INTO @x ', ' FOR UPDATE', 'fw()', '`fw`()', 'now ()', '; DROP TABLE t', '; COMMIT', ' UNION SELECT fw()', ' AS ', '1.', '1e5', "''", "\\'", 'é', '😀',
  'DELIMITER //\n', '//', ' BEGIN ', ' END ', 'CREATE PROCEDURE p() ', 'EXPLAIN ', 'SET STATEMENT a = 1 FOR ', '/*+ SET_VAR(sql_mode = \'\') */', '\0',
];

/** A small generator of its own, so that a failure can be had again with the same seed. */
function createRandom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function* damagedTexts(): Generator<string> {
  const random = createRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  for (let index = 0; index < count; index++) {
    let text = pick(texts);
    for (let damage = Math.floor(random() * 3); damage >= 0; damage--) {
      const at = Math.floor(random() * (text.length + 1));
      const kind = random();
      if (kind < 0.6) text = text.slice(0, at) + pick(pieces) + text.slice(at);
      else if (kind < 0.75) text = text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 4));
      else text = text.slice(0, at) + pick(['; ', ' ', '\n', '']) + pick(texts);
    }
    yield text;
  }
}

function severity(text: string, dialect: 'mysql' | 'mariadb'): number {
  return statementClasses.indexOf(classifyMysql(text, dialect, { sqlMode: [] }).class);
}

describe(`${count} damaged texts, seed ${seed}`, () => {
  it('statements are slices of the text, in order', () => {
    for (const text of damagedTexts()) {
      const bytes = new TextEncoder().encode(text);
      let last = 0;
      for (const { start, end, text: own } of classifyMysql(text, 'mariadb').statements) {
        // Half a surrogate pair has no bytes of its own.
        if (text.isWellFormed()) assert.equal(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start, end)), own, JSON.stringify(text));
        assert.ok(start >= last && end >= start, JSON.stringify(text));
        last = end;
      }
    }
  });

  it('a statement on its own is at least what it is in its script', () => {
    for (const text of damagedTexts()) {
      const { statements, error } = classifyMysql(text, 'mysql', { sqlMode: [] });
      // What USE chose is not known to a statement on its own, and what is not closed takes others with it.
      if (error !== undefined || /\buse\b/i.test(text)) continue;
      for (const statement of statements) {
        // One string that another mode reads otherwise casts doubt on the whole script.
        if (statement.reasons[0]?.code === 'mode-dependent') continue;
        // A comment behind the statement, which some server might execute, is not sent with it.
        if (statement.reasons.some(({ code }) => code === 'executable-comment')) continue;
        const alone = classifyMysql(statement.text, 'mysql', { sqlMode: [], source: 'message' });
        assert.ok(statementClasses.indexOf(alone.class) >= statementClasses.indexOf(statement.class), `${JSON.stringify(text)}: ${JSON.stringify(statement.text)}`);
      }
    }
  });

  it('a stacked statement is never hidden by what stands before it', () => {
    for (const text of damagedTexts()) {
      const { class: before, error } = classifyMysql(text, 'mysql', { sqlMode: [] });
      if (before === 'unknown' || error !== undefined || /delimiter/i.test(text)) continue;
      assert.ok(severity(`${text}\n;DROP TABLE t`, 'mysql') >= statementClasses.indexOf('destructive') || /create|alter/i.test(text), JSON.stringify(text));
    }
  });

  it('the class of a script is the worst of its statements', () => {
    for (const text of damagedTexts()) {
      const { class: whole, statements } = classifyMysql(text, 'mariadb');
      for (const { class: part } of statements) assert.ok(statementClasses.indexOf(whole) >= statementClasses.indexOf(part), JSON.stringify(text));
    }
  });
});
