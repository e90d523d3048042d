/** On PostgreSQL: what reviewers see of sensitive values, from the rows of a real change to the box on the server and to the records. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { createFiling } from '../../../src/adapters/confirmation/filing.ts';
import { connectRelay } from '../../../src/adapters/confirmation/httpRelay.ts';
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import type { PendingRequest } from '../../../src/app/approvalPorts.ts';
import type { Session } from '../../../src/app/ports.ts';
import { parseB64u, textOf } from '../../../src/core/approval/bytes.ts';
import { openEnvelope, payloadTypes } from '../../../src/core/approval/envelope.ts';
import type { RequestBody } from '../../../src/core/approval/request.ts';
import { linkKeys, openBox } from '../../../src/core/approval/seal.ts';
import { acceptTeam, type SignedTeam } from '../../../src/core/approval/teamChain.ts';
import type { MaskingRule } from '../../../src/core/masking/rules.ts';
import { crypto } from '../../support/confirmation/keys.ts';
import { signedTeam, teamBody } from '../../support/confirmation/people.ts';
import { createWorld, usualRule, type Bent, type World } from '../../support/confirmation/world.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession, testProfile } from '../../support/postgresSession.ts';

const fill = `
  DROP SCHEMA public CASCADE; CREATE SCHEMA public;
  CREATE TABLE people (id int PRIMARY KEY, email text, api_token text, ssn text, birth_date date, email_verified boolean, token_count int, state text, note text);
  CREATE TABLE history (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, was jsonb);
  CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO history (was) VALUES (to_jsonb(OLD)); RETURN NEW; END $$;
  CREATE TRIGGER remember AFTER UPDATE ON people FOR EACH ROW EXECUTE FUNCTION remember();
  INSERT INTO people VALUES
    (1, 'canary.mail@hideaway.test', 'canary-token-8812', '912-44-1770', '1971-03-05', true, 7, 'old', 'asked by canary.mail@hideaway.test'),
    (2, 'other.canary@hideaway.test', 'canary-token-8812', '912-44-1771', '1971-03-06', false, 8, 'old', 'nothing'),
    (3, 'third.canary@hideaway.test', NULL, NULL, NULL, NULL, NULL, 'new', NULL);`;
/** Nothing of the rows stands in it. */
const text = "UPDATE people SET api_token = md5(api_token), state = 'gone' WHERE state = 'old'";
/** Every form in which something of the hidden values could be found again, and the one they are changed to. */
const canaries = ['canary', 'hideaway', 'token-8812', '912-44', '1971-03', '1770', '2ac9abd2e94fd4eda2bae2db2f2b1acf'];

let database: TestDatabase;
let session: Session;
let world: World;
const analyser = createAnalyser();

before(async () => {
  database = await createTestDatabase();
});
after(async () => {
  await analyser.dispose();
});
beforeEach(async () => {
  await database.query(fill);
  session = await openTestSession(database);
  world = await createWorld({ profile: testProfile(database), session: () => session, analyser });
});
afterEach(async () => {
  await session.close();
  await world.close();
});

/** Another team file takes the place of the first: the same people, and rules about values. */
async function withMasking(masking: readonly MaskingRule[], bend: (signed: SignedTeam) => SignedTeam = (signed) => signed): Promise<Bent> {
  const { alice, bob, carol } = world.keys;
  const people = [{ id: 'alice', keys: [alice] }, { id: 'bob', keys: [bob] }, { id: 'carol', keys: [carol] }];
  const chain = [bend(await signedTeam(teamBody(people, { policy: { confirmations: [usualRule], masking } }), [alice]))];
  world.team = await acceptTeam(crypto, undefined, chain);
  const { team } = world;
  const self = team.kind === 'accepted' ? { member: team.team.body.members[0] as never, signer: alice.signer } : undefined;
  const port = { state: () => Promise.resolve(team), self: () => Promise.resolve(self) };
  const servers = { candidates: () => Promise.resolve({ urls: [world.origin] }), relay: () => Promise.resolve(connectRelay(crypto, world.origin)) } as never;
  return { approvals: { filing: createFiling({ crypto, team: port, servers, pins: { chain: () => Promise.resolve(chain) }, now: Date.now }) } };
}

/** What a reviewer with the link gets from the server, and can open. */
async function opened({ id, secret }: PendingRequest): Promise<{ readonly request: RequestBody; readonly json: string }> {
  const { key, readToken } = await linkKeys(crypto, id, secret);
  const view = await connectRelay(crypto, world.origin).view({ id, readToken });
  assert.ok(view.kind === 'ok', JSON.stringify(view));
  const plain = await openBox(crypto, key, { kind: 'request', id }, parseB64u(view.value.box ?? '') ?? new Uint8Array(0));
  const envelope = openEnvelope(JSON.parse(textOf(plain ?? new Uint8Array(0)) ?? '') as unknown, payloadTypes.request);
  assert.ok(envelope.kind === 'opened', JSON.stringify(envelope));
  const json = textOf(envelope.body) ?? '';
  return { request: JSON.parse(json) as RequestBody, json };
}

function assertNowhere(json: string, what: string): void {
  for (const canary of canaries) assert.ok(!json.toLowerCase().includes(canary), `${what} holds ${canary}`);
}

const cellsOf = ({ preview }: RequestBody, name: string) => preview.tables.find((table) => table.name === name)?.changes ?? [];

describe('sensitive values', () => {
  test('are nowhere in what a reviewer opens, nor in a record, and what was approved is still exactly what is committed', async () => {
    const entry = await world.asked(text);
    const { request, json } = await opened(entry);
    assertNowhere(json, 'the request');
    assert.equal(request.preview.masked, true);
    const people = request.preview.tables.find(({ name }) => name === 'public.people');
    assert.deepEqual(people?.masked.map((position) => people.columns[position]?.name), ['email', 'api_token', 'ssn', 'birth_date', 'note']);
    const [first] = cellsOf(request, 'public.people');
    assert.ok(first?.kind === 'updated');
    assert.deepEqual(first.before.slice(0, 8), ['1', 'c…@h….test', '•••', '•••', '•••', 't', '7', 'old']);
    assert.deepEqual(first.after.slice(0, 8), ['1', 'c…@h….test', '••• (changed)', '•••', '•••', 't', '7', 'gone']);
    assert.match(first.before[8] ?? '', /^asked by #\w{10}$/u);
    const [copy] = cellsOf(request, 'public.history');
    assert.ok(copy?.kind === 'inserted');
    assert.match(copy.after[1] ?? '', /"email": "#\w{10}".*"api_token": "#\w{10}"/u);
    assert.notEqual(request.effect?.rows, null, 'the very rows are bound all the same');

    await world.deliver(entry, await world.answer(entry, 'bob'));
    const end = await world.run(entry);
    assert.deepEqual([end.kind, end.kind === 'ran' && end.outcome.kind], ['ran', 'committed'], JSON.stringify(end));
    assert.ok(world.records.some(({ kind }) => kind === 'decision'));
    assertNowhere(JSON.stringify(world.records), 'a record');
  });

  test('are shown to whoever asks, whose own rows are not masked', async () => {
    const entry = await world.asked(text);
    assert.ok(JSON.stringify(entry.images).includes('canary-token-8812'));
    assert.equal(entry.fingerprint?.kind, 'fingerprint');
  });

  test('have other pseudonyms in each request', async () => {
    const names = async (): Promise<readonly string[]> => [...(await opened(await world.asked(text))).json.matchAll(/#\w{10}/gu)].map(([name]) => name);
    const [one, two] = [await names(), await names()];
    assert.ok(one.length >= 4, String(one.length));
    assert.deepEqual(one.filter((name) => two.includes(name)), []);
  });

  test('that are others by now are told to the requester only', async () => {
    const entry = await world.asked(text);
    await world.deliver(entry, await world.answer(entry, 'bob'));
    await database.query("UPDATE people SET api_token = 'canary-token-9999' WHERE id = 1; TRUNCATE history");
    const end = await world.run(entry);
    assert.ok(end.kind === 'ran' && end.outcome.kind === 'rolled-back' && end.outcome.why === 'drifted', JSON.stringify(end));
    assert.ok(end.outcome.differences?.some((line) => line.includes('canary-token-9999')), 'at home the values are named');
    assert.ok(world.records.some(({ kind }) => kind === 'effect-changed'));
    assertNowhere(JSON.stringify(world.records), 'a record');
    const again = await opened(await world.asked(text, { order: { supersedes: entry.id } }));
    assert.ok(again.request.supersedes !== undefined);
    assertNowhere(again.json, 'the second request');
  });
});

describe('rules of the team', () => {
  test('that are signed can show values, and hide others', async () => {
    const bent = await withMasking([{ columns: ['public.people.email', '*.*.birth_date'], strategy: 'show' }, { columns: ['*.people.state'], strategy: 'pseudonym' }]);
    const { request } = await opened(await world.asked(text, bent));
    const [first] = cellsOf(request, 'public.people');
    assert.ok(first?.kind === 'updated');
    assert.deepEqual([first.before[1], first.before[2], first.before[4], first.before[8]], ['canary.mail@hideaway.test', '•••', '1971-03-05', 'asked by canary.mail@hideaway.test']);
    assert.match(first.before[7] ?? '', /^#\w{10}$/u);
    assert.notEqual(first.before[7], first.after[7]);
  });

  test('that nobody signed show nothing: nobody is asked at all', async () => {
    const bend = ({ file, signatures }: SignedTeam): SignedTeam => ({ file: new TextEncoder().encode((textOf(file) ?? '').replace('"hide"', '"show"')), signatures });
    const bent = await withMasking([{ columns: ['*.*.email'], strategy: 'hide' }], bend);
    assert.equal(world.team?.kind, 'refused');
    const outcome = await world.ask(text, bent);
    assert.equal(outcome.kind, 'refused', JSON.stringify(outcome));
    assert.deepEqual(await world.pending.list(), []);
  });

  test('do not show what the person hides', async () => {
    const bent = await withMasking([{ columns: ['*.*.*'], strategy: 'show' }]);
    const rules = [usualRule];
    const policy = { access: 'preview', elevated: false, typedConfirmation: true, confirmation: { team: { kind: 'accepted', rules }, hidden: ['public.people.*', '*.history.*'] } } as const;
    const { request, json } = await opened(await world.asked(text, { ...bent, order: { policy } }));
    assertNowhere(json, 'the request');
    const [first] = cellsOf(request, 'public.people');
    assert.ok(first?.kind === 'updated');
    assert.deepEqual(first.before.slice(1), Array.from({ length: 8 }, () => '•••'));
    assert.deepEqual(first.after.slice(1), ['•••', '••• (changed)', '•••', '•••', '•••', '•••', '••• (changed)', '•••']);
  });
});
