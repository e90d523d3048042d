/** Commits without others, recomputed from the records and the team files alone: what is allowed, what is wrong, and what others said afterwards. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Envelope } from '../../../../src/core/approval/envelope.ts';
import type { Team } from '../../../../src/core/approval/team.ts';
import type { EventBody } from '../../../../src/core/audit/chain.ts';
import { verifyApprovals } from '../../../../src/core/audit/verifyApprovals.ts';
import { crypto, passkey, softwareKey, type OwnKey } from '../../../support/confirmation/keys.ts';
import { ask, consent, decide, minute, noon, requestBody, team as teamOf, type Asked } from '../../../support/confirmation/people.ts';
import { stream } from '../../../support/audit/streams.ts';

const rule = { match: { env: 'production', class: ['destructive', 'write'] }, approvals: 1, roles: ['dba'], assurance: 'uv', effectMatch: 'counts', ttlMinutes: 60, audit: 'receipt', breakGlass: true } as const;
type Cast = { readonly alice: OwnKey; readonly soft: OwnKey; readonly bob: OwnKey; readonly dora: OwnKey; readonly team: Team; readonly asked: Asked; readonly review: Asked };
let cast: Cast;

async function teamWith({ alice, soft, bob, dora }: Pick<Cast, 'alice' | 'soft' | 'bob' | 'dora'>, change: object = {}, facts: object = {}): Promise<Team> {
  return await teamOf([{ id: 'alice', roles: ['dba'], keys: [alice, soft] }, { id: 'bob', roles: ['dba'], keys: [bob] }, { id: 'dora', keys: [dora] }], { policy: { confirmations: [{ ...rule, ...change }] }, ...facts });
}

before(async () => {
  const keys = { alice: await passkey(), soft: await softwareKey(), bob: await passkey(), dora: await passkey() };
  const team = await teamWith(keys);
  const asked = await ask(keys.alice, requestBody(team, { emergency: { withoutUndo: true } }));
  const review = await ask(keys.alice, requestBody(team, { created: noon, expires: noon + 6 * 24 * 60 * minute, afterwards: { run: 'r', committed: noon } }));
  cast = { ...keys, team, asked, review };
});

const actor = { kind: 'human', osUser: 'ann', host: 'laptop' };
const effects = [{ table: { schema: 'public', table: 'customers' }, inserted: 0, updated: 0, deleted: 1, why: 'statement' }];
type Change = { readonly broken?: object; readonly decisions?: readonly unknown[]; readonly reviews?: readonly EventBody[]; readonly late?: boolean; readonly committed?: object; readonly team?: string; readonly said?: readonly EventBody[]; readonly runs?: readonly string[]; readonly claimed?: number };

async function bodies({ broken = {}, decisions, reviews = [], late = false, committed = {}, team = cast.team.digest, said = [], runs = ['r'], claimed = noon }: Change): Promise<readonly EventBody[]> {
  const signed = decisions ?? [await consent(cast.asked, 'alice', [cast.alice])];
  return runs.flatMap((run) => {
    const base = { run, time: noon, class: 'destructive', actor, sql: 'DELETE FROM customers WHERE id = 42', target: { connection: 'team:shop', environment: 'production', address: 'app@db-1:5432/shop' } };
    const facts = { request: cast.asked.body.id, digest: cast.asked.digest, team, requester: 'alice', purpose: 'emergency' };
    const glass = { ...base, kind: 'break-glass', time: claimed, confirmation: { ...facts, decisions: signed }, ...broken };
    return [
      { ...base, kind: 'request', effects, confirmation: facts },
      { ...base, kind: 'claim', time: claimed, confirmation: facts },
      ...(late ? [] : [glass]),
      { ...base, kind: 'intent', time: claimed },
      { ...base, kind: 'commit-intent', time: claimed },
      ...(late ? [glass] : []),
      { ...base, kind: 'outcome', outcome: 'committed', effects, time: claimed, ...committed },
      ...reviews.map((each) => ({ ...base, ...each })),
      ...said,
    ];
  });
}

async function check(change: Change, teams: readonly Team[] = [cast.team]) {
  const all = await bodies(change);
  return await verifyApprovals(crypto, stream(all.length, undefined, (index) => all[index] ?? {}), new Map(teams.map((team) => [team.digest, team])));
}

const reviewed = (decisions: readonly unknown[], facts: object = {}): EventBody => ({ kind: 'break-glass-review', time: noon + minute, reason: 'reviewed', confirmation: { request: cast.review.body.id, digest: cast.review.digest, team: cast.team.digest, requester: 'alice', purpose: 'afterwards', decisions, ...facts } });
const answer = async (who: 'alice' | 'bob' | 'dora', change: Parameters<typeof decide>[3] = {}): Promise<Envelope> => await decide(cast.review, who, [cast[who]], { afterwards: 'r', expires: noon + 24 * 60 * minute, ...change });

type Row = readonly [what: string, change: () => Promise<Change>, problems: readonly string[], says: RegExp];
const rows: readonly Row[] = [
  ['nobody has reviewed', async () => await Promise.resolve({}), ['unreviewed'], /Nobody has reviewed it yet/u],
  ['somebody signed off', async () => ({ reviews: [reviewed([await answer('bob')])] }), ['unreviewed'], /bob signed it off afterwards/u],
  ['somebody rejected', async () => ({ reviews: [reviewed([await answer('bob', { decision: 'reject' })])] }), ['unreviewed'], /bob rejected it afterwards/u],
];
const wrong: readonly Row[] = [
  ['another signed', async () => ({ decisions: [await consent(cast.asked, 'bob', [cast.bob])] }), ['broke-glass'], /only who asked can commit it/u],
  ['only others approved', async () => ({ decisions: [await decide(cast.asked, 'bob', [cast.bob])] }), ['broke-glass'], /signed as something else/u],
  ['a weak key signed', async () => ({ decisions: [await consent(cast.asked, 'alice', [cast.soft])] }), ['broke-glass'], /not as strong/u],
  ['another change was signed', async () => ({ decisions: [await consent(await ask(cast.alice, requestBody(cast.team, { emergency: { withoutUndo: true } })), 'alice', [cast.alice])] }), ['broke-glass'], /another request/u],
  ['nobody signed', async () => await Promise.resolve({ decisions: [] }), ['broke-glass'], /nobody signed that they did it/u],
  ['an agent did it', async () => await Promise.resolve({ broken: { actor: { ...actor, kind: 'agent' } } }), ['broke-glass'], /by an agent/u],
  ['the record came after the commit was announced', async () => await Promise.resolve({ late: true }), ['broke-glass'], /only after the commit/u],
  ['the effect was another', async () => await Promise.resolve({ committed: { effects: [{ ...effects[0], deleted: 2 }] } }), ['other-effect'], /another effect/u],
  ['the text was another', async () => await Promise.resolve({ committed: { sql: 'DELETE FROM customers' } }), ['other-text'], /another text/u],
  ['it was run long after', async () => ({ decisions: [await consent(cast.asked, 'alice', [cast.alice], { expires: noon + 60 * minute })], claimed: noon + 21 * minute }), ['too-late'], /later than the 15 minutes/u],
  ['the team file is of nobody', async () => await Promise.resolve({ team: 'A'.repeat(43) }), ['unknown-team'], /not among those given/u],
  ['who did it reviewed it', async () => ({ reviews: [reviewed([await answer('alice')])] }), ['broke-glass'], /nobody confirms their own/u],
  ['the reviewer has no such role', async () => ({ reviews: [reviewed([await answer('dora')])] }), ['broke-glass'], /does not have the role/u],
  ['a review is on record without a signature', async () => await Promise.resolve({ reviews: [reviewed([])] }), ['broke-glass'], /no signature shows it/u],
  ['the review was about another run', async () => ({ reviews: [reviewed([await answer('bob', { afterwards: 'other' })])] }), ['broke-glass'], /another request/u],
  ['an approval of something else is passed off as a review', async () => {
    const other = await ask(cast.alice, requestBody(cast.team));
    return { reviews: [reviewed([await decide(other, 'bob', [cast.bob])], { digest: other.digest })] };
  }, ['broke-glass'], /another request/u],
  ['the reviewer was shown another text', async () => ({ reviews: [reviewed([await answer('bob')])], said: [{ run: 'bobs', kind: 'answer', time: noon, actor, sql: 'DELETE FROM customers WHERE id = 1', confirmation: { digest: cast.review.digest } }] }), ['broke-glass'], /another text, place or effect/u],
];

describe('a commit without others', () => {
  for (const [what, change, problems, says] of rows) {
    it(`that ${what} is told, and not called wrong`, async () => {
      const { findings, confirmed } = await check(await change());
      assert.deepEqual(findings.map(({ problem, suspicious }) => [problem, suspicious]), problems.map((problem) => [problem, false]));
      assert.match(findings[0]?.message ?? '', says);
      assert.equal(confirmed, 0, 'nobody confirmed it');
    });
  }
  for (const [what, change, problems, says] of wrong) {
    it(`is wrong when ${what}`, async () => {
      const { findings } = await check(await change());
      const found = findings.filter(({ suspicious }) => suspicious);
      assert.deepEqual(found.map(({ problem }) => problem), problems);
      assert.match(found[0]?.message ?? '', says);
    });
  }

  it('is wrong where the rules do not allow it, whoever signed', async () => {
    const team = await teamWith(cast, { breakGlass: false });
    const asked = await ask(cast.alice, requestBody(team, { emergency: { withoutUndo: true } }));
    const facts = { request: asked.body.id, digest: asked.digest, team: team.digest, requester: 'alice', decisions: [await consent(asked, 'alice', [cast.alice])] };
    const { findings } = await check({ broken: { confirmation: facts }, team: team.digest }, [team]);
    assert.match(findings.filter(({ suspicious }) => suspicious)[0]?.message ?? '', /rules do not allow/u);
  });

  it('is wrong when one signature served two runs', async () => {
    const { findings } = await check({ runs: ['r', 's'] });
    assert.deepEqual(findings.filter(({ suspicious }) => suspicious).map(({ problem }) => problem), ['repeated']);
  });
});
