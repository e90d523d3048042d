/** Who asks others is told in the panel what those will not see. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strictTerms } from '../../../src/core/approval/terms.ts';
import type { MaskingRule } from '../../../src/core/masking/rules.ts';
import { tellPeers } from '../../../src/editor/features/confirmations/peers.ts';
import { createOpenReview } from '../../../src/editor/features/review/openReview.ts';
import type { ReviewToPage } from '../../../src/protocol/review.ts';
import { preview, production } from '../../fakes/ports.ts';
import { statement } from '../../fakes/statements.ts';
import { passkey, softwareKey } from '../../support/confirmation/keys.ts';
import { team } from '../../support/confirmation/people.ts';

const [alice, bob] = [await softwareKey(), await passkey()];
const table = { table: { schema: 'public', table: 'people' }, columns: ['id', 'email', 'state'].map((name) => ({ name, type: 'text' })), key: [0], changes: [] };

async function notesFor(masking: readonly MaskingRule[], hidden: readonly string[]): Promise<readonly string[]> {
  const ours = await team([{ id: 'alice', keys: [alice] }, { id: 'bob', keys: [bob] }], { policy: { confirmations: [], masking } });
  const [member] = ours.body.members;
  assert.ok(member);
  const posted: ReviewToPage[] = [];
  const review = createOpenReview('file:///a.sql', { connection: production, preview, obligations: [{ kind: 'peer-confirmation', terms: strictTerms }], statements: [statement('delete from people', 'destructive')] }, (message) => posted.push(message), () => undefined);
  const source = { state: () => Promise.resolve({ kind: 'accepted', team: ours }), self: () => Promise.resolve({ member, signer: alice.signer }) };
  const told = tellPeers(review, { team: { kind: 'accepted', rules: [] }, hidden }, { confirmation: () => Promise.resolve({ team: source } as never), hasFolder: true });
  review.images([table]);
  await told;
  return posted.flatMap((message) => (message.type === 'peer' ? message.peer.notes.slice(2) : []));
}

const seen = 'The text of the statement they see as it stands, with whatever values are in it.';
for (const [name, masking, hidden, notes] of [
  ['what names say', [], [], [`They do not see the values of one column: people.email. ${seen}`]],
  ['what the team shows is no news', [{ columns: ['*.*.email'], strategy: 'show' }], [], []],
  ['what the person hides', [{ columns: ['*.*.email'], strategy: 'show' }], ['*.*.state'], [`They do not see the values of one column: people.state. ${seen}`]],
] as const) {
  test(name, async () => assert.deepEqual(await notesFor(masking, hidden), notes));
}

test('where nobody is asked, the panel says why: there is no team, or no folder that could have one', async () => {
  const said = async (hasFolder: boolean): Promise<string> => {
    const posted: ReviewToPage[] = [];
    const review = createOpenReview('file:///a.sql', { connection: production, preview, obligations: [], statements: [statement('delete from people', 'destructive')] }, (message) => posted.push(message), () => undefined);
    await tellPeers(review, { team: { kind: 'none' } }, { confirmation: () => assert.fail('nothing is asked'), hasFolder });
    return posted.map((message) => (message.type === 'alone' ? message.alone.text : '')).join('');
  };
  assert.match(await said(true), /no team is set up/u);
  assert.match(await said(false), /no folder.*Open the folder/u);
});
