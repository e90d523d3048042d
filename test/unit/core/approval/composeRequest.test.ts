/** A request holds what it can hold, says what it leaves out, and can always be read by whoever is asked. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { composeRequest, type AskedChange } from '../../../../src/core/approval/composeRequest.ts';
import { parseRequest } from '../../../../src/core/approval/request.ts';
import { maxBodyBytes } from '../../../../src/core/approval/strictJson.ts';
import type { RowChange, TableImages } from '../../../../src/core/effect/preview.ts';
import { riskRulesFor } from '../../../../src/core/sql/riskRules.ts';
import { prepareMasking } from '../../../../src/core/masking/masking.ts';
import { statement } from '../../../fakes/statements.ts';
import { crypto } from '../../../support/confirmation/keys.ts';

const table = (changes: readonly RowChange[], facts: Partial<TableImages> = {}): TableImages => ({ table: { schema: 'public', table: 't' }, columns: [{ name: 'id', type: 'integer' }, { name: 'v', type: 'text' }], key: [0], changes, ...facts });
const rows = (count: number, value: string): readonly RowChange[] => Array.from({ length: count }, (_, index) => ({ kind: 'deleted', before: [String(index), value] }));

const asked = async (facts: Partial<AskedChange> = {}): Promise<AskedChange> => ({
  id: 'r_AAAAAAAAAAAAAAAA',
  nonce: 'A'.repeat(43),
  team: `${'B'.repeat(42)}A`,
  requester: 'alice',
  origin: 'human',
  created: 1000,
  expires: 2000,
  reason: 'because',
  target: { engine: 'postgresql', system: '7/1', database: 'shop', role: 'app', host: 'db-1:5432', profile: 'shop' },
  session: {},
  effect: null,
  environment: 'production',
  statements: [statement('delete from t', 'destructive')],
  preview: { effects: [], permanent: [] },
  known: [],
  images: [],
  rules: riskRulesFor('postgresql'),
  masking: await prepareMasking(crypto, crypto.random(32), { team: [], hidden: [] }, facts.images ?? []),
  ...facts,
});

const composed = async (facts: Partial<AskedChange> = {}) => {
  const made = composeRequest(await asked(facts));
  assert.ok(made.kind === 'composed', JSON.stringify(made));
  assert.ok(made.bytes.length <= maxBodyBytes);
  assert.deepEqual(parseRequest(made.bytes), made.body);
  return made.body;
};

describe('rows', () => {
  const cases: readonly (readonly [name: string, images: readonly TableImages[], shown: number, says: RegExp | undefined])[] = [
    ['few', [table(rows(3, 'x'))], 3, undefined],
    ['more than are shown', [table(rows(1000, 'x'))], 200, /^Only 200 of 1,000 rows are shown\.$/],
    ['more than were read', [table(rows(1000, 'x'), { totals: { inserted: 0, updated: 0, deleted: 12_345 }, incomplete: 'The rest was not read.' })], 200, /^Only 200 of 12,345 rows are shown\. The rest was not read\.$/],
    ['all that were read', [table(rows(3, 'x'), { totals: { inserted: 0, updated: 0, deleted: 9 }, incomplete: 'The rest was not read.' })], 3, /^The rest was not read\.$/],
    ['long values', [table(rows(2, 'y'.repeat(10_000)))], 2, /^Long values are cut, and end in “…”\.$/],
    ['more and longer than a request can hold', [table(rows(1000, 'y'.repeat(10_000)))], 200, /Only 200 of 1,000 rows.*Long values are cut/],
    ['very many tables of them', Array.from({ length: 150 }, () => table(rows(500, 'y'.repeat(3000)))), 5, /Only 5 of 500 rows.*Long values are cut/],
    ['characters of two units', [table(rows(1, '😀'.repeat(5000)))], 1, /Long values are cut/],
  ];
  for (const [name, images, shown, says] of cases) {
    test(name, async () => {
      const [first] = (await composed({ images })).preview.tables;
      assert.equal(first?.changes.length, shown);
      if (says) assert.match(first?.incomplete ?? '', says);
      else assert.equal(first?.incomplete, undefined);
    });
  }
});

describe('names and texts of any kind', () => {
  test('control characters and half characters do not get in', async () => {
    const images = [table(rows(1, 'a\ud800'), { table: { schema: 'a\nb', table: '\u0007' } })];
    const body = await composed({ images, reason: 'x'.repeat(5000), ticket: 'A\tB', preview: { effects: [], permanent: ['y'.repeat(2000)] } });
    assert.equal(body.preview.tables[0]?.name, 'a\ufffdb.\ufffd');
    assert.deepEqual([body.reason.length, body.ticket, body.facts.permanent[0]?.length], [4000, 'A\ufffdB', 1000]);
  });
  test('definitions are among the facts', async () => {
    const body = await composed({ preview: { effects: [], permanent: [], definition: { changes: [{ kind: 'added', object: 'column', name: 'public.t.c', detail: 'integer' }], rewritten: [], scanned: [] } } });
    assert.ok(body.facts.risks.some(({ text }) => text === 'added column public.t.c: integer'));
  });
});

describe('what does not fit is said, and not asked', () => {
  const cases: readonly (readonly [name: string, facts: Partial<AskedChange>, why: RegExp])[] = [
    ['a text longer than a request', { statements: [statement('x'.repeat(1_100_000), 'destructive')] }, /longer than a request can hold/],
    ['a statement longer than a statement', { statements: [statement('x'.repeat(600_000), 'destructive')] }, /A reviewer could not read it/],
    ['two hundred and one statements', { statements: Array.from({ length: 201 }, () => statement('delete from t', 'destructive')) }, /A reviewer could not read it/],
    ['half a character in a statement', { statements: [statement("delete from t where v = '\ud800'", 'destructive')] }, /A reviewer could not read it/],
  ];
  for (const [name, facts, why] of cases) {
    test(name, async () => {
      const made = composeRequest(await asked(facts));
      assert.match(made.kind === 'unfit' ? made.why : '', why);
    });
  }
});
