/** Who confirmed what, recomputed from the records and the team files alone: what holds, and every way in which it does not. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { parseB64u } from '../../../../src/core/approval/bytes.ts';
import { bodyBytes, payloadTypes, signBody, type Envelope } from '../../../../src/core/approval/envelope.ts';
import type { Team, TeamBody } from '../../../../src/core/approval/team.ts';
import type { EventBody } from '../../../../src/core/audit/chain.ts';
import { verifyApprovals } from '../../../../src/core/audit/verifyApprovals.ts';
import { crypto, passkey, softwareKey, type OwnKey } from '../../../support/confirmation/keys.ts';
import { ask, decide, minute, noon, requestBody, team as teamOf, type Asked } from '../../../support/confirmation/people.ts';
import { stream } from '../../../support/audit/streams.ts';

type Cast = { readonly alice: OwnKey; readonly bob: OwnKey; readonly soft: OwnKey; readonly carol: OwnKey; readonly dora: OwnKey; readonly team: Team; readonly asked: Asked };
let cast: Cast;
const rule = { match: { env: 'production', class: ['destructive', 'write'] }, approvals: 1, roles: ['dba'], assurance: 'uv', effectMatch: 'exact', ttlMinutes: 15, audit: 'receipt', breakGlass: false } as const;
const policy = (change: object = {}): Partial<TeamBody> => ({ policy: { confirmations: [{ ...rule, ...change }] } });
const people = ({ alice, bob, soft, carol, dora }: Omit<Cast, 'team' | 'asked'>) => [{ id: 'alice', roles: ['dba'], keys: [alice] }, { id: 'bob', roles: ['dba'], keys: [bob, soft] }, { id: 'carol', roles: ['dba'], keys: [carol] }, { id: 'dora', roles: [], keys: [dora] }];

before(async () => {
  const keys = { alice: await passkey(), bob: await passkey(), soft: await softwareKey(), carol: await passkey(), dora: await passkey() };
  const team = await teamOf(people(keys), policy());
  cast = { ...keys, team, asked: await ask(keys.alice, requestBody(team)) };
});

type Told = { readonly decisions?: readonly unknown[]; readonly requester?: string | null; readonly team?: string; readonly digest?: string; readonly class?: string; readonly environment?: string; readonly more?: readonly EventBody[]; readonly receipt?: object; readonly claimed?: number; readonly runs?: number; readonly outcome?: string };

/** The records of one run, as the editor writes them. */
function records({ decisions, requester = 'alice', more = [], claimed = noon, runs = 1, receipt, ...told }: Told): readonly EventBody[] {
  const base = { time: noon, class: told.class ?? 'destructive', actor: { kind: 'human' }, target: { connection: 'team:shop', environment: told.environment ?? 'production', address: 'x' } };
  const facts = { request: cast.asked.body.id, digest: told.digest ?? cast.asked.digest, team: told.team ?? cast.team.digest, ...(requester === null ? {} : { requester }) };
  return Array.from({ length: runs }, (_, index) => `r${String(index)}`).flatMap((run) => [
    ...(decisions === undefined ? [] : [{ ...base, run, kind: 'decision', confirmation: { ...facts, decisions } }, { ...base, run, kind: 'claim', time: claimed, confirmation: { ...facts, ...(receipt === undefined ? {} : { receipt }) } }]),
    ...more.map((each) => ({ ...base, run, ...each })),
    { ...base, run, kind: 'intent' },
    { ...base, run, kind: 'commit-intent' },
    { ...base, run, kind: 'outcome', outcome: told.outcome ?? 'committed' },
  ]);
}

async function check(told: Told, teams: readonly Team[] = [cast.team], servers: readonly Uint8Array<ArrayBuffer>[] = []) {
  const bodies = records(told);
  return await verifyApprovals(crypto, stream(bodies.length, undefined, (index) => bodies[index] ?? {}), new Map(teams.map((team) => [team.digest, team])), servers);
}
const by = async (who: 'alice' | 'bob' | 'soft' | 'carol' | 'dora', change: Parameters<typeof decide>[3] = {}): Promise<Envelope> => await decide(cast.asked, who === 'soft' ? 'bob' : who, [cast[who]], change);

describe('a commit', () => {
  it('that was confirmed as the rules ask holds', async () => {
    assert.deepEqual(await check({ decisions: [await by('bob')] }), { findings: [], confirmed: 1 });
    assert.deepEqual(await check({ decisions: [await by('dora'), await by('soft'), await by('carol')] }), { findings: [], confirmed: 1 }, 'what does not count does no harm');
  });

  it('that nobody had to confirm holds', async () => {
    for (const free of [{ class: 'read' }, { environment: 'development' }, { class: 'ddl' }, { outcome: 'rolled-back' }]) assert.deepEqual(await check(free), { findings: [], confirmed: 0 }, JSON.stringify(free));
  });

  const rows: readonly (readonly [string, () => Promise<Told>, string, RegExp])[] = [
    ['without any confirmation', async () => await Promise.resolve({}), 'unconfirmed', /without the confirmation/u],
    ['in a place nobody wrote down', async () => await Promise.resolve({ environment: 'elsewhere' }), 'unconfirmed', /production/u],
    ['in an emergency that the rules do not know', async () => await Promise.resolve({ more: [{ kind: 'break-glass' }] }), 'unconfirmed', /know no emergency/u],
    ['confirmed by who asked', async () => ({ decisions: [await by('alice')] }), 'not-enough', /nobody confirms their own request/u],
    ['confirmed without the role', async () => ({ decisions: [await by('dora')] }), 'not-enough', /does not have the role/u],
    ['confirmed with a weak key', async () => ({ decisions: [await by('soft')] }), 'not-enough', /not as strong/u],
    ['confirmed by a key of nobody', async () => ({ decisions: [await decide(cast.asked, 'bob', [await passkey()])] }), 'not-enough', /no key of the team/u],
    ['confirmed in the name of another', async () => ({ decisions: [await decide(cast.asked, 'carol', [cast.bob])] }), 'not-enough', /another person than/u],
    ['with the answer to another request', async () => ({ decisions: [await decide(await ask(cast.alice, requestBody(cast.team)), 'bob', [cast.bob])] }), 'not-enough', /answer to another request/u],
    ['with an answer that had run out', async () => ({ decisions: [await by('bob')], claimed: noon + 11 * minute }), 'not-enough', /run out/u],
    ['with an answer from the future', async () => ({ decisions: [await by('bob', { time: noon + 6 * minute })] }), 'not-enough', /lies ahead/u],
    ['with an answer that was changed', async () => ({ decisions: [{ ...(await by('bob')), payload: `${(await by('bob')).payload.slice(0, -4)}AAAA` }] }), 'not-enough', /signed something else/u],
    ['with something that is no answer', async () => await Promise.resolve({ decisions: [{ hello: 1 }, null] }), 'not-enough', /not an answer/u],
    ['that was rejected', async () => ({ decisions: [await by('bob'), await by('carol', { decision: 'reject' })] }), 'rejected', /rejected by carol/u],
    ['under a team file nobody knows', async () => ({ decisions: [await by('bob')], team: 'A'.repeat(43) }), 'unknown-team', /not among those given/u],
    ['twice with one confirmation', async () => ({ decisions: [await by('bob')], runs: 2 }), 'repeated', /run r0 had used it/u],
    ['that does not say who asked', async () => ({ decisions: [await by('bob')], requester: null }), 'unproven', /which member asked/u],
  ];
  for (const [what, told, problem, says] of rows) {
    it(`${what} is found: ${problem}`, async () => {
      const { findings } = await check(await told());
      assert.deepEqual(findings.map((finding) => finding.problem), [problem]);
      assert.match(findings[0]?.message ?? '', says);
      assert.match(findings[0]?.message ?? '', /^event \d+: run r\d/u);
    });
  }

  it('is taken once, by the word of a server that is known', async () => {
    const [server, stranger] = [await softwareKey(), await softwareKey()];
    const pub = parseB64u(server.record.pub) ?? assert.fail();
    const receiptFor = async (id: string, key = server): Promise<Envelope> => await signBody(payloadTypes.receipt, bodyBytes({ v: 1, id, claim: 'A'.repeat(43), time: noon }), [key.signer]);
    const decisions = [await by('bob')];
    const found = async (receipt: object): Promise<readonly string[]> => (await check({ decisions, receipt }, [cast.team], [pub])).findings.map(({ problem }) => problem);
    const own = await receiptFor(cast.asked.body.id);
    assert.deepEqual(await found(own), []);
    assert.deepEqual(await found(await receiptFor(cast.asked.body.id, stranger)), [], 'of another server nobody here can tell');
    assert.deepEqual(await found(await receiptFor('r_AAAAAAAAAAAAAAAA')), ['claim']);
    assert.deepEqual(await found({ ...own, payload: (await receiptFor('r_AAAAAAAAAAAAAAAA')).payload }), ['claim']);
    assert.deepEqual(await found({ signed: true }), ['claim']);
  });

  it('counts persons, not keys and not copies', async () => {
    const team = await teamOf(people(cast), policy({ approvals: 2, assurance: 'software' }));
    const asked = await ask(cast.alice, requestBody(team));
    const [bob, again, carol] = [await decide(asked, 'bob', [cast.bob]), await decide(asked, 'bob', [cast.soft]), await decide(asked, 'carol', [cast.carol])];
    const told = (decisions: readonly Envelope[]): Told => ({ decisions, team: team.digest, digest: asked.digest });
    assert.deepEqual((await check(told([bob, again, bob]), [team])).findings.map(({ problem }) => problem), ['not-enough']);
    assert.equal((await check(told([bob, again, carol]), [team])).confirmed, 1);
  });

  it('in an emergency that the rules allow is told, and not called wrong', async () => {
    const team = await teamOf(people(cast), policy({ breakGlass: true }));
    const { findings } = await check({ more: [{ kind: 'break-glass' }] }, [team]);
    assert.deepEqual(findings.map(({ problem, suspicious }) => [problem, suspicious]), [['broke-glass', false]]);
  });

  it('is held to the rules of the version that was the newest then', async () => {
    const lax = await teamOf(people(cast), { policy: { confirmations: [] }, issued: '2026-01-01T00:00:00Z' });
    const strict = { ...cast.team, body: { ...cast.team.body, version: 2, issued: '2026-11-21T12:00:01Z' } };
    assert.deepEqual((await check({ class: 'write' }, [lax, strict])).findings, []);
    const before = { ...strict, body: { ...strict.body, issued: '2026-11-21T11:59:59Z' } };
    assert.deepEqual((await check({ class: 'write' }, [lax, before])).findings.map(({ problem }) => problem), ['unconfirmed']);
  });
});
