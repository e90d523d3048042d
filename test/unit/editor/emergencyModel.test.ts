/** When the panel offers to commit without others, and what the page may say about it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wasRejectedLately } from '../../../src/app/rejectedBefore.ts';
import type { PendingState } from '../../../src/app/approvalPorts.ts';
import { bodyBytes } from '../../../src/core/approval/envelope.ts';
import { strictTerms, type Terms } from '../../../src/core/approval/terms.ts';
import { epochMs } from '../../../src/core/brand.ts';
import { emergencyFor } from '../../../src/editor/features/breakGlass/emergencyModel.ts';
import { parsePeerToHost } from '../../../src/protocol/peerReview.ts';
import { production } from '../../fakes/ports.ts';
import { passkey, softwareKey } from '../../support/confirmation/keys.ts';
import { noon, requestBody, team } from '../../support/confirmation/people.ts';
import { pendingRequest } from '../../support/confirmation/pending.ts';

const allowed: Terms = { ...strictTerms, breakGlass: true };
const hour = 60 * 60 * 1000;

describe('the way out', async () => {
  const [soft, strong, old] = [await softwareKey(), await passkey(), await passkey()];
  const people = await team([{ id: 'alice', keys: [soft, strong] }, { id: 'bob', keys: [await softwareKey()] }, { id: 'carol', keys: [await softwareKey(), old], revoked: [1] }]);
  const rows: readonly (readonly [what: string, who: string, terms: Terms, offered: 'nothing' | 'problem' | 'passkey' | 'editor'])[] = [
    ['the rules do not allow it', 'alice', strictTerms, 'nothing'],
    ['there is a passkey', 'alice', allowed, 'passkey'],
    ['there is only a software key', 'bob', allowed, 'problem'],
    ['the passkey was revoked', 'carol', allowed, 'problem'],
    ['a software key is enough', 'bob', { ...allowed, assurance: 'software' }, 'editor'],
    ['not even the passkey is enough', 'alice', { ...allowed, assurance: 'uv-local' }, 'problem'],
  ];
  for (const [what, id, terms, offered] of rows) {
    it(`when ${what}: ${offered}`, () => {
      const found = emergencyFor(people, terms, { id }, 'shop-prod');
      const actual = found === undefined ? 'nothing' : found.problem !== undefined ? 'problem' : found.notes[0]?.includes('passkey') === true ? 'passkey' : 'editor';
      assert.equal(actual, offered);
      assert.equal(found?.phrase, found && 'shop-prod');
    });
  }
});

describe('somebody said no to the same', async () => {
  const people = await team([{ id: 'alice', keys: [await softwareKey()] }]);
  const body = requestBody(people);
  const [statement] = body.statements;
  const rows: readonly (readonly [what: string, change: { readonly state?: PendingState; readonly connection?: string; readonly created?: number; readonly text?: string; readonly system?: string }, counts: boolean])[] = [
    ['an hour ago', {}, true],
    ['two days ago', { created: noon - 48 * hour }, false],
    ['and it was confirmed', { state: 'committed' }, false],
    ['but to another text', { text: 'DELETE FROM orders' }, false],
    ['on another connection', { connection: 'team:other' }, false],
    ['on another connection to the same database', { connection: 'team:other', system: body.target.system }, true],
  ];
  for (const [what, { state = 'rejected', connection = production.id, created = noon - hour, text = statement?.sql ?? '', system }, counts] of rows) {
    it(`${what}: ${String(counts)}`, async () => {
      const entry = pendingRequest({ body: bodyBytes(body), state, connection: production.id, created: epochMs(created) });
      const asked = { statements: [{ text: ` ${text}\n` }], connection: connection as typeof production.id, ...(system === undefined ? {} : { system }) };
      assert.equal(await wasRejectedLately({ list: () => Promise.resolve([entry]) }, asked, noon), counts);
    });
  }
});

describe('what the page says', () => {
  const said = { type: 'break-glass', review: 3, reason: 'The shop is down', typed: 'shop-prod', withoutUndo: false };
  const rows: readonly (readonly [what: string, message: Record<string, unknown>, isTaken: boolean])[] = [
    ['all of it', said, true],
    ['no number', { ...said, review: 1.5 }, false],
    ['too long a reason', { ...said, reason: 'x'.repeat(5000) }, false],
    ['no name', { ...said, typed: undefined }, false],
    ['no word on the way back', { ...said, withoutUndo: 'yes' }, false],
  ];
  for (const [what, message, isTaken] of rows) it(`${what}: ${isTaken ? 'taken' : 'passed over'}`, () => assert.deepEqual(parsePeerToHost(message), isTaken ? said : undefined));
});
