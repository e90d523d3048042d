/** The reviewer's page in a real browser, from a link, against a real server. The requester and the administrator are played by the test. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { blobText, parseBlob } from '../../src/core/approval/blob.ts';
import { b64u, parseB64u } from '../../src/core/approval/bytes.ts';
import { sixWords } from '../../src/core/approval/digest.ts';
import { verifyEnrolment } from '../../src/core/approval/enrolment.ts';
import { bodyBytes, payloadTypes, signBody } from '../../src/core/approval/envelope.ts';
import { linkKeys, linkText, newRequestId, newSecret, readHash, sealBox } from '../../src/core/approval/seal.ts';
import { createDeflater } from '../../src/core/approval/streams.ts';
import { acceptTeam, signTeam } from '../../src/core/approval/teamChain.ts';
import { readTeam } from '../../src/core/approval/team.ts';
import type { Team } from '../../src/core/approval/team.ts';
import { strictTerms } from '../../src/core/approval/terms.ts';
import { verifyApproval } from '../../src/core/approval/verifyApproval.ts';
import type { ApprovalVerdict } from '../../src/core/approval/verifyApproval.ts';
import { signFiling } from '../../src/protocol/confirmation.ts';
import { createLog } from '../../src/server/log.ts';
import { serve } from '../../src/server/serve.ts';
import type { RunningServer } from '../../src/server/serve.ts';
import { openSqlite } from '../../src/server/store/sqlite.ts';
import { crypto, softwareKey } from '../support/confirmation/keys.ts';
import type { OwnKey } from '../support/confirmation/keys.ts';
import { ask, requestBody, signedTeam, teamBody } from '../support/confirmation/people.ts';
import { actOn, callAt, opened, postTeam } from '../support/confirmation/relay.ts';
import type { Call, Filed } from '../support/confirmation/relay.ts';
import type { RequestBody } from '../../src/core/approval/request.ts';
import { until } from '../support/until.ts';
import { launchBrowser } from './pages/harness.ts';

let browser: Browser;
let server: RunningServer;
let call: Call;
let alice: OwnKey;
let team: Team;
const log: string[] = [];
/** A folder, for whoever wants to look. */
const pictures = process.env['COUNTERSIGN_PICTURES'];
const built = (name: string): string => readFileSync(new URL(`../../dist/webview/${name}`, import.meta.url), 'utf8');
const origin = (): string => `http://localhost:${String(server.port)}`;

before(async () => {
  browser = await launchBrowser();
  const limits = { readsPerMinute: 100_000, writesPerMinute: 100_000 };
  server = await serve({ store: await openSqlite(':memory:'), log: createLog((line) => log.push(line)), page: { script: built('confirm.js'), style: built('confirm.css') }, limits }, { host: '127.0.0.1', port: 0 });
  call = callAt(origin());
  alice = await softwareKey('editor');
  team = await useTeam(teamBody([{ id: 'alice', keys: [alice] }]));
});
after(async () => {
  await browser.close();
  await server.close();
});

async function useTeam(body: unknown): Promise<Team> {
  const signed = await signedTeam(body, [alice]);
  const answer = await postTeam(call, signed);
  assert.ok(answer.ok, await answer.text());
  const read = await readTeam(crypto, signed.file);
  assert.ok(read.kind === 'read');
  return read.team;
}

async function mailbox(id: string, plain: Uint8Array<ArrayBuffer>, expires: number): Promise<Filed> {
  const secret = newSecret(crypto);
  const { key, readToken } = await linkKeys(crypto, id, secret);
  const box = await sealBox(crypto, key, { kind: 'request', id }, plain);
  const message = await signFiling(crypto, { id, team: team.digest, expires, readHash: await readHash(crypto, readToken), box, inbox: [] }, alice.signer, Date.now());
  assert.equal((await call('/v1/requests', { json: message })).status, 201);
  return { asked: undefined as never, id, secret, key, token: b64u(readToken), message };
}

async function askFor(change: Partial<RequestBody> = {}): Promise<Filed & { readonly link: string }> {
  const now = Date.now();
  const asked = await ask(alice, requestBody(team, { created: now - 180_000, expires: now + 600_000, ...change }));
  const filed = { ...(await mailbox(asked.body.id, bodyBytes(asked.envelope), asked.body.expires)), asked };
  return { ...filed, link: linkText({ server: origin(), id: filed.id, secret: filed.secret }) };
}

async function invite(name: string): Promise<Filed & { readonly link: string }> {
  const id = newRequestId(crypto);
  const now = Date.now();
  const body = { v: 1, id, team: 'shop', teamDigest: team.digest, inviter: 'alice', created: now, expires: now + 600_000, name };
  const filed = await mailbox(id, bodyBytes(await signBody(payloadTypes.invitation, bodyBytes(body), [alice.signer])), now + 600_000);
  return { ...filed, link: linkText({ server: origin(), id, secret: filed.secret }) };
}

/** What came for a request, opened. */
async function messagesOf(filed: Filed, kind: 'decision' | 'enrolment' | 'seen'): Promise<unknown[]> {
  const { events } = (await (await call(`/v1/requests/${filed.id}/events`, { token: filed.token })).json()) as { events: { kind: string; box?: string }[] };
  return await Promise.all(events.filter((event) => event.kind === kind).map(async ({ box = '' }) => await opened(filed, kind, parseB64u(box) ?? new Uint8Array(0))));
}

async function verdictOf(filed: Filed): Promise<ApprovalVerdict> {
  const state = await acceptTeam(crypto, team, []);
  return await verifyApproval(crypto, { request: filed.asked.bytes, team: state, terms: strictTerms, envelopes: await messagesOf(filed, 'decision'), now: Date.now() });
}

type Person = { readonly context: BrowserContext; readonly page: Page; readonly asked: string[]; readonly problems: string[] };

/** A fresh profile with a device that can hold passkeys. */
async function newPerson(options: Parameters<Browser['newContext']>[0] = {}): Promise<Person> {
  const context = await browser.newContext({ viewport: { width: 980, height: 900 }, ...options });
  const page = await context.newPage();
  const [asked, problems]: string[][] = [[], []];
  page.on('request', (request) => asked?.push(`${request.method()} ${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ''}`));
  page.on('pageerror', (error) => problems?.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems?.push(message.text()));
  const devices = await context.newCDPSession(page);
  await devices.send('WebAuthn.enable');
  await devices.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  return { context, page, asked: asked ?? [], problems: problems ?? [] };
}

/** Bob joins by a link, and is in the team afterwards. */
async function join(person: Person): Promise<void> {
  const invitation = await invite('Bob Okafor');
  await person.page.goto(invitation.link);
  await person.page.getByRole('button', { name: 'Create a Passkey…' }).click();
  await person.page.getByRole('heading', { name: 'Tell these six words' }).waitFor();
  const said = await person.page.locator('.words li').allTextContents();
  const [statement] = await messagesOf(invitation, 'enrolment');
  const checked = await verifyEnrolment(crypto, statement);
  assert.ok(checked.kind === 'genuine');
  assert.deepEqual(said, checked.words, 'the administrator sees the same six words');
  const { member, key } = checked.body;
  assert.deepEqual(member, { id: 'bob.okafor', name: 'Bob Okafor' });
  team = await useTeam({ ...team.body, version: team.body.version + 1, prev: team.digest, members: [...team.body.members, { ...member, id: `bob${String(team.body.version)}`, roles: [], keys: [key] }] });
}

describe('a reviewer with nothing installed', () => {
  let bob: Person;
  before(async () => {
    bob = await newPerson();
    await join(bob);
  });
  after(async () => await bob.context.close());

  const open = async (filed: { readonly link: string }): Promise<void> => {
    await bob.page.goto('about:blank');
    await bob.page.goto(filed.link);
  };
  const choose = async (): Promise<void> => {
    await bob.page.getByLabel('You are').selectOption({ index: 1 });
    await bob.page.locator('.end').scrollIntoViewIfNeeded();
  };

  test('approves with a passkey, and the approval holds on the requester’s machine', async () => {
    const filed = await askFor();
    await open(filed);
    await bob.page.getByText('asks you to confirm a change to production').waitFor();
    assert.equal(await bob.page.locator('.banner b').textContent(), 'PRODUCTION');
    assert.equal(await bob.page.locator('h1').textContent(), 'Deletes 1 row from customers');
    assert.equal(bob.page.url(), `${origin()}/r/${filed.id}`, 'the key left the address at once');
    for (const [of, digest] of [['request', filed.asked.digest], ['team', team.digest]] as const) await bob.page.getByText((await sixWords(crypto, of, digest)).join(' '), { exact: true }).waitFor();
    await choose();
    await bob.page.getByRole('button', { name: 'Approve with Passkey…' }).click();
    await bob.page.getByRole('heading', { name: 'You approved' }).waitFor();
    const verdict = await verdictOf(filed);
    assert.ok(verdict.kind === 'approved', JSON.stringify(verdict));
    assert.deepEqual(verdict.by.map(({ assurance, body }) => [assurance, body.saw]), [['uv-local', { view: 'web', masked: true, effect: true }]]);
    assert.equal((await call(`/v1/requests/${filed.id}/claim`, { json: await actOn(filed, 'claim', alice) })).status, 200);
    await bob.page.getByRole('heading', { name: 'Approved, and being run' }).waitFor();
    assert.deepEqual(bob.problems, []);
  });

  test('rejects with a comment', async () => {
    const filed = await askFor();
    await open(filed);
    await choose();
    await bob.page.getByLabel('Comment').fill('wrong customer');
    await bob.page.getByRole('button', { name: 'Reject' }).click();
    await bob.page.getByRole('heading', { name: 'You rejected' }).waitFor();
    const verdict = await verdictOf(filed);
    assert.ok(verdict.kind === 'rejected');
    assert.equal(verdict.by.body.comment, 'wrong customer');
  });

  test('cannot approve before the end was on the screen', async () => {
    const sql = `${'-- nothing here\n'.repeat(400)}DELETE FROM customers`;
    await open(await askFor({ statements: [{ sql, params: [], class: 'destructive' }] }));
    await bob.page.getByLabel('You are').selectOption({ index: 1 });
    const approve = bob.page.getByRole('button', { name: 'Approve with Passkey…' });
    assert.equal(await approve.isDisabled(), true);
    await bob.page.getByText('Scroll to the end to approve.').waitFor();
    await bob.page.locator('.end').scrollIntoViewIfNeeded();
    await until('it can be pressed', async () => await approve.isEnabled());
    assert.equal(await bob.page.locator('.sql-line').count(), 401, 'every line is there');
  });

  test('is told when the effect is not exact, was not measured, or is not what was approved before', async () => {
    const table = { name: 'public.orders', ins: 0, upd: 3, del: 0 };
    await open(await askFor({ effect: { tables: [table], rows: null, count: 3, complete: false } }));
    await bob.page.getByText('exact for what is listed').waitFor();
    await bob.page.getByText('Too much changes to compare row by row.').waitFor();
    await open(await askFor({ effect: null, preview: { masked: false, tables: [] } }));
    await bob.page.getByRole('heading', { name: 'Runs a statement that cannot be tried first' }).waitFor();
    await bob.page.getByText('No effect was measured, so none is compared.').waitFor();
    await open(await askFor({ origin: 'agent:helper', supersedes: b64u(new Uint8Array(32)), drift: [{ name: 'public.orders', before: { ...table, upd: 2 }, now: table }] }));
    await bob.page.getByText('public.orders: 2 updated before, 3 updated now').waitFor();
    await bob.page.getByText('through the agent helper').waitFor();
  });

  test('is told what is hidden, and still sees that it changed', async () => {
    const columns = ['id', 'api_token', 'email', 'state'].map((name) => ({ name, type: 'text' }));
    await open(await askFor({ preview: { masked: true, tables: [{ name: 'public.people', columns, key: [0], masked: [1, 2], changes: [{ kind: 'updated', before: ['7', '•••', '#q8s2kd93ma', 'old'], after: ['7', '••• (changed)', '#q8s2kd93ma', 'old'] }] }] } }));
    await bob.page.getByText('Hidden from reviewers, in whole or in part: api_token, email.').waitFor();
    assert.deepEqual(await bob.page.locator('.rows thead th.masked').allTextContents(), ['api_token (hidden)', 'email (hidden)']);
    assert.deepEqual(await bob.page.locator('.rows td').evaluateAll((cells) => cells.map((cell) => `${cell.getAttribute('class') ?? ''}: ${cell.textContent}`)), [': 7', 'masked changed: •••→••• (changed)', 'masked: #q8s2kd93ma', ': old']);
    if (pictures !== undefined) await bob.page.screenshot({ path: `${pictures}/confirm-masked.png`, fullPage: true });
  });

  test('sees what cannot be seen, and nothing runs', async () => {
    const evil = '<img src=x onerror=alert(1)><script>alert(2)</script>\u202etxt';
    const filed = await askFor({
      reason: evil,
      statements: [{ sql: `DELETE FROM t WHERE a = '${evil}\u200b'`, params: [{ t: 'text', v: evil }], class: 'destructive' }],
      preview: { masked: false, tables: [{ name: `public.${evil}`, columns: [{ name: evil, type: evil }], key: [], masked: [], changes: [{ kind: 'updated', before: [evil], after: [`${evil} `] }] }] },
      facts: { environment: 'production', risks: [{ level: 'high', text: evil }], permanent: [evil], undo: { kind: 'none', text: evil } },
    });
    let dialogs = 0;
    bob.page.on('dialog', (dialog) => { dialogs += 1; void dialog.dismiss(); });
    await open(filed);
    await bob.page.getByText('asks you to confirm').waitFor();
    assert.deepEqual([await bob.page.locator('main img, main script').count(), dialogs], [0, 0]);
    assert.ok((await bob.page.locator('.char-mark').count()) >= 8);
    assert.equal(await bob.page.evaluate(() => { try { (document.createElement('div') as any)['inner' + 'HTML'] = '<b>'; return 'written'; } catch { return 'refused'; } }), 'refused');
    assert.deepEqual(bob.problems.filter((text) => !/Trusted(HTML|Script)/.test(text)), []);
    bob.problems.length = 0;
  });

  test('says so when the request ends while it is open, or had ended before', async () => {
    const filed = await askFor();
    await open(filed);
    await bob.page.getByText('asks you to confirm').waitFor();
    await call(`/v1/requests/${filed.id}/close`, { json: await actOn(filed, 'close', alice) });
    await bob.page.getByRole('heading', { name: 'The request was closed' }).waitFor();
    assert.equal(await bob.page.getByRole('button', { name: 'Approve with Passkey…' }).count(), 0);
    await open(filed);
    await bob.page.getByRole('heading', { name: 'The request was closed' }).waitFor();
  });

  test('gets a reason for every link that does not open', async () => {
    const filed = await askFor();
    const other = b64u(newSecret(crypto));
    const rows: readonly [link: string, heading: string][] = [
      [`${origin()}/r/${filed.id}`, 'The link is not complete'],
      [`${origin()}/r/${filed.id}#1.AAAA`, 'The link is not complete'],
      [`${origin()}/r/${filed.id}#1.${other}`, 'There is no such request here'],
      [`${origin()}/r/r_AAAAAAAAAAAAAAAA#1.${other}`, 'There is no such request here'],
    ];
    for (const [link, heading] of rows) {
      const fresh = await newPerson();
      await fresh.page.goto(link);
      await fresh.page.getByRole('heading', { name: heading }).waitFor();
      await fresh.context.close();
    }
  });

  test('the requester finds no way to approve: only others are on the list', async () => {
    await open(await askFor());
    await bob.page.getByText('asks you to confirm').waitFor();
    const names = await bob.page.getByLabel('You are').locator('option').allTextContents();
    assert.deepEqual(names, ['You are…', 'Bob Okafor']);
  });

  test('a reload still opens it, another tab without the link does not', async () => {
    const filed = await askFor();
    await open(filed);
    await bob.page.getByText('asks you to confirm').waitFor();
    await bob.page.reload();
    await bob.page.getByText('asks you to confirm').waitFor();
    const tab = await bob.context.newPage();
    await tab.goto(`${origin()}/r/${filed.id}`);
    await tab.getByRole('heading', { name: 'The link is not complete' }).waitFor();
    await tab.close();
  });

  test('who asked learns that somebody looks only when a person touches the page', async () => {
    const filed = await askFor();
    await open(filed);
    await bob.page.getByText('asks you to confirm').waitFor();
    assert.deepEqual(await messagesOf(filed, 'seen'), []);
    await bob.page.mouse.click(5, 300);
    await until('it is known', async () => (await messagesOf(filed, 'seen')).length === 1);
  });

  test('nothing that left the browser or reached the server’s log has a key in it', async () => {
    const filed = await askFor();
    await open(filed);
    await bob.page.getByText('asks you to confirm').waitFor();
    const everything = [...bob.asked, ...log].join('\n');
    assert.ok(everything.includes(filed.id));
    for (const secret of [filed.secret, filed.key]) assert.equal(everything.includes(b64u(secret)), false);
    assert.equal(everything.includes('#1.'), false);
  });
});

test('who is not in the team joins on the page of the request, here with a key of the browser', async () => {
  const carol = await newPerson({ colorScheme: 'light' });
  const { page } = carol;
  const filed = await askFor();
  await page.goto(filed.link);
  // Named in the footer when nobody can answer here, at the end of the page when somebody could.
  await page.getByRole('button', { name: /Join the team/i }).click();
  await page.getByRole('button', { name: 'Use a Browser Key Instead' }).click();
  await page.getByText('Write your name first.').waitFor();
  await page.getByLabel('Your name').fill('Carol Ångström');
  await page.getByText('Write your name first.').waitFor({ state: 'detached' });
  if (pictures !== undefined) await page.screenshot({ path: `${pictures}/confirm-join.png` });
  await page.getByRole('button', { name: 'Use a Browser Key Instead' }).click();
  await page.getByRole('heading', { name: 'Tell these six words' }).waitFor();
  if (pictures !== undefined) await page.screenshot({ path: `${pictures}/confirm-words.png` });
  const checked = await verifyEnrolment(crypto, (await messagesOf(filed, 'enrolment'))[0]);
  assert.ok(checked.kind === 'genuine');
  assert.deepEqual([checked.body.member, checked.body.key.alg], [{ id: 'carol.angstrom', name: 'Carol Ångström' }, 'es256']);
  const member = { ...checked.body.member, id: `carol${String(team.body.version)}`, roles: [], keys: [checked.body.key] };
  team = await useTeam({ ...team.body, version: team.body.version + 1, prev: team.digest, members: [...team.body.members, member] });

  const again = await askFor();
  await page.goto('about:blank');
  await page.goto(again.link);
  await page.getByText('asks you to confirm').waitFor();
  await page.getByLabel('You are').selectOption({ label: 'Carol Ångström (browser key)' });
  await page.locator('.end').scrollIntoViewIfNeeded();
  await page.getByRole('button', { name: 'Approve with Browser Key' }).click();
  await page.getByRole('heading', { name: 'You approved' }).waitFor();
  const { results } = await verdictOf(again);
  assert.deepEqual(results.map((result) => (result.kind === 'not-counted' ? result.code : 'holds')), ['assurance'], 'not enough for production');
  assert.deepEqual(carol.problems, []);
  await carol.context.close();
});

describe('without a server in between', () => {
  const deflater = createDeflater(globalThis);
  let bob: Person;
  before(async () => {
    bob = await newPerson();
    await join(bob);
  });
  after(async () => await bob.context.close());

  async function asText(change: Partial<RequestBody> = {}) {
    const now = Date.now();
    const asked = await ask(alice, requestBody(team, { created: now, expires: now + 600_000, ...change }));
    const { file } = await signedTeam(team.body, [alice]);
    const signatures = { ...(await signTeam(file, [alice.signer])) };
    return { asked, text: await blobText(deflater, { envelope: asked.envelope, team: { file: b64u(file), signatures } }) };
  }

  for (const way of ['pasted', 'in the address']) {
    test(`a text that is ${way} is approved, and the answer is a text`, async () => {
      const { asked, text } = await asText();
      const before = log.length;
      await bob.page.goto('about:blank');
      await bob.page.goto(`${origin()}/r/paste${way === 'pasted' ? '' : `#${text}`}`);
      if (way === 'pasted') {
        await bob.page.getByLabel('Request as text').fill(`Please: ${text.replaceAll(/.{70}/g, '$&\n')}`);
        await bob.page.getByRole('button', { name: 'Open' }).click();
      }
      await bob.page.getByText('asks you to confirm').waitFor();
      // The last who joined; another of this name has a passkey on another device.
      const who = bob.page.getByLabel('You are');
      await who.selectOption({ index: (await who.locator('option').count()) - 1 });
      await bob.page.locator('.end').scrollIntoViewIfNeeded();
      await bob.page.getByRole('button', { name: 'Approve with Passkey…' }).click();
      await bob.page.getByRole('heading', { name: 'You approved; now send this text' }).waitFor();
      const answer = await parseBlob(deflater, await bob.page.getByLabel('Text to send').inputValue());
      const verdict = await verifyApproval(crypto, { request: asked.bytes, team: await acceptTeam(crypto, team, []), terms: strictTerms, envelopes: [answer?.envelope], now: Date.now() });
      assert.equal(verdict.kind, 'approved');
      assert.deepEqual(log.slice(before).filter((line) => !/GET \/(r|app)/.test(line)), [], 'the server served the page and heard nothing else');
      assert.deepEqual(bob.problems, []);
    });
  }

  test('what is no request gets a reason', async () => {
    const { text } = await asText({ created: Date.now() - 60_000, expires: Date.now() - 1000 });
    const cut = text.slice(0, -20);
    for (const [given, heading] of [['hello', 'There is no request in this text'], [cut, 'There is no request in this text'], [text, 'The request has expired']] as const) {
      await bob.page.goto('about:blank');
      await bob.page.goto(`${origin()}/r/paste#${given}`);
      await bob.page.getByRole('heading', { name: heading }).waitFor();
    }
  });
});

test('a page of another site cannot frame it', async () => {
  const filed = await askFor();
  const evil = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(`<iframe src="${filed.link}"></iframe>`));
  await new Promise<void>((resolve) => { evil.listen(0, '127.0.0.1', resolve); });
  const person = await newPerson();
  await person.page.goto(`http://127.0.0.1:${String((evil.address() as AddressInfo).port)}/`);
  await until('the frame was refused', () => person.problems.some((text) => /frame-ancestors|X-Frame-Options/i.test(text)));
  const [, frame] = person.page.frames();
  assert.doesNotMatch((await frame?.content()) ?? '', /asks you to confirm|app\.js/);
  await person.context.close();
  evil.close();
});

for (const [name, options] of [['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }], ['phone', { colorScheme: 'light', viewport: { width: 375, height: 740 } }], ['contrast', { colorScheme: 'dark', contrast: 'more' }]] as const) {
  test(`fits the screen: ${name}`, async () => {
    const person = await newPerson(options);
    const filed = await askFor({
      ticket: 'OPS-412',
      reason: 'Trial accounts idle for 90 days, as agreed in the retention policy.',
      statements: [{ sql: "DELETE FROM customers\nWHERE plan = 'trial'\n  AND last_seen < now() - interval '90 days';", params: [], class: 'destructive' }],
      effect: { tables: [{ name: 'public.customers', ins: 0, upd: 0, del: 3, why: 'statement' }, { name: 'public.sessions', ins: 0, upd: 0, del: 41, why: 'cascade from customers' }, { name: 'public.orders', ins: 0, upd: 12, del: 0, why: 'set null from customers' }], rows: b64u(new Uint8Array(32)), count: 56, complete: true },
      preview: { masked: true, tables: [
        { name: 'public.customers', columns: ['id', 'name', 'email', 'plan', 'last_seen', 'credit'].map((column) => ({ name: column, type: 'text' })), key: [0], masked: [2], changes: [['1042', 'Marta Kowalska', 'm…@k….pl', 'trial', '2026-06-02 08:14:09+00', '0.00'], ['1077', 'J. Okafor', 'j…@o….ng', 'trial', '2026-07-19 21:40:55+00', null]].map((before) => ({ kind: 'deleted' as const, before })) },
        { name: 'public.orders', columns: [{ name: 'id', type: 'integer' }, { name: 'customer_id', type: 'integer' }], key: [0], masked: [], changes: [{ kind: 'updated', before: ['7', '1042'], after: ['7', null] }] },
      ] },
      facts: { environment: 'production', risks: [{ level: 'high', text: 'Destructive: the deletion cascades to sessions and clears orders.customer_id.' }], permanent: [], undo: { kind: 'planned', text: 'Undo will be saved: 56 rows in 3 tables.' } },
    });
    await person.page.goto(filed.link);
    await person.page.getByText('asks you to confirm').waitFor();
    const [wide, view] = await person.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok((wide ?? 0) <= (view ?? 0), 'nothing sticks out to the side');
    if (pictures !== undefined) await person.page.screenshot({ path: `${pictures}/confirm-${name}.png`, fullPage: name === 'phone' });
    assert.deepEqual(person.problems, []);
    await person.context.close();
  });
}
