import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { createPostgresAnalyser } from '../../../src/adapters/sql/postgresAnalyser.ts';
import { createByteMap } from '../../../src/core/sql/bytes.ts';
import { splitPostgres } from '../../../src/core/sql/postgres/split.ts';
import { statementClasses, worstClass } from '../../../src/core/sql/verdict.ts';
import { corpus } from './corpus.ts';

const analyser = createPostgresAnalyser();
after(() => analyser.dispose());

describe('labelled texts', () => {
  for (const { sql, statements, class: expected, also = [], tags = [], why } of corpus) {
    it(`${expected}: ${JSON.stringify(sql)} (${why})`, async () => {
      const verdict = await analyser.analyse(sql);
      assert.ok([expected, ...also].includes(verdict.class), `${verdict.class}: ${JSON.stringify(verdict.statements.map((statement) => statement.reasons))}`);
      assert.equal(verdict.error === undefined, statements !== null, verdict.error?.message);
      if (statements !== null) assert.equal(verdict.statements.length, statements);
      const found = new Set(verdict.statements.flatMap((statement) => statement.tags));
      assert.deepEqual(
        tags.filter((tag) => !found.has(tag)),
        [],
      );
    });
  }
});

describe('every verdict', () => {
  it('slices the very bytes, in order, where the splitter finds them too', async () => {
    for (const { sql } of corpus) {
      const { statements, error } = await analyser.analyse(sql);
      if (error) continue;
      const bytes = new TextEncoder().encode(sql);
      const map = createByteMap(sql);
      assert.deepEqual(
        statements.map(({ start, end }) => ({ start, end })),
        splitPostgres(sql).map(({ start, end }) => ({ start: map.toByte(start), end: map.toByte(end) })),
      );
      for (const { start, end, text } of statements) assert.equal(new TextDecoder().decode(bytes.slice(start, end)), text);
    }
  });

  it('has the class of its worst statement, and reasons for everything that is not a read', async () => {
    for (const { sql } of corpus) {
      const { statements, class: worst, error } = await analyser.analyse(sql);
      if (error) continue;
      assert.equal(worst, worstClass(statements.map((statement) => statement.class)));
      for (const statement of statements) {
        assert.ok(statementClasses.includes(statement.class));
        assert.ok(statement.class === 'read' || statement.reasons.length > 0, statement.text);
        for (const { message, span } of statement.reasons) {
          assert.match(message, /^[A-Z].*[^.!]$/u);
          assert.ok(!span || (span.start >= statement.start && span.end <= statement.end && span.start < span.end), `${statement.text}: ${JSON.stringify(span)}`);
        }
      }
    }
  });

  it('is the same for each statement alone', async () => {
    for (const { sql } of corpus) {
      const { statements } = await analyser.analyse(sql);
      for (const { text, class: found, kind } of statements.length > 1 ? statements : []) {
        const alone = await analyser.analyse(text);
        assert.deepEqual([alone.statements.length, alone.class, alone.statements[0]?.kind], [1, found, kind], text);
      }
    }
  });
});
