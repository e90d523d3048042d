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
const sql = 'DELETE FROM customers WHERE id = 42';
const effects = [{ table: { schema: 'public', table: 'customers' }, inserted: 0, updated: 0, deleted: 1, why: 'statement' }];
const rule = { match: { env: 'production', class: ['destructive', 'write'] }, approvals: 1, roles: ['dba'], assurance: 'uv', effectMatch: 'exact', ttlMinutes: 15, audit: 'receipt', breakGlass: false } as const;
const policy = (change: object = {}): Partial<TeamBody> => ({ policy: { confirmations: [{ ...rule, ...change }] } });
const people = ({ alice, bob, soft, carol, dora }: Omit<Cast, 'team' | 'asked'>) => [{ id: 'alice', roles: ['dba'], keys: [alice] }, { id: 'bob', roles: ['dba'], keys: [bob, soft] }, { id: 'carol', roles: ['dba'], keys: [carol] }, { id: 'dora', roles: [], keys: [dora] }];

before(async () => {
  const keys = { alice: await passkey(), bob: await passkey(), soft: await softwareKey(), carol: await passkey(), dora: await passkey() };
  const team = await teamOf(people(keys), policy());
  cast = { ...keys, team, asked: await ask(keys.alice, requestBody(team)) };
});

type Told = { readonly decisions?: readonly unknown[]; readonly requester?: string | null; readonly team?: string; readonly digest?: string; readonly class?: string; readonly environment?: string; readonly more?: readonly EventBody[]; readonly receipt?: object; readonly claimed?: number; readonly runs?: number; /** `null`: it is not on record how it ended. */ readonly outcome?: string | null; readonly time?: number; readonly sql?: string; readonly asked?: EventBody | null; readonly committed?: EventBody };

const actor = { kind: 'human', osUser: 'ann', host: 'laptop' };
const target = { connection: 'team:shop', environment: 'production', address: 'app@db-1:5432/shop' };

/** The records of one run, as the editor writes them. */
function records({ decisions, requester = 'alice', more = [], claimed = noon, runs = 1, time = noon, receipt, asked = {}, committed = {}, ...told }: Told): readonly EventBody[] {
  const base = { time, class: told.class ?? 'destructive', actor, sql: told.sql ?? sql, target: { ...target, environment: told.environment ?? 'production' } };
  const facts = { request: cast.asked.body.id, digest: told.digest ?? cast.asked.digest, team: told.team ?? cast.team.digest, ...(requester === null ? {} : { requester }) };
  return Array.from({ length: runs }, (_, index) => `r${String(index)}`).flatMap((run) => [
    ...(decisions === undefined || asked === null || requester === null ? [] : [{ ...base, run, kind: 'request', effects, confirmation: facts, ...asked }]),
    ...(decisions === undefined ? [] : [{ ...base, run, kind: 'decision', confirmation: { ...facts, decisions } }, { ...base, run, kind: 'claim', time: claimed, confirmation: { ...facts, ...(receipt === undefined ? {} : { receipt }) } }]),
    ...more.map((each) => ({ ...base, run, ...each })),
    { ...base, run, kind: 'intent' },
    { ...base, run, kind: 'commit-intent', ...committed },
    ...(told.outcome === null ? [] : [{ ...base, run, kind: 'outcome', effects, outcome: told.outcome ?? 'committed', ...committed }]),
  ]);
}

async function checkAll(bodies: readonly EventBody[], teams: readonly Team[] = [cast.team], servers: readonly Uint8Array<ArrayBuffer>[] = []) {
  return await verifyApprovals(crypto, stream(bodies.length, undefined, (index) => bodies[index] ?? {}), new Map(teams.map((team) => [team.digest, team])), servers);
}
const check = async (told: Told, ...others: readonly [teams?: readonly Team[], servers?: readonly Uint8Array<ArrayBuffer>[]]) => await checkAll(records(told), ...others);
const by = async (who: 'alice' | 'bob' | 'soft' | 'carol' | 'dora', change: Parameters<typeof decide>[3] = {}): Promise<Envelope> => await decide(cast.asked, who === 'soft' ? 'bob' : who, [cast[who]], change);

/** What Bob’s editor records of an answer. */
const reviewed = (statements: readonly string[]): EventBody => ({ run: 'bobs', kind: 'answer', sql: statements.join(';\n'), target: { ...target, connection: 'shop', address: 'app_owner@db-1:5432/shop' }, confirmation: { request: cast.asked.body.id, digest: cast.asked.digest, team: cast.team.digest, statements } });
const problemsOf = ({ findings }: Awaited<ReturnType<typeof checkAll>>): readonly string[] => findings.map(({ problem, suspicious }) => `${problem}${suspicious ? '' : ' (note)'}`);

describe('a commit', () => {
  it('that was confirmed as the rules ask holds', async () => {
    assert.deepEqual(await check({ decisions: [await by('bob')] }), { findings: [], confirmed: 1, unjudged: 0 });
    assert.deepEqual(await check({ decisions: [await by('dora'), await by('soft'), await by('carol')] }), { findings: [], confirmed: 1, unjudged: 0 }, 'what does not count does no harm');
  });

  it('that nobody had to confirm holds', async () => {
    for (const free of [{ class: 'read' }, { environment: 'development' }, { class: 'ddl' }, { outcome: 'rolled-back' }]) assert.deepEqual(await check(free), { findings: [], confirmed: 0, unjudged: 0 }, JSON.stringify(free));
  });

  const rows: readonly (readonly [string, () => Promise<Told>, string, RegExp])[] = [
    ['without any confirmation', async () => await Promise.resolve({}), 'unconfirmed', /without the confirmation/u],
    ['in a place nobody wrote down', async () => await Promise.resolve({ environment: 'elsewhere' }), 'unconfirmed', /production/u],
    ['in an emergency that nobody signed', async () => await Promise.resolve({ more: [{ kind: 'break-glass' }] }), 'broke-glass', /nobody signed that they did it/u],
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
    ['of which nobody knows how it ended, without confirmation', async () => await Promise.resolve({ outcome: null }), 'unconfirmed', /may have been committed, and how it ended is not known/u],
    ['in doubt, without confirmation', async () => await Promise.resolve({ outcome: 'in-doubt' }), 'unconfirmed', /how it ended is not known/u],
    ['settled as unknown, without confirmation', async () => await Promise.resolve({ outcome: 'in-doubt', more: [{ kind: 'settled', reason: 'unknown' }] }), 'unconfirmed', /how it ended is not known/u],
    ['of which only one statement had to be confirmed', async () => await Promise.resolve({ class: 'ddl', committed: { classes: ['ddl', 'write'] } }), 'unconfirmed', /ddl, write; production/u],
    ['with another text than was asked', async () => ({ decisions: [await by('bob')], committed: { sql: 'DELETE FROM customers' } }), 'other-text', /another text/u],
    ['with another text than the reviewer had', async () => ({ decisions: [await by('bob')], more: [reviewed(['DELETE FROM customers WHERE id = 43'])] }), 'other-text', /another text/u],
    ['with more than the reviewer had', async () => ({ decisions: [await by('bob')], more: [reviewed([sql])], sql: `${sql}; DELETE FROM orders` }), 'other-text', /another text/u],
    ['with another digest of a text that is not on record', async () => ({ decisions: [await by('bob')], asked: { sqlSha256: 'a', sql: undefined }, committed: { sqlSha256: 'b', sql: undefined } }), 'other-text', /another text/u],
    ['in another place than was asked', async () => ({ decisions: [await by('bob')], committed: { target: { ...target, address: 'app@db-2:5432/shop' } } }), 'other-place', /another place/u],
    ['with another effect than was asked', async () => ({ decisions: [await by('bob')], committed: { effects: [{ ...effects[0], deleted: 2 }] } }), 'other-effect', /another effect/u],
    ['after the time for it was over', async () => ({ decisions: [await by('bob', { expires: noon + 60 * minute })], claimed: noon + 21 * minute }), 'too-late', /15 minutes/u],
    ['confirmed, and what was asked is not on record', async () => ({ decisions: [await by('bob')], asked: null }), 'unproven', /what others were asked is not here/u],
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

  it('is held to the rules of the version that was the newest then', async () => {
    const lax = await teamOf(people(cast), { policy: { confirmations: [] }, issued: '2026-01-01T00:00:00Z' });
    const strict = { ...cast.team, body: { ...cast.team.body, version: 2, issued: '2026-11-21T12:00:01Z' } };
    assert.deepEqual((await check({ class: 'write' }, [lax, strict])).findings, []);
    const before = { ...strict, body: { ...strict.body, issued: '2026-11-21T11:59:59Z' } };
    assert.deepEqual((await check({ class: 'write' }, [lax, before])).findings.map(({ problem }) => problem), ['unconfirmed']);
  });

  it('is what the reviewer had, whatever stands between the statements', async () => {
    const two = ['UPDATE customers SET a = \'; --\'', 'DELETE FROM customers WHERE id = 42'];
    const texts: readonly (readonly [string, boolean])[] = [[`${two[0]};\n-- now the rest\n${two[1]};`, true], [`/* a */ ${two[0]} ; # b\n${two[1]}`, true], [`${two[0]}; /*! DROP TABLE x */ ${two[1]}`, false], [`${two[0]}; /*M! DROP TABLE x */ ${two[1]}`, false], [`${two[1]}; ${two[0]}`, false], [`${two[0]}; ${two[1]}; DROP TABLE x`, false], [two[0] ?? '', false]];
    for (const [text, holds] of texts) {
      const found = problemsOf(await check({ decisions: [await by('bob')], more: [reviewed(two)], sql: text }));
      assert.deepEqual(found, holds ? [] : ['other-text'], text);
    }
  });

  it('may do less than was asked where the rules say so', async () => {
    const team = await teamOf(people(cast), policy({ effectMatch: 'atMost' }));
    const asked = await ask(cast.alice, requestBody(team));
    const told = { decisions: [await decide(asked, 'bob', [cast.bob])], team: team.digest, digest: asked.digest };
    assert.deepEqual(problemsOf(await check({ ...told, committed: { effects: [] } }, [team])), []);
    assert.deepEqual(problemsOf(await check({ ...told, committed: { effects: [{ ...effects[0], deleted: 2 }] } }, [team])), ['other-effect']);
  });

  it('that two windows settled is one', async () => {
    assert.deepEqual(await check({ decisions: [await by('bob')], outcome: 'in-doubt', more: [{ kind: 'settled', reason: 'committed' }, { kind: 'settled', reason: 'committed' }] }), { findings: [], confirmed: 1, unjudged: 0 });
    assert.deepEqual(problemsOf(await check({ outcome: 'in-doubt', more: [{ kind: 'settled', reason: 'rolled-back' }] })), [], 'and none that was rolled back');
  });

  it('on a place that calls itself more harmless than the team does is held to what the team says', async () => {
    const connections = [{ name: 'shop-prod', environment: 'production', host: 'DB-1', user: 'someone', database: 'shop' }];
    const team = await teamOf(people(cast), { ...policy(), connections });
    assert.deepEqual(problemsOf(await check({ environment: 'development' }, [team])), ['unconfirmed']);
    assert.deepEqual(problemsOf(await check({ environment: 'development', committed: { target: { ...target, environment: 'development', address: 'app@db-1:5432/other' } } }, [team])), []);
  });

  it('on what was protected is held to the rules that name no environment', async () => {
    const team = await teamOf(people(cast), policy({ match: { class: ['destructive'] } }));
    const on = (isProtected: boolean) => ({ environment: 'staging', committed: { target: { ...target, environment: 'staging', protected: isProtected } } });
    assert.deepEqual(problemsOf(await check(on(true), [team])), ['unconfirmed']);
    assert.deepEqual(problemsOf(await check(on(false), [team])), []);
  });

  it('is older than what is known of the team, and that is counted; a clock that was set back makes nothing older', async () => {
    const long = Date.UTC(2025, 5, 1);
    assert.deepEqual(await check({ time: long }), { findings: [], confirmed: 0, unjudged: 1 });
    const { findings } = await checkAll([{ kind: 'stream-begin', time: noon }, ...records({ time: long })]);
    assert.deepEqual(findings.map(({ problem }) => problem), ['unconfirmed']);
    assert.match(findings[0]?.message ?? '', /Its clock said 2025-06-01T00:00:00Z, after records of 2026-11-21T12:00:00Z/u);
  });

  it('and a clock that was set back before the program began makes nothing older either', async () => {
    const earlier = stream(2, undefined, () => ({ kind: 'read', time: noon }));
    const last = earlier.at(-1) ?? assert.fail();
    const bodies = [{ kind: 'stream-begin', time: 0, previous: [{ stream: last.stream, seq: last.seq, hash: last.hash }] }, ...records({ time: Date.UTC(2025, 5, 1) })];
    const later = stream(bodies.length, undefined, (index) => bodies[index] ?? {});
    for (const events of [[...earlier, ...later], [...later, ...earlier]]) assert.deepEqual(problemsOf(await verifyApprovals(crypto, events, new Map([[cast.team.digest, cast.team]]))), ['unconfirmed']);
  });

  describe('under a version of the team that another one had followed', () => {
    const next = async (change: { readonly revoked?: readonly number[] } = {}): Promise<Team> => await teamOf(people(cast).map((person) => (person.id === 'bob' ? { ...person, ...change } : person)), { ...policy(), version: 2, prev: cast.team.digest, issued: '2026-11-21T11:59:00Z' });
    const tookOver = ({ digest }: Team, time: number, host = 'laptop'): EventBody => ({ run: 'team', kind: 'team-changed', time, actor: { ...actor, host }, changes: [`team shop: version 2 accepted, digest ${digest}`] });
    it('is told, and wrong where the machine knew better', async () => {
      const team = await next();
      const decisions = [await by('bob')];
      assert.deepEqual(problemsOf(await check({ decisions }, [cast.team, team])), ['older-team (note)']);
      for (const [record, problem] of [[tookOver(team, noon - 1), 'older-team'], [tookOver(team, noon + 1), 'older-team (note)'], [tookOver(team, noon - 1, 'other'), 'older-team (note)']] as const) {
        assert.deepEqual(problemsOf(await checkAll([record, ...records({ decisions })], [cast.team, team])), [problem]);
      }
    });
    it('is wrong where it would not have been enough under that one', async () => {
      for (const [change, problem] of [[{ approvals: 2 }, 'older-team'], [{ roles: ['owner'] }, 'older-team'], [{ ttlMinutes: 30 }, 'older-team (note)']] as const) {
        const team = await teamOf(people(cast), { ...policy(change), version: 2, prev: cast.team.digest, issued: '2026-11-21T11:59:00Z' });
        assert.deepEqual(problemsOf(await check({ decisions: [await by('bob')] }, [cast.team, team])), [problem], JSON.stringify(change));
      }
    });
    it('does not hold with a key that was revoked by then', async () => {
      const team = await next({ revoked: [0] });
      assert.deepEqual(problemsOf(await check({ decisions: [await by('bob')] }, [cast.team, team])), ['not-enough', 'older-team (note)']);
      assert.deepEqual(problemsOf(await check({ decisions: [await by('carol')] }, [cast.team, team])), ['older-team (note)']);
    });
  });
});
