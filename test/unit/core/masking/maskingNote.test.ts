import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskingNote } from '../../../../src/core/masking/maskingNote.ts';
import type { MaskingPolicy } from '../../../../src/core/masking/rules.ts';

const images = (...columns: readonly string[]) => [{ table: { schema: 'public', table: 'people' }, columns: columns.map((name) => ({ name, type: 'text' })) }];
const seen = 'The text of the statement they see as it stands, with whatever values are in it.';
const rows: readonly (readonly [columns: readonly string[], note: string | undefined, policy?: Partial<MaskingPolicy>])[] = [
  [['id', 'state'], undefined],
  [['id', 'email'], `They do not see the values of one column: people.email. ${seen}`],
  [['id', 'email', 'ssn'], `They do not see the values of 2 columns: people.email, people.ssn. ${seen}`],
  [['email', 'ssn', 'iban', 'phone', 'password', 'token', 'dob', 'pin'], `They do not see the values of 8 columns: people.email, people.ssn, people.iban, people.phone, people.password, people.token and 2 more. ${seen}`],
  [['email'], undefined, { team: [{ columns: ['*.*.email'], strategy: 'show' }] }],
  [['state'], `They do not see the values of one column: people.state. ${seen}`, { hidden: ['*.*.state'] }],
];
for (const [columns, note, policy] of rows) test(`${columns.join(', ')}: ${note ?? 'nothing to tell'}`, () => assert.equal(maskingNote(images(...columns), { team: [], hidden: [], ...policy }), note));
