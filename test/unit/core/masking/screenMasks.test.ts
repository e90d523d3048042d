/** How a column is shown, by where it comes from; what servers really say is tested on them, in test/integration/masking. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isFlatSelect } from '../../../../src/core/masking/flatSelect.ts';
import type { Lineage, TableColumn } from '../../../../src/core/masking/lineage.ts';
import { screenMasks } from '../../../../src/core/masking/screenMasks.ts';
import { screenRulesFor, type ScreenPolicy } from '../../../../src/core/masking/screenRules.ts';
import { maskServerText } from '../../../../src/core/masking/serverText.ts';
import type { Environment } from '../../../../src/core/profile/connection.ts';

const column = (table: string, name: string, type: string): TableColumn => ({ table: { schema: 'public', table }, column: { name, type } });
const email = column('people', 'email', 'text');
const ssn = column('people', 'ssn', 'bigint');
const id = column('people', 'id', 'integer');
const town = column('people', 'town', 'text');

describe('on which environments, by whose rules', () => {
  const show = [{ columns: ['*.people.email'], strategy: 'show' as const }];
  const hide = [{ columns: ['*.people.town'], strategy: 'hide' as const }];
  const none: ScreenPolicy = { teams: [], own: { environments: [], hidden: [] } };
  const production: readonly Environment[] = ['production'];
  const rows: readonly { readonly name: string; readonly policy: ScreenPolicy; readonly on?: Environment; readonly email: string | undefined; readonly town?: string }[] = [
    { name: 'nobody asked for it', policy: none, email: undefined },
    { name: 'the team did, by names', policy: { ...none, teams: [{ masking: [], environments: production }] }, email: 'partial', town: 'show' },
    { name: 'not for this environment', policy: { ...none, teams: [{ masking: [], environments: production }] }, on: 'staging', email: undefined },
    { name: 'the team shows what a name speaks against', policy: { ...none, teams: [{ masking: [...show, ...hide], environments: production }] }, email: 'show', town: 'hide' },
    { name: 'the person did', policy: { teams: [], own: { environments: production, hidden: [] } }, email: 'partial', town: 'show' },
    { name: 'a team lifts nothing that the person asked for', policy: { teams: [{ masking: show, environments: production }], own: { environments: production, hidden: [] } }, email: 'partial', town: 'show' },
    { name: 'a team that masks no screen lifts nothing either', policy: { teams: [{ masking: show, environments: [] }], own: { environments: production, hidden: [] } }, email: 'partial' },
    { name: 'what the person hides is hidden, whatever a team shows', policy: { teams: [{ masking: show, environments: production }], own: { environments: [], hidden: ['*.people.email'] } }, email: 'hide' },
    { name: 'of two teams the stricter', policy: { ...none, teams: [{ masking: show, environments: production }, { masking: hide, environments: production }] }, email: 'partial', town: 'hide' },
  ];
  for (const { name, policy, on = 'production', ...expected } of rows) {
    test(name, () => {
      const rules = screenRulesFor(policy, on);
      const statement = { kind: 'select', class: 'read' as const, text: 'select email, town from people' };
      const lineage: Lineage = { origins: [{ kind: 'stored', names: [email] }, { kind: 'stored', names: [town] }], sources: [email, town] };
      const masks = rules && screenMasks(rules, { statement, dialect: 'postgresql', columns: [email.column, town.column], lineage });
      assert.equal(masks?.[0], expected.email);
      if (expected.town !== undefined) assert.equal(masks?.[1], expected.town);
    });
  }
});

describe('what is computed', () => {
  const rules = [{ team: [], hidden: [] }];
  type Facts = { readonly type: string; readonly name?: string; readonly sources: Lineage['sources']; readonly text?: string; readonly dialect?: 'mysql'; readonly kind?: string; readonly cls?: 'write' };
  const rows: readonly (readonly [name: string, facts: Facts, mask: string])[] = [
    ['of tables without anything to hide is shown', { type: 'text', sources: [id, town] }, 'show'],
    ['of a hidden text is hidden', { type: 'text', sources: [id, email] }, 'hide'],
    ['a list of texts is a text', { type: 'text[]', sources: [email] }, 'hide'],
    ['a document is one', { type: 'jsonb', sources: [email] }, 'hide'],
    ['bytes are one', { type: 'bytea', sources: [email] }, 'hide'],
    ['a count is shown', { type: 'bigint', sources: [id, email] }, 'show'],
    ['a number where a number is hidden is not', { type: 'bigint', sources: [ssn] }, 'hide'],
    ['a number that was cast from a text is not', { type: 'bigint', sources: [email], text: 'select email::bigint from people' }, 'hide'],
    ['a truth is shown', { type: 'boolean', sources: 'unknown' }, 'show'],
    ['of unknown tables is hidden, numbers too', { type: 'bigint', sources: 'unknown' }, 'hide'],
    ['of what is no certain read is hidden', { type: 'bigint', sources: [], cls: 'write' }, 'hide'],
    ['with a name that speaks against it is masked, whatever the tables', { type: 'text', name: 'email', sources: [] }, 'partial'],
    ['the stricter of both holds', { type: 'text', name: 'email', sources: [email] }, 'hide'],
    ['text that tells what to read is not followed', { type: 'xml', sources: [], text: "select query_to_xml('…')" }, 'hide'],
    ['statistics hold values', { type: 'text', sources: [], text: 'select most_common_vals from pg_stats' }, 'hide'],
    ['a plan is no row', { type: 'text', sources: [email], kind: 'explain' }, 'show'],
    ['a sum of texts on MySQL is hidden', { type: 'double', sources: [email], dialect: 'mysql' }, 'hide'],
    ['a sum of numbers on MySQL is shown', { type: 'decimal(32,0)', sources: [id, email], dialect: 'mysql' }, 'show'],
    ['bits of texts on MySQL are hidden', { type: 'bigint unsigned', sources: [email], dialect: 'mysql', text: 'select email | 0 from people' }, 'hide'],
  ];
  for (const [name, { type, name: called = 'x', sources, text = 'select x', dialect = 'postgresql', kind = 'select', cls = 'read' }, mask] of rows) {
    test(name, () => {
      assert.deepEqual(screenMasks(rules, { statement: { kind, class: cls, text }, dialect, columns: [{ name: called, type }], lineage: { origins: [undefined], sources } }), [mask]);
    });
  }
  test('without any lineage everything that can hold a value is hidden', () => {
    const columns = [{ name: 'a', type: 'text' }, { name: 'b', type: 'integer' }, { name: 'c', type: 'boolean' }];
    assert.deepEqual(screenMasks(rules, { statement: { kind: 'select', class: 'read', text: '' }, dialect: 'postgresql', columns, lineage: undefined }), ['hide', 'hide', 'show']);
  });
  test('a part is as strict as the table that it is a part of', () => {
    const part: Lineage = { origins: [{ kind: 'stored', names: [column('people_2026', 'town', 'text'), town] }], sources: [] };
    assert.deepEqual(screenMasks([{ team: [{ columns: ['*.people.town'], strategy: 'hide' }], hidden: [] }], { statement: { kind: 'select', class: 'read', text: '' }, dialect: 'postgresql', columns: [town.column], lineage: part }), ['hide']);
  });
});

describe('a flat SELECT', () => {
  const rows: readonly (readonly [sql: string, isFlat: boolean])[] = [
    ['select a, b as c from t join u using (id) where x = \'union\' order by 1 limit 3', true],
    ['select `union` from `with` -- union', true],
    ['select a from (select b as a from t) as u', false],
    ['with u as (select 1) select * from u', false],
    ['select a from t union select b from u', false],
    ['select a from t except select b from u', false],
    ['table t', false],
    ['select (select a from t)', false],
    ['select /*!50000 a */ from t', false],
    ['select /*!99999 a */ from t', false],
    ["select 'it\\'s' from t", false],
    ["select * from json_table('[]', '$' columns (a int path '$')) as j", false],
    ["select 'open", false],
  ];
  for (const [sql, isFlat] of rows) test(sql, () => assert.equal(isFlatSelect(sql, 'mysql'), isFlat));
});

describe('what a server says', () => {
  const rows: readonly (readonly [text: string, written: string, told: string])[] = [
    ['invalid input syntax for type integer: "canary"', 'select note::int from t', 'invalid input syntax for type integer: "•••"'],
    ['invalid input syntax for type integer: "abc"', "select 'abc'::int", 'invalid input syntax for type integer: "abc"'],
    ['relation "people" does not exist', 'select 1', 'relation "people" does not exist'],
    ['duplicate key value violates unique constraint "people_email_key"', 'x', 'duplicate key value violates unique constraint "people_email_key"'],
    ['Key (email)=(canary@x) already exists.', 'x', 'Key (email)=(•••) already exists.'],
    ['Key (id)=(7) is still referenced from table "orders".', 'delete from t where id = 7', 'Key (id)=(7) is still referenced from table "orders".'],
    ['Failing row contains (1, canary, (555) 1).', 'x', 'Failing row contains (•••).'],
    ["Duplicate entry 'canary' for key 'people.email'", 'x', "Duplicate entry '•••' for key 'people.email'"],
    ["Truncated incorrect DOUBLE value: 'canary'", 'x', "Truncated incorrect DOUBLE value: '•••'"],
    ["Unknown column 'nope' in 'field list'", 'select nope from t', "Unknown column 'nope' in '•••'"],
    ["it's all the person's own", 'x', "it's all the person's own"],
  ];
  for (const [text, written, told] of rows) test(text, () => assert.equal(maskServerText(text, written), told));
});
