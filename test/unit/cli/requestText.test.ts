/** What a reviewer at a terminal sees of a request. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { requestText } from '../../../src/cli/review/requestText.ts';
import type { RequestBody } from '../../../src/core/approval/request.ts';
import type { Team } from '../../../src/core/approval/team.ts';
import { softwareKey } from '../../support/confirmation/keys.ts';
import { requestBody, team as teamOf } from '../../support/confirmation/people.ts';

let team: Team;
before(async () => {
  team = await teamOf([{ id: 'alice', keys: [await softwareKey()] }]);
});

function shownChange(before: string | null, after: string | null): string {
  const table: RequestBody['preview']['tables'][number] = { name: 'public.t', columns: [{ name: 'id', type: 'integer' }, { name: 'v', type: 'text' }], key: [0], masked: [], changes: [{ kind: 'updated', before: ['1', before], after: ['1', after] }] };
  const [requester] = team.body.members;
  assert.ok(requester);
  const text = requestText({ request: requestBody(team, { preview: { masked: false, tables: [table] } }), requester, words: [], team: { name: 'shop', version: 1, words: [] } });
  return text.split('\n').find((line) => line.includes('~ id=1')) ?? text;
}

const long = 'x'.repeat(300);
const rows: readonly (readonly [name: string, before: string | null, after: string | null, shown: string])[] = [
  ['short values whole', 'a', 'b', 'v: a → b'],
  ['NULL as NULL', null, 'b', 'v: NULL → b'],
  ['long values where they differ', `${long}old`, `${long}new`, `v: …${'x'.repeat(20)}old → …${'x'.repeat(20)}new`],
  ['a value that only became longer, where it goes on', long, `${long}!`, `v: …${'x'.repeat(20)} → …${'x'.repeat(20)}!`],
  ['what a terminal would obey as its code point', 'a', '\u001b[2J', String.raw`v: a → \u{1b}[2J`],
];

describe('a changed value', () => {
  for (const [name, before, after, shown] of rows) test(`shows ${name}`, () => assert.ok(shownChange(before, after).endsWith(shown), shownChange(before, after)));
});
