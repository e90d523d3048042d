/** Random orders of everything that can happen to a request, through a server that shuffles and repeats, against a model of forty lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { b64u, parseB64u } from '../../../src/core/approval/bytes.ts';
import type { Envelope } from '../../../src/core/approval/envelope.ts';
import type { Team } from '../../../src/core/approval/team.ts';
import { acceptTeam } from '../../../src/core/approval/teamChain.ts';
import { strictTerms } from '../../../src/core/approval/terms.ts';
import type { Terms } from '../../../src/core/approval/terms.ts';
import { verifyApproval } from '../../../src/core/approval/verifyApproval.ts';
import { createChance } from '../../support/confirmation/chance.ts';
import type { Chance } from '../../support/confirmation/chance.ts';
import { crypto, softwareKey } from '../../support/confirmation/keys.ts';
import type { OwnKey } from '../../support/confirmation/keys.ts';
import { decide, signedTeam, teamBody } from '../../support/confirmation/people.ts';
import { actOn, fileOn, opened, postTeam, sealed, startRelay } from '../../support/confirmation/relay.ts';
import type { Filed, Relay } from '../../support/confirmation/relay.ts';

const terms: Terms = { ...strictTerms, assurance: 'software', groups: [{ approvals: 2, roles: [] }], ttlMinutes: 10 };
const actions = ['approve', 'approve', 'approve', 'reject', 'approve-again', 'approve-own', 'forge', 'garbage', 'other-request', 'rotate', 'expire', 'claim', 'wait'] as const;
const reviewers = ['bob', 'carol', 'dave'] as const;

/** What should be true, said as simply as possible. */
type Model = { approvers: Set<string>; isRejected: boolean; isRotated: boolean; isExpired: boolean; isClaimed: boolean };

function expectedOf({ approvers, isRejected, isRotated, isExpired }: Model): string {
  if (isExpired) return 'refused request-expired';
  if (isRotated) return 'refused team-changed';
  if (isRejected) return 'rejected';
  return approvers.size >= 2 ? 'approved' : `waiting ${String(2 - approvers.size)}`;
}

test('sixty random lives of a request', async () => {
  const names = ['alice', ...reviewers];
  const keys = new Map(await Promise.all([...names, 'second', 'stranger'].map(async (name): Promise<[string, OwnKey]> => [name, await softwareKey(name)])));
  const keyOf = (name: string): OwnKey => keys.get(name) ?? assert.fail(name);
  const body = teamBody(names.map((id) => ({ id, keys: id === 'bob' ? [keyOf('bob'), keyOf('second')] : [keyOf(id)] })));
  const file = await signedTeam(body, [keyOf('alice')]);
  const state = await acceptTeam(crypto, undefined, [file]);
  assert.ok(state.kind === 'accepted');
  const second = await signedTeam({ ...body, version: 2, prev: state.team.digest }, [keyOf('alice')]);
  const ends = new Map<string, number>();
  for (let seed = 1; seed <= 60; seed += 1) {
    const end = await live(createChance(seed), { team: state.team, file, second, keyOf }, `seed ${String(seed)}`);
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  assert.ok(['approved', 'rejected', 'refused request-expired', 'refused team-changed'].every((end) => (ends.get(end) ?? 0) > 0), JSON.stringify([...ends]));
});

type World = { readonly team: Team; readonly file: Awaited<ReturnType<typeof signedTeam>>; readonly second: Awaited<ReturnType<typeof signedTeam>>; readonly keyOf: (name: string) => OwnKey };

async function live(chance: Chance, { team, file, second, keyOf }: World, name: string): Promise<string> {
  let aheadMs = 0;
  const now = (): number => Date.now() + aheadMs;
  const relay = await startRelay({ now });
  await postTeam(relay.call, file);
  const cast = { alice: keyOf('alice'), bob: keyOf('bob'), carol: keyOf('carol'), team, signed: file };
  const [filed, other] = [await fileOn(relay.call, cast), await fileOn(relay.call, cast)];
  const model: Model = { approvers: new Set(), isRejected: false, isRotated: false, isExpired: false, isClaimed: false };
  let current = team;
  const post = async (box: string): Promise<void> => {
    const { status } = await relay.call(`/v1/requests/${filed.id}/decisions`, { token: filed.token, json: { box } });
    assert.equal(status < 300, !model.isExpired && !model.isClaimed, name);
  };
  const answer = async (who: string, key: OwnKey, decision: 'approve' | 'reject', of: Filed = filed): Promise<Envelope> => await decide(of.asked, who, [key], { decision, time: now(), expires: now() + 3_600_000 });
  const counts = (): boolean => !model.isExpired && !model.isClaimed;

  for (let step = 0; step < 12; step += 1) {
    const action = chance.pick(actions);
    const who = chance.pick(reviewers);
    switch (action) {
      case 'approve': case 'approve-again': {
        const key = action === 'approve' || who !== 'bob' ? keyOf(who) : keyOf('second');
        await post(await sealed(filed, 'decision', await answer(who, key, 'approve')));
        if (counts()) model.approvers.add(who);
        break;
      }
      case 'reject':
        if (chance.below(3) > 0) break;
        await post(await sealed(filed, 'decision', await answer(who, keyOf(who), 'reject')));
        if (counts()) model.isRejected = true;
        break;
      case 'approve-own':
        await post(await sealed(filed, 'decision', await answer('alice', keyOf('alice'), 'approve')));
        break;
      case 'forge':
        await post(await sealed(filed, 'decision', await answer(who, keyOf('stranger'), 'approve')));
        break;
      case 'garbage':
        await post(b64u(crypto.random(100)));
        break;
      case 'other-request':
        await post(await sealed(filed, 'decision', await answer(who, keyOf(who), 'approve', other)));
        break;
      case 'rotate': {
        if (chance.below(3) > 0) break;
        await postTeam(relay.call, second);
        const next = await acceptTeam(crypto, team, [second]);
        assert.ok(next.kind === 'accepted');
        current = next.team;
        model.isRotated = true;
        break;
      }
      case 'expire':
        if (chance.below(4) > 0) break;
        aheadMs += 11 * 60_000;
        await relay.sweep();
        model.isExpired = true;
        break;
      case 'claim': {
        if (chance.below(3) > 0) break;
        const { status } = await relay.call(`/v1/requests/${filed.id}/claim`, { json: await actOn(filed, 'claim', keyOf('alice'), now()) });
        assert.equal(status, model.isClaimed ? 409 : model.isExpired ? 410 : 200, `${name}: claim`);
        if (status === 200) model.isClaimed = true;
        break;
      }
      case 'wait':
        aheadMs += chance.below(20_000);
        break;
    }
    assert.equal(await verdictOf({ relay, filed, chance, team: current, now: now() }), expectedOf(model), `${name}, step ${String(step)}: ${action}`);
  }
  await relay.close();
  return expectedOf(model);
}

type Look = { readonly relay: Relay; readonly filed: Filed; readonly chance: Chance; readonly team: Team; readonly now: number };

/** What the requester's machine makes of it, however the server orders and repeats what it has. */
async function verdictOf({ relay, filed, chance, team, now }: Look): Promise<string> {
  const { events } = (await (await relay.call(`/v1/requests/${filed.id}/events`, { token: filed.token })).json()) as { events: { box?: string }[] };
  const found = await Promise.all(events.map(async ({ box }) => (box === undefined ? undefined : await opened(filed, 'decision', parseB64u(box) ?? new Uint8Array(0)))));
  const envelopes = chance.shuffled([...found, ...found.slice(0, chance.below(3))]);
  const verdict = await verifyApproval(crypto, { request: filed.asked.bytes, team: { kind: 'accepted', team }, terms, envelopes, now });
  if (verdict.kind === 'refused') return `refused ${verdict.code}`;
  return verdict.kind === 'waiting' ? `waiting ${String(verdict.missing)}` : verdict.kind;
}
