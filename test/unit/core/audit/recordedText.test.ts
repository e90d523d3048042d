import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordedText } from '../../../../src/core/audit/recordedText.ts';
import type { Reason } from '../../../../src/core/sql/verdict.ts';
import { statement, verdict } from '../../../fakes/statements.ts';

const plain = statement('select 1', 'read');
const because = (code: string): readonly Reason[] => [{ code, message: '' }];
const secret = { ...statement("alter role r password 'hunter2'", 'privilege'), kind: 'alter-role', reasons: because('secret-in-text') };

const rows: readonly (readonly [name: string, recorded: string, wanted: string])[] = [
  ['an ordinary text stays as it is', recordedText('select  1 ; -- why', verdict(plain)), 'select  1 ; -- why'],
  ['a statement with a password is named only', recordedText('whole', verdict(secret)), '[alter-role: not recorded, it holds a secret]'],
  ['the others beside it stay', recordedText('whole', verdict(plain, secret)), 'select 1;\n[alter-role: not recorded, it holds a secret]'],
  ['reading where secrets are kept stays', recordedText('table pg_authid', verdict({ ...plain, reasons: because('reads-secrets') })), 'table pg_authid'],
  ['what nobody could parse stays', recordedText('selct 1', { statements: [], error: { message: '' } }), 'selct 1'],
  ['unless it may hold a password', recordedText("alter rol r PASSWORD 'hunter2'", { statements: [], error: { message: '' } }), '[not recorded: it could not be parsed and may hold a password]'],
];

for (const [name, recorded, wanted] of rows) test(name, () => assert.equal(recorded, wanted));
