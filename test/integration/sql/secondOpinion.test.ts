import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyVeto, withSecondOpinion } from '../../../src/adapters/sql/secondOpinion.ts';
import { withoutComments } from '../../../src/core/sql/postgres/comments.ts';
import type { ClassifiedStatement, ScriptVerdict, StatementClass } from '../../../src/core/sql/verdict.ts';

function statement(statementClass: StatementClass): ClassifiedStatement {
  return { start: 0, end: 1, text: 'x', kind: 'select', class: statementClass, tags: [], targets: [], reasons: [], canPreview: true, canRunInTransaction: true, implicitCommit: false, returnsRows: true };
}

function verdictOf(...classes: readonly StatementClass[]): ScriptVerdict {
  return { dialect: 'postgresql', class: 'read', statements: classes.map(statement) };
}

describe('a veto', () => {
  const rows: readonly [name: string, ours: readonly StatementClass[], theirs: readonly object[], classes: readonly StatementClass[]][] = [
    ['agreement leaves reads alone', ['read', 'read'], [{ type: 'select' }, { type: 'show' }], ['read', 'read']],
    ['another count makes reads unknown', ['read'], [{ type: 'select' }, { type: 'drop table' }], ['unknown']],
    ['fewer statements make reads unknown', ['read', 'write'], [{ type: 'select' }], ['unknown', 'write']],
    ['a write where we see a read', ['read'], [{ type: 'delete' }], ['unknown']],
    ['a write inside', ['read'], [{ type: 'with', bind: [{ statement: { type: 'update' } }], in: { type: 'select' } }], ['unknown']],
    ['a row lock', ['read'], [{ type: 'select', for: { type: 'update' } }], ['unknown']],
    ['a statement it has no name for', ['read'], [{ type: 'frobnicate' }], ['unknown']],
    ['a read where we see a write changes nothing', ['write'], [{ type: 'select' }], ['write']],
  ];
  for (const [name, ours, theirs, classes] of rows) {
    it(name, () => {
      const vetoed = applyVeto(verdictOf(...ours), theirs as readonly { type: 'select' }[]);
      assert.deepEqual(
        vetoed.statements.map((each) => each.class),
        classes,
      );
      assert.equal(vetoed.class === 'unknown', classes.includes('unknown'));
    });
  }

  it('what the other parser does not understand says nothing', async () => {
    const verdict = verdictOf('read');
    assert.equal(await withSecondOpinion('EXPLAIN SELECT 1', verdict), verdict);
  });

  it('a text that is long for the other parser is not given to it', async () => {
    const verdict = verdictOf('read');
    assert.equal(await withSecondOpinion(`DROP TABLE t${'x'.repeat(5000)}`, verdict), verdict);
  });

  it('the text that is really parsed counts', async () => {
    assert.equal((await withSecondOpinion("SELECT 1 /* ' */; DROP TABLE t", verdictOf('read'))).class, 'unknown');
    assert.equal((await withSecondOpinion("SELECT 1 /* it's */", verdictOf('read'))).class, 'read');
    assert.equal((await withSecondOpinion(`DROP TABLE t -- ${'x'.repeat(5000)}`, verdictOf('read'))).class, 'unknown');
  });
});

describe('a text without comments', () => {
  const rows: readonly [text: string, without: string][] = [
    ['SELECT 1', 'SELECT 1'],
    ["SELECT/* it's */1 -- $$\n+ 2", 'SELECT 1 + 2'],
    ["SELECT '--', $$/* */$$ /* /* */ */", "SELECT '--', $$/* */$$"],
    ['-- only', ''],
  ];
  for (const [text, without] of rows) {
    it(JSON.stringify(text), () => {
      assert.equal(withoutComments(text), without);
    });
  }
});
