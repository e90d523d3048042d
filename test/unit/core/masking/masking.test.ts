/** What is told of values: tables of them, and what must hold for any. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { b64u, utf8 } from '../../../../src/core/approval/bytes.ts';
import { composeRequest, type AskedChange } from '../../../../src/core/approval/composeRequest.ts';
import type { BodyDigest } from '../../../../src/core/approval/digest.ts';
import type { RequestBody } from '../../../../src/core/approval/request.ts';
import type { RowChange, TableImages } from '../../../../src/core/effect/preview.ts';
import { createCopyReplacer, longestTold } from '../../../../src/core/masking/copies.ts';
import { prepareMasking } from '../../../../src/core/masking/masking.ts';
import { pseudonymsOf } from '../../../../src/core/masking/pseudonyms.ts';
import type { MaskingPolicy } from '../../../../src/core/masking/rules.ts';
import { maskValue, strategies, type Strategy } from '../../../../src/core/masking/strategy.ts';
import { createChance, type Chance } from '../../../support/confirmation/chance.ts';
import { crypto } from '../../../support/confirmation/keys.ts';
import { requestBody } from '../../../support/confirmation/people.ts';

describe('one value', () => {
  const told: readonly (readonly [strategy: Strategy, value: string, told: string])[] = [
    ['show', 'anna', 'anna'],
    ['hide', 'anna', '•••'], ['hide', '', '•••'], ['hide', 'x'.repeat(5000), '•••'],
    ['pseudonym', 'anna', '#name'],
    ['partial', 'alice@example.com', 'a…@e….com'], ['partial', 'a@b.io', '…@….io'], ['partial', 'bob@mail.example.co', '…@m….co'], ['partial', 'alice@example.secretword', 'a…@e….…'],
    ['partial', 'a@b@c.com', 'a…'], ['partial', `${'a'.repeat(600)}@example.com`, 'a…'],
    ['partial', '4111 1111 1111 1234', '•••• •••• •••• 1234'], ['partial', '+43 660 1234567', '+•• ••• •••4567'], ['partial', 'AT61 1904 3002 3457 3201', '•••• •••• •••• •••• 3201'],
    ['partial', '(555) 123-4567', '(•••) •••-4567'], ['partial', '5551234', '•••••34'], ['partial', '123456', '••••56'], ['partial', '12345', '1…'], ['partial', 'GB29NWBK60161331926819', '••••••••••••••••••6819'],
    ['partial', 'Anna Müller', 'A…'], ['partial', 'Ann', '…'], ['partial', '', '•••'], ['partial', '…', '•••'], ['partial', '😀😀😀😀', '😀…'], ['partial', 'deadbeefdeadbeef', 'd…'],
    ['partial', '\ud83d\ude00', '…'], ['partial', '\ud83dabcd', '\ufffd…'],
    ['shape', 'Bob-12 x', 'Xxx-00 x'], ['shape', '1990-01-01', '0000-00-00'], ['shape', 'Ärger №5', 'Xxxxx ·0'], ['shape', '!!!!', '•••'], ['shape', 'xxx', '•••'], ['shape', '', '•••'], ['shape', 'a'.repeat(80), `${'x'.repeat(64)}…`],
  ];
  for (const [strategy, value, expected] of told) test(`${strategy} “${value.slice(0, 30)}”`, () => assert.equal(maskValue(value, { strategy, isKey: false }, '#name'), expected));
  for (const [strategy, expected] of [['show', 'alice@example.com'], ['partial', 'a…@e….com #name'], ['shape', '#name'], ['pseudonym', '#name'], ['hide', '#name']] as const) {
    test(`${strategy} of a key says which row`, () => assert.equal(maskValue('alice@example.com', { strategy, isKey: true }, '#name'), expected));
  }
});

describe('pseudonyms', () => {
  test('are those of one key', async () => {
    const values = new Set(['alice@example.com', 'bob@example.com', '', '\ud800']);
    const [one, again, other] = await Promise.all([crypto.random(32), crypto.random(32)].flatMap((key, index) => [pseudonymsOf(crypto, key, values), ...(index === 0 ? [pseudonymsOf(crypto, key, values)] : [])]));
    assert.deepEqual(one, again);
    assert.equal(new Set([...(one?.values() ?? []), ...(other?.values() ?? [])]).size, 8, 'no name of one request occurs in another');
    for (const name of one?.values() ?? []) assert.match(name, /^#[a-km-z2-9]{10}$/u);
  });
});

describe('copies', () => {
  const replace = createCopyReplacer(['alice@example.com', 'alice@example.com.au', 'short', 'say "hi" to', 'İSTANBUL', '      ', 'ΟΔΟΣ ΟΔΟΣ'], (value) => `<${value.length}>`);
  for (const [text, expected] of [
    ['alice@example.com', '<17>'], ['x alice@example.com,ALICE@EXAMPLE.COM.', 'x <17>,<17>.'], ['alice@example.com.au', '<20>'], ['{"e":"alice@example.com","w":"say \\"hi\\" to"}', '{"e":"<17>","w":"<11>"}'],
    ['short', 'short'], ['        ', '        '], ['xİSTANBULx', 'x<8>x'], ['ΟΔΟΣ ΟΔΟΣ', '<9>'], ['x ΟΔΟΣ ΟΔΟΣy', 'x <9>y'], ['alice@example.co', 'alice@example.co'], ['', ''],
  ] as const) test(`in “${text}”`, () => assert.equal(replace(text), expected));
});

test('of a long text only the beginning is read and told, with no part of a copy at its end', () => {
  const long = `${'y'.repeat(5000)}tail of it`;
  const replace = createCopyReplacer(['canary-of-a-row', long], (value) => (value === long ? '<long>' : '<row>'));
  for (let before = longestTold - 30; before <= longestTold + 5; before += 1) {
    const told = replace(`${'x'.repeat(before)}canary-of-a-row${'z'.repeat(9000)}canary-of-a-row`);
    assert.equal(told, before < longestTold ? `${'x'.repeat(before)}<row>${'z'.repeat(Math.max(0, longestTold - before - 15))}…` : `${'x'.repeat(longestTold)}…`);
  }
  assert.equal(replace(`a ${long} b`), 'a <long>…');
  assert.equal(replace(`a ${long}`), 'a <long>');
  assert.equal(replace('x'.repeat(longestTold)), 'x'.repeat(longestTold));
});

const noPolicy: MaskingPolicy = { team: [], hidden: [] };

function tableOf(columns: readonly string[], changes: readonly RowChange[], more: Partial<TableImages> = {}): TableImages {
  return { table: { schema: 'public', table: 'people' }, columns: columns.map((name) => ({ name, type: 'text' })), key: [0], changes, ...more };
}

async function composed(images: readonly TableImages[], more: Partial<AskedChange> = {}, policy = noPolicy): Promise<{ readonly body: RequestBody; readonly text: string }> {
  const { v: _v, statements: _statements, preview: _preview, facts: _facts, runOnce: _runOnce, ...kept } = requestBody({ digest: b64u(new Uint8Array(32)) as BodyDigest });
  const masking = await prepareMasking(crypto, crypto.random(32), policy, images);
  const result = composeRequest({ ...kept, environment: 'production', statements: [], preview: { effects: [], permanent: [] }, known: [], images, rules: [], masking, ...more, ...(more.statements ? {} : { statements: [{ text: 'DELETE FROM people', start: 0, end: 18, kind: 'delete', class: 'destructive', tags: [], reasons: [] } as never] }) });
  assert.ok(result.kind === 'composed', JSON.stringify(result));
  return { body: result.body, text: new TextDecoder().decode(result.bytes) };
}

describe('a request', () => {
  test('tells what is masked, and not what it is', async () => {
    const people = tableOf(['id', 'email', 'password', 'state', 'note'], [
      { kind: 'deleted', before: ['1', 'frida@mail.test', 'hunter2hunter2', 'old', 'wrote to Frida@Mail.test'] },
      { kind: 'updated', before: ['2', 'greta@mail.test', 'correct horse', 'old', null], after: ['2', 'g.reta@mail.test', 'battery staple', 'old', null] },
      { kind: 'updated', before: ['3', null, 'same', 'old', null], after: ['3', 'hanna@mail.test', 'same', 'new', null] },
    ]);
    const { body, text } = await composed([people], { undo: { kind: 'none', reason: "the server says: Duplicate entry 'nobody-knows@mail.test' for hunter2hunter2." } });
    assert.equal(body.preview.masked, true);
    assert.deepEqual(body.preview.tables[0]?.masked, [1, 2, 4]);
    const [first, second, third] = body.preview.tables[0]?.changes ?? [];
    assert.ok(first?.kind === 'deleted' && second?.kind === 'updated' && third?.kind === 'updated');
    assert.deepEqual(first.before.slice(0, 4), ['1', 'f…@m….test', '•••', 'old']);
    assert.match(first.before[4] ?? '', /^wrote to #\w{10}$/u);
    assert.deepEqual([second.before, second.after], [['2', 'g…@m….test', '•••', 'old', null], ['2', 'g…@m….test (changed)', '••• (changed)', 'old', null]]);
    assert.deepEqual([third.before, third.after], [['3', null, '•••', 'old', null], ['3', 'h…@m….test', '•••', 'new', null]]);
    assert.match(body.facts.undo.text, /^No undo, because the server says: Duplicate entry '•••' for #\w{10}\.$/u);
    for (const secret of ['frida', 'mail.test', 'reta', 'hunter', 'horse', 'staple', 'hanna', 'nobody']) assert.ok(!text.toLowerCase().includes(secret), secret);
  });

  test('tells everything of what is not sensitive', async () => {
    const changes: readonly RowChange[] = [{ kind: 'inserted', after: ['1', 'old', '7'] }];
    const { body } = await composed([tableOf(['id', 'state', 'token_count'], changes)]);
    assert.deepEqual(body.preview, { masked: false, tables: [{ name: 'public.people', columns: [{ name: 'id', type: 'text' }, { name: 'state', type: 'text' }, { name: 'token_count', type: 'text' }], key: [0], masked: [], changes }] });
  });

  test('names a row by a pseudonym where its key is sensitive, the same in every table', async () => {
    const people = tableOf(['email', 'api_key'], [{ kind: 'deleted', before: ['alice@example.com', 'k-123456'] }], { key: [0, 1] });
    const orders = tableOf(['id', 'owner', 'customer_email'], [{ kind: 'deleted', before: ['1', 'alice@example.com', 'alice@example.com'] }, { kind: 'deleted', before: ['2', 'k-123456', 'k-123456'] }], { table: { schema: 'public', table: 'orders' } });
    const { body } = await composed([people, orders], {}, { team: [{ columns: ['public.orders.customer_email'], strategy: 'pseudonym' }], hidden: [] });
    const [one, two] = body.preview.tables.map(({ changes }) => changes.map((change) => (change.kind === 'deleted' ? change.before : [])));
    const [email = '', key = ''] = one?.[0] ?? [];
    const name = /^a…@e….com (#\w{10})$/u.exec(email ?? '')?.[1];
    assert.ok(name !== undefined && key !== null);
    assert.match(key, /^#\w{10}$/u);
    assert.deepEqual(two, [['1', name, name], ['2', key, key]]);
  });

  test('tells how many rows are left out, as before', async () => {
    const changes = Array.from({ length: 450 }, (_, row): RowChange => ({ kind: 'deleted', before: [String(row), `person${String(row)}@example.com`] }));
    const { body } = await composed([tableOf(['id', 'email'], changes)]);
    assert.equal(body.preview.tables[0]?.incomplete, 'Only 200 of 450 rows are shown.');
    assert.equal(body.preview.tables[0].changes.length, 200);
  });

  test('does not call a column hidden because a value is long', async () => {
    const { body } = await composed([tableOf(['id', 'email', 'note'], [{ kind: 'deleted', before: ['1', 'frida@mail.test', 'x'.repeat(9000)] }])]);
    assert.deepEqual([body.preview.tables[0]?.masked, body.preview.tables[0]?.incomplete], [[1], 'Long values are cut, and end in “…”.']);
  });

  test('tells no literal of the definition of a masked column', async () => {
    const definition = { changes: [{ kind: 'changed' as const, object: 'column', name: 'public.people.api_key', detail: "type text → varchar(20), default 'sk_live_''x'::text → none" }, { kind: 'changed' as const, object: 'column', name: 'public.people.state', detail: "default 'old'::text → 'new'::text" }], rewritten: [], scanned: [] };
    const { body } = await composed([], { preview: { effects: [], permanent: [], definition } });
    assert.deepEqual(body.facts.risks.slice(-2).map(({ text }) => text), ["changed column public.people.api_key: type text → varchar(20), default '•••'::text → none", "changed column public.people.state: default 'old'::text → 'new'::text"]);
  });
});

/** Any UTF-16, halves of characters included. */
function anyText(chance: Chance, length: number): string {
  const unit = (): number => chance.pick([chance.below(0x80), chance.below(0x80), chance.below(0x800), chance.below(0x10000), 0xd800 + chance.below(0x800), 0x202e, 0x22, 0x5c, 0x40, 0x2e, 0x31]);
  return String.fromCharCode(...Array.from({ length }, unit));
}

test('no text makes it throw, a change is always to be seen, and no value is told as it is', () => {
  const chance = createChance(3);
  for (let round = 0; round < 30_000; round += 1) {
    const value = anyText(chance, chance.below(40));
    for (const strategy of strategies.filter((each) => each !== 'show')) {
      const told = maskValue(value, { strategy, isKey: chance.below(2) === 0 }, '#zzzzzzzzzz');
      assert.ok(value === '' || told === '•••' || !told.replace(/ ?#zzzzzzzzzz$/u, '').includes(value), JSON.stringify({ strategy, value, told }));
      assert.ok(told.isWellFormed(), JSON.stringify({ strategy, value, told }));
      assert.ok(told.length > 0);
    }
  }
});

test('of random tables nothing hidden is in the request, equal stays equal and changed stays changed', async () => {
  const chance = createChance(4);
  // Letters that occur nowhere else in a request, so that whatever of a value is there was told.
  const secretText = (): string => Array.from({ length: 6 + chance.below(20) }, () => String.fromCodePoint(chance.pick([0x4e00 + chance.below(2000), 0xac00 + chance.below(2000), 0x1f300 + chance.below(200)]))).join('');
  let copies = 0;
  for (let round = 0; round < 150; round += 1) {
    const pool = Array.from({ length: 2 + chance.below(6) }, secretText);
    const secret = (): string | null => (chance.below(5) === 0 ? null : chance.pick(pool));
    const open = (): string | null => {
      if (chance.below(3) > 0) return chance.pick([null, '', '12', 'x'.repeat(chance.below(9))]);
      copies += 1;
      const copy = chance.pick(pool);
      return chance.pick([copy, JSON.stringify({ was: copy }), `${anyText(chance, 5)}${copy}${copy}`]);
    };
    const names = chance.shuffled(['password', 'api_key', 'birth_date', 'session_id', 'state', 'note', 'payload']);
    const isOpen = names.map((name) => ['state', 'note', 'payload'].includes(name));
    const row = (): readonly (string | null)[] => names.map((_, position) => (isOpen[position] === true ? open() : secret()));
    const change = (): RowChange => chance.pick<() => RowChange>([() => ({ kind: 'inserted', after: row() }), () => ({ kind: 'deleted', before: row() }), () => ({ kind: 'updated', before: row(), after: row() })])();
    const images = Array.from({ length: 1 + chance.below(3) }, (_, index) => tableOf(names, Array.from({ length: chance.below(8) }, change), { key: [chance.below(7)], table: { schema: 's', table: `t${String(index)}` } }));
    const reason = `it failed: ${chance.pick(pool)}`;
    // oxlint-disable-next-line no-await-in-loop -- one after another keeps the sequence of chance.
    const { body, text } = await composed(images, { undo: { kind: 'none', reason } });
    const placed = new Set(images.flatMap(({ changes }) => changes.flatMap((each) => [...('before' in each ? [each.before] : []), ...('after' in each ? [each.after] : [])].flatMap((values) => values.filter((_, position) => isOpen[position] !== true)))));
    for (const value of placed) {
      for (let at = 0; value !== null && at + 4 <= value.length; at += 1) assert.ok(!text.includes(value.slice(at, at + 4)), value);
    }
    const names4 = new Map<string, string>();
    for (const [index, { changes }] of body.preview.tables.entries()) {
      for (const [at, told] of changes.entries()) {
        const real = images[index]?.changes[at];
        if (told.kind === 'updated' && real?.kind === 'updated') {
          for (const position of names.keys()) assert.equal(told.before[position] === told.after[position], real.before[position] === real.after[position], 'a change is seen exactly where there is one');
        }
        const position = names.indexOf('session_id');
        if (told.kind !== 'deleted' || real?.kind !== 'deleted') continue;
        const [value, name] = [real.before[position] ?? null, told.before[position] ?? null];
        assert.equal(name === null, value === null, 'NULL stays NULL');
        if (value === null || name === null) continue;
        assert.equal(names4.get(value) ?? name, name);
        names4.set(value, name);
      }
    }
    assert.equal(new Set(names4.values()).size, names4.size);
    assert.ok(utf8(text).length < 1024 * 1024);
  }
  assert.ok(copies > 500, String(copies));
});
