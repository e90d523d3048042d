/** A team of two for the end to end tests: one asks in the editor, the other has a browser and a passkey. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import type { KeyRecord } from '../../src/core/approval/keyRecord.ts';
import type { Rule } from '../../src/core/approval/terms.ts';
import { createLog } from '../../src/server/log.ts';
import { serve } from '../../src/server/serve.ts';
import type { RunningServer } from '../../src/server/serve.ts';
import { openSqlite } from '../../src/server/store/sqlite.ts';
import type { Editor } from '../support/editor.ts';
import { launchBrowser } from '../support/editor.ts';
import { until } from '../support/until.ts';

export type TeamServer = RunningServer & { readonly origin: string };

export async function startTeamServer(port = 0, file = ':memory:'): Promise<TeamServer> {
  const built = (name: string): string => readFileSync(new URL(`../../dist/webview/${name}`, import.meta.url), 'utf8');
  const limits = { readsPerMinute: 100_000, writesPerMinute: 100_000 };
  const server = await serve({ store: await openSqlite(file), log: createLog(() => undefined), page: { script: built('confirm.js'), style: built('confirm.css') }, limits }, { host: '127.0.0.1', port });
  return { ...server, origin: `http://localhost:${String(server.port)}` };
}

/** Somebody with a browser of their own and a passkey for the server's page. */
export type Reviewer = { readonly name: string; readonly page: Page; readonly record: KeyRecord; readonly open: (link: string) => Promise<void>; readonly close: () => Promise<void> };

export async function newReviewer(origin: string, name = 'Bob Okafor'): Promise<Reviewer> {
  const browser: Browser = await launchBrowser();
  const context: BrowserContext = await browser.newContext({ viewport: { width: 980, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  const devices = await context.newCDPSession(page);
  await devices.send('WebAuthn.enable');
  await devices.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  await page.goto(`${origin}/r/paste`);
  const made = await page.evaluate(makePasskey);
  const record: KeyRecord = { alg: 'webauthn-es256', added: '2026-01-01T00:00:00Z', label: 'Passkey', rpId: 'localhost', origins: ['http://localhost:*'], ...made };
  return {
    name,
    page,
    record,
    async open(link) {
      // The same address with another key would not load the page anew.
      await page.goto('about:blank');
      await page.goto(link);
    },
    close: async () => await browser.close(),
  };
}

/** Another passkey for the same page, of whoever uses this browser. */
export async function anotherPasskey({ page, record }: Reviewer): Promise<KeyRecord> {
  return { ...record, ...(await page.evaluate(makePasskey)) };
}

/** Runs in the page. */
async function makePasskey(): Promise<{ pub: string; credentialId: string }> {
  const text = (buffer: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const publicKey: PublicKeyCredentialCreationOptions = {
    challenge: crypto.getRandomValues(new Uint8Array(32)),
    rp: { id: 'localhost', name: 'Countersign' },
    user: { id: crypto.getRandomValues(new Uint8Array(16)), name: 'bob', displayName: 'Bob' },
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    authenticatorSelection: { userVerification: 'required', residentKey: 'preferred' },
  };
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const response = credential.response as AuthenticatorAttestationResponse;
  return { pub: text(response.getPublicKey() as ArrayBuffer), credentialId: text(credential.rawId) };
}

export const passkeyRule: Rule = { match: { env: 'production' }, approvals: 1, roles: [], assurance: 'uv', effectMatch: 'exact', ttlMinutes: 15, audit: 'spool', breakGlass: false };

/** Alice sets the team up in the editor, writes Bob and the rules into its file, and signs it. */
export async function setUpTeam({ ui, workspace, page }: Editor, bob: KeyRecord, rules: readonly Rule[], { others = [], own = [] }: { readonly others?: readonly object[]; /** Passkeys of Alice’s. */ readonly own?: readonly KeyRecord[] } = {}): Promise<void> {
  await ui.command('Countersign: Set Up a Team…');
  // Two questions with one title: the second is answered when it is there.
  await ui.inputMessage('Your name');
  await ui.input('Set Up a Team', 'Alice Adams');
  await ui.inputMessage('Name of the team');
  await ui.input('Set Up a Team', 'shop');
  await ui.toast('You are the team “shop”');
  await ui.clearToasts();
  const file = path.join(workspace, '.countersign', 'team.jsonc');
  const team = JSON.parse(readFileSync(file, 'utf8')) as { members: object[]; policy: object };
  (team.members[0] as { readonly keys: KeyRecord[] }).keys.push(...own);
  team.members.push({ id: 'bob', name: 'Bob Okafor', roles: [], keys: [bob] }, ...others);
  team.policy = { confirmations: rules };
  writeFileSync(file, JSON.stringify(team, undefined, 2));
  await ui.command('Countersign: Sign the Team File');
  await ui.picks('Sign Version 2 of shop');
  await page.locator('.quick-input-widget .quick-input-check-all, .quick-input-widget .quick-input-header .monaco-checkbox').first().click();
  await ui.key('Enter');
  await ui.toast('The team file is signed.');
  await ui.clearToasts();
}

/** Bob, or whoever has this browser, looks at everything and answers. */
export async function answerInBrowser({ page, name, open }: Reviewer, link: string, answer: 'Approve' | 'Reject', comment = ''): Promise<void> {
  await open(link);
  await page.getByText('asks you to confirm a change to production').waitFor();
  await page.getByLabel('You are').selectOption({ label: name });
  await page.getByLabel('Comment').fill(comment);
  await page.locator('.end').scrollIntoViewIfNeeded();
  const button = page.getByRole('button', { name: answer === 'Approve' ? 'Approve with Passkey…' : 'Reject' });
  await until('the answer can be pressed', async () => await button.isEnabled());
  await button.click();
  await page.getByRole('heading', { name: answer === 'Approve' ? 'You approved' : 'You rejected' }).waitFor();
}

/** Fills the form of the review panel, and sends the request; afterwards its link is on the clipboard. */
export async function fillAndAsk(page: Frame, reason: string, whom = 'Bob Okafor'): Promise<void> {
  const ask = page.getByRole('button', { name: 'Ask a Peer to Confirm…' });
  await until('somebody can be asked', async () => await ask.isEnabled());
  await ask.click();
  await page.getByLabel('Why it has to be done').fill(reason);
  const send = page.getByRole('button', { name: 'Ask', exact: true });
  await until('the request can be sent', async () => await send.isEnabled());
  await send.click();
  await page.locator('.outcome-card.awaiting').filter({ hasText: `Waiting for ${whom}` }).filter({ hasText: 'The link is on the clipboard' }).waitFor();
}

export async function clipboard(page: Page): Promise<string> {
  return await page.evaluate(async () => await navigator.clipboard.readText());
}
