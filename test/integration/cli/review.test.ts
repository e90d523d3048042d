/** `countersign join` and `countersign review`: a second person at a terminal, against a real server, with a real `ssh-keygen`. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { blobText, parseBlob } from '../../../src/core/approval/blob.ts';
import { b64u, parseB64, parseB64u } from '../../../src/core/approval/bytes.ts';
import { verifyEnrolment } from '../../../src/core/approval/enrolment.ts';
import { bodyBytes, payloadTypes, signBody } from '../../../src/core/approval/envelope.ts';
import { keyidOf, type KeyRecord } from '../../../src/core/approval/keyRecord.ts';
import type { RequestBody } from '../../../src/core/approval/request.ts';
import { linkKeys, linkText, newRequestId, newSecret, readHash, sealBox } from '../../../src/core/approval/seal.ts';
import { createDeflater } from '../../../src/core/approval/streams.ts';
import type { Team } from '../../../src/core/approval/team.ts';
import { acceptTeam, type SignedTeam } from '../../../src/core/approval/teamChain.ts';
import { verifyApproval } from '../../../src/core/approval/verifyApproval.ts';
import { signFiling } from '../../../src/protocol/confirmation.ts';
import { createLog } from '../../../src/server/log.ts';
import { serve, type RunningServer } from '../../../src/server/serve.ts';
import { openSqlite } from '../../../src/server/store/sqlite.ts';
import { crypto, softwareKey, type OwnKey } from '../../support/confirmation/keys.ts';
import { ask, lenient, requestBody, signedTeam, teamBody, type Asked } from '../../support/confirmation/people.ts';
import { callAt, opened, postTeam, type Call, type Filed } from '../../support/confirmation/relay.ts';
import { readSpool } from '../../../src/cli/audit/sources.ts';
import type { AuditRecord } from '../../../src/core/audit/record.ts';
import { countersign } from '../../unit/cli/run.ts';
import { atTerminal, noTerminal } from './terminal.ts';

const deflater = createDeflater(globalThis);
let folder = '';
let server: RunningServer;
let call: Call;
let alice: OwnKey;
let signed: SignedTeam;
let team: Team;
const file = (name: string): string => path.join(folder, name);

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-review-'));
  process.env['XDG_STATE_HOME'] = file('state');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bob@laptop', '-f', file('bob')]);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file('stranger')]);
  server = await serve({ store: await openSqlite(':memory:'), log: createLog(() => undefined), page: { script: '', style: '' } }, { host: '127.0.0.1', port: 0 });
  call = callAt(origin());
  alice = await softwareKey('editor');
  const bob = await sshRecord(file('bob.pub'));
  signed = await signedTeam(teamBody([{ id: 'alice', keys: [alice] }, { id: 'bob', keys: [{ ...alice, ...bob }] }]), [alice]);
  const state = await acceptTeam(crypto, undefined, [signed]);
  assert.ok(state.kind === 'accepted');
  ({ team } = state);
  assert.equal((await postTeam(call, signed)).status, 201);
  await countersign(['help']);
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const origin = (): string => `http://localhost:${String(server.port)}`;

async function sshRecord(publicFile: string): Promise<Pick<OwnKey, 'record' | 'keyid'>> {
  const pub = parseB64((await readFile(publicFile, 'utf8')).split(' ')[1] ?? '') ?? new Uint8Array(0);
  const record: KeyRecord = { alg: 'sshsig', pub: b64u(pub), added: '2026-11-01T00:00:00Z', label: 'SSH' };
  return { record, keyid: await keyidOf(crypto, 'sshsig', pub) };
}

type Mailbox = Filed & { readonly link: string };

async function mailbox(id: string, plain: Uint8Array<ArrayBuffer>, expires: number): Promise<Mailbox> {
  const secret = newSecret(crypto);
  const { key, readToken } = await linkKeys(crypto, id, secret);
  const box = await sealBox(crypto, key, { kind: 'request', id }, plain);
  const message = await signFiling(crypto, { id, team: team.digest, expires, readHash: await readHash(crypto, readToken), box, inbox: [] }, alice.signer, Date.now());
  assert.equal((await call('/v1/requests', { json: message })).status, 201);
  return { asked: undefined as never, id, secret, key, token: b64u(readToken), message, link: linkText({ server: origin(), id, secret }) };
}

async function newRequest(change: Partial<RequestBody> = {}, by = alice): Promise<Asked> {
  const now = Date.now();
  return await ask(by, requestBody(team, { created: now - 1000, expires: now + 600_000, ...change }));
}

async function askFor(change: Partial<RequestBody> = {}): Promise<Mailbox> {
  const asked = await newRequest(change);
  return { ...(await mailbox(asked.body.id, bodyBytes(asked.envelope), asked.body.expires)), asked };
}

async function answersTo(filed: Filed, kind: 'decision' | 'enrolment'): Promise<unknown[]> {
  const { events } = (await (await call(`/v1/requests/${filed.id}/events`, { token: filed.token })).json()) as { events: { kind: string; box?: string }[] };
  return await Promise.all(events.filter((event) => event.kind === kind).map(async ({ box = '' }) => await opened(filed, kind, parseB64u(box) ?? new Uint8Array(0))));
}

async function verdict(asked: Asked, envelopes: readonly unknown[]) {
  return await verifyApproval(crypto, { request: asked.bytes, team: await acceptTeam(crypto, team, []), terms: lenient, envelopes, now: Date.now() });
}

const approve = [[/Type approve or reject/u, 'approve'], [/Comment/u, 'looks right']] as const;

describe('countersign review', { skip: noTerminal }, () => {
  it('shows the request, and a typed answer with an SSH key is an approval on the requester’s machine', async () => {
    const filed = await askFor();
    const { screen, code } = await atTerminal(['review', filed.link, '--ssh-key', file('bob.pub')], approve);
    assert.equal(code, 0, screen);
    for (const part of ['PRODUCTION', 'Alice asks: Customer 42 asked to be forgotten', 'Deletes 1 row from customers', 'DELETE FROM customers WHERE id = $1', '$1 int4 = 42', 'public.customers: 0 inserted, 0 updated, 1 deleted', 'TimeZone = UTC']) assert.ok(screen.includes(part), `${part} in ${screen}`);
    const found = await verdict(filed.asked, await answersTo(filed, 'decision'));
    assert.ok(found.kind === 'approved');
    assert.deepEqual(found.by.map(({ reviewer, assurance, body }) => [reviewer, assurance, body.comment]), [['bob', 'software', 'looks right']]);
  });

  it('is on record on the reviewer’s machine with what they had before them, and is not sent when it cannot be', async () => {
    const filed = await askFor({ statements: [{ sql: 'DELETE FROM customers WHERE id = 7', params: [], class: 'destructive' }, { sql: "CREATE ROLE shop LOGIN PASSWORD 'hunter2'", params: [], class: 'privilege' }] });
    assert.equal((await atTerminal(['review', filed.link, '--ssh-key', file('bob.pub')], approve)).code, 0);
    const bodies = (await readSpool(file('state/countersign/audit'))).flatMap(({ events }) => events.map(({ body }) => body as Partial<AuditRecord>));
    const record = bodies.find(({ confirmation }) => confirmation?.digest === filed.asked.digest) ?? assert.fail('nothing is on record');
    assert.deepEqual([record.kind, record.reason, record.class, record.target?.address, record.confirmation?.requester], ['answer', 'approved', 'privilege', 'app_rw@db-1:5432/shop', 'alice']);
    assert.deepEqual(record.confirmation?.statements?.[0], 'DELETE FROM customers WHERE id = 7');
    assert.equal((await verdict(filed.asked, record.confirmation?.decisions ?? [])).kind, 'approved', 'with the very signature');
    assert.doesNotMatch(JSON.stringify(bodies), /hunter2/u);

    const other = await askFor();
    await writeFile(file('no-folder'), '');
    const { screen, code } = await atTerminal(['review', other.link, '--ssh-key', file('bob.pub')], approve, { XDG_STATE_HOME: file('no-folder') });
    assert.equal(code, 1);
    assert.match(screen, /Nothing was sent, because your answer could not be recorded/u);
    assert.deepEqual(await answersTo(other, 'decision'), []);
  });

  it('a rejection is signed and sent, and ends with 3', async () => {
    const filed = await askFor();
    const { code } = await atTerminal(['review', filed.link, '--ssh-key', file('bob.pub')], [[/Type approve/u, 'reject'], [/Comment/u, 'wrong customer']]);
    assert.equal(code, 3);
    assert.equal((await verdict(filed.asked, await answersTo(filed, 'decision'))).kind, 'rejected');
  });

  for (const typed of ['', 'y', 'Approve', 'approve ', 'yes approve']) {
    it(`${JSON.stringify(typed)} decides nothing`, async () => {
      const filed = await askFor();
      const { code } = await atTerminal(['review', filed.link, '--ssh-key', file('bob.pub')], [[/Type approve/u, typed], [/Comment/u, '']]);
      assert.equal(code, 3);
      assert.deepEqual(await answersTo(filed, 'decision'), []);
    });
  }

  it('a program without a terminal decides nothing', async () => {
    const filed = await askFor();
    const { code, stderr } = await countersign(['review', filed.link, '--ssh-key', file('bob.pub')], 'approve\n\n');
    assert.equal(code, 2);
    assert.match(stderr, /Only a person at a terminal/u);
    assert.deepEqual(await answersTo(filed, 'decision'), []);
  });

  it('a key of nobody, and the requester’s own, sign nothing', async () => {
    const filed = await askFor();
    const { screen, code } = await atTerminal(['review', filed.link, '--ssh-key', file('stranger.pub')], []);
    assert.equal(code, 1);
    assert.match(screen, /of nobody in the team/u);
    await writeFile(file('alice.key'), JSON.stringify({ v: 1, alg: 'es256', pub: alice.record.pub, pkcs8: alice.secret }));
    const own = await atTerminal(['review', filed.link, '--key', file('alice.key')], []);
    assert.equal(own.code, 1);
    assert.match(own.screen, /only somebody else can confirm it/u);
    assert.deepEqual(await answersTo(filed, 'decision'), []);
  });

  it('what a terminal would obey is shown as code points', async () => {
    const filed = await askFor({ reason: 'ok\u001b[2J\u202e', statements: [{ sql: 'DELETE FROM customers -- \u001b]0;x\u0007\r\nWHERE true', params: [], class: 'destructive' }] });
    const { screen } = await atTerminal(['review', filed.link, '--ssh-key', file('bob.pub')], [[/Type approve/u, '']]);
    for (const character of ['\u001b[2J', '\u202e', '\u001b]0', '\u0007']) assert.ok(!screen.includes(character), JSON.stringify(character));
    assert.match(screen, /ok\\u\{1b\}\[2J\\u\{202e\}/u);
  });

  it('a text is answered by a text, from a file too', async () => {
    const asked = await newRequest();
    const text = await blobText(deflater, { envelope: asked.envelope, team: { file: b64u(signed.file), signatures: signed.signatures as Record<string, unknown> } });
    await writeFile(file('request.txt'), `Please look:\n${text}\n`);
    const { screen, code } = await atTerminal(['review', `@${file('request.txt')}`, '--ssh-key', file('bob.pub')], approve);
    assert.equal(code, 0, screen);
    const answer = await parseBlob(deflater, screen.slice(screen.indexOf('Comment')));
    assert.ok(answer);
    assert.equal((await verdict(asked, [answer.envelope])).kind, 'approved');
  });

  const broken: readonly [name: string, link: (filed: Mailbox) => string | Promise<string>, says: RegExp][] = [
    ['another key in the link', ({ id }) => linkText({ server: origin(), id, secret: newSecret(crypto) }), /Nothing was decided|does not fit the link/u],
    ['no key in the link', ({ link }) => link.slice(0, link.indexOf('#')), /neither a link/u],
    ['no server there', ({ id, secret }) => linkText({ server: 'http://localhost:1', id, secret }), /did not answer/u],
    ['a request somebody else signed', async () => (await forged()).link, /request-unsigned/u],
    ['an invitation', async () => (await invite()).link, /countersign join/u],
  ];
  for (const [name, link, says] of broken) {
    it(`${name}: says so, and signs nothing`, async () => {
      const filed = await askFor();
      const { screen, code } = await atTerminal(['review', await link(filed), '--ssh-key', file('bob.pub')], []);
      assert.equal(code, 1);
      assert.match(screen, says);
      assert.deepEqual(await answersTo(filed, 'decision'), []);
    });
  }
});

/** In the name of Alice, by a key that is not hers. */
async function forged(): Promise<Mailbox> {
  const asked = await newRequest({}, await softwareKey());
  return { ...(await mailbox(asked.body.id, bodyBytes(asked.envelope), asked.body.expires)), asked };
}

async function invite(): Promise<Mailbox> {
  const [id, now] = [newRequestId(crypto), Date.now()];
  const body = { v: 1, id, team: 'shop', teamDigest: team.digest, inviter: 'alice', created: now, expires: now + 600_000, name: null };
  return await mailbox(id, bodyBytes(await signBody(payloadTypes.invitation, bodyBytes(body), [alice.signer])), now + 600_000);
}

describe('countersign join', () => {
  for (const [kind, args] of [['an SSH key', () => ['--ssh-key', file('stranger.pub')]], ['a key file that is made', () => ['--key', file('carol.key')]]] as const) {
    it(`proves ${kind} and prints the six words the administrator sees`, async () => {
      const invitation = await invite();
      const { code, stderr } = await countersign(['join', invitation.link, '--name', 'Çarol D’Arc', ...args()]);
      assert.equal(code, 0, stderr);
      const [statement] = await answersTo(invitation, 'enrolment');
      const checked = await verifyEnrolment(crypto, statement);
      assert.ok(checked.kind === 'genuine');
      assert.deepEqual(checked.body.member, { id: 'carol.d.arc', name: 'Çarol D’Arc' });
      assert.ok(stderr.includes(checked.words.join(' ')));
    });
  }

  it('the key file is for its owner’s eyes, and a damaged one is left alone', async () => {
    assert.equal((await stat(file('carol.key'))).mode & 0o777, 0o600);
    await writeFile(file('damaged.key'), '{');
    const { code, stderr } = await countersign(['join', (await invite()).link, '--name', 'Eve', '--key', file('damaged.key')]);
    assert.equal(code, 2);
    assert.match(stderr, /is no key file/u);
    assert.equal(await readFile(file('damaged.key'), 'utf8'), '{');
  });

  it('needs a name and a key', async () => {
    for (const args of [['x'], ['x', '--name', 'Eve', '--key', 'a', '--ssh-key', 'b'], ['--name', 'Eve']]) assert.equal((await countersign(['join', ...args])).code, args[0] === 'x' && args.length > 3 ? 1 : 2, args.join(' '));
  });
});
