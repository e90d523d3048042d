/** Colouring of SQL. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tokenizeSql } from '../../../webview/lib/sqlTokens.ts';

const coloured = (sql: string) => tokenizeSql(sql).filter((token) => token.kind !== 'plain').map((token) => `${token.kind}:${token.text}`);

describe('tokenizeSql', () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['SELECT 1', ['keyword:SELECT', 'number:1']],
    ['select a.from_x', ['keyword:select']],
    ["'it''s'", ["string:'it''s'"]],
    [String.raw`E'a\'b' x`, [String.raw`string:E'a\'b'`]],
    [String.raw`'a\' x`, [String.raw`string:'a\'`]],
    ['"Select" x', ['name:"Select"']],
    ['$$a;b$$ x', ['string:$$a;b$$']],
    ['$t$a$$b$t$', ['string:$t$a$$b$t$']],
    ['$1 + 2', ['number:1', 'number:2']],
    ['-- all of it\nx', ['comment:-- all of it']],
    ['/* a /* b */ c */ x', ['comment:/* a /* b */ c */']],
    ["'open", ["string:'open"]],
    ['/* open', ['comment:/* open']],
    ['1.5e-3', ['number:1.5e-3']],
  ];
  for (const [sql, expected] of rows) {
    test(sql, () => assert.deepEqual(coloured(sql), expected));
  }
});

test('the tokens put together are the text', () => {
  const texts = ["SELECT 'a', \"b\", $x$c$x$ -- d\n/* e */ FROM t WHERE f = 1.5 AND g = E'\\'' ;", '\u{1f600} \u202e\ud83d $ ` \' "', "'/*--$$"];
  for (const text of texts) assert.equal(tokenizeSql(text).map((token) => token.text).join(''), text);
});
