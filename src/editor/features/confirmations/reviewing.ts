/** Opening what others ask: a link, a text, or what VS Code was handed; shown in the editor, answered here or in the browser. */
import { commands, env, Uri, window } from 'vscode';
import type { Confirmation } from '../../../adapters/confirmation/confirmation.ts';
import { openLinkOrText } from '../../../adapters/confirmation/openedLink.ts';
import { describeRequestRefusal } from '../../../core/approval/requestRefusalText.ts';
import { sixWords } from '../../../core/approval/digest.ts';
import type { Clock } from '../../../app/ports.ts';
import type { ConfirmToHost, ConfirmToPage } from '../../../protocol/confirmPage.ts';
import { answer, reviewerHere, type AnsweringPorts } from './answering.ts';
import type { AskedOfMe, Inbox } from './inbox.ts';
import type { RequestPanels } from './requestPanels.ts';
import { plainText } from '../../plainText.ts';

export type ReviewingPorts = { readonly confirmation: Confirmation; readonly clock: Clock; readonly inbox: Inbox; readonly panels: () => RequestPanels; readonly record: AnsweringPorts['record'] };

/** Longest text that is put into an address: browsers and systems take no more. */
const longestAddress = 30_000;

/** @param given - a link or a text; asked for when absent. Never rejects. */
export async function reviewRequest(ports: ReviewingPorts, given: string | undefined): Promise<void> {
  const text = given ?? (await window.showInputBox({ title: 'Review a Request', prompt: 'Paste the link, or the text that begins with cfm1.', placeHolder: 'https://\u2026/r/\u2026#\u2026 or cfm1.\u2026', ignoreFocusOut: true }));
  if (text === undefined || text.trim() === '') return;
  const opened = await openLinkOrText(ports.confirmation.crypto, text, ports.clock.now);
  switch (opened.kind) {
    case 'request': {
      ports.inbox.add({ ...opened, source: text.trim() });
      return showAsked(ports, opened.checked.request.id);
    }
    case 'invitation':
      return void (await commands.executeCommand('countersign.joinTeam', text));
    case 'over':
      return say(opened.state === 'expired' ? 'This request has expired. Nothing was committed because of it.' : 'This request is over: it was decided, withdrawn, or is being run. There is nothing left to do.');
    case 'sealed':
      return say('This request cannot be opened: what the server sent does not fit the link. Do not approve it elsewhere either; ask for a new link.');
    case 'refused':
      return say(`Nothing can be approved here, and nothing was sent: ${describeRequestRefusal(opened.code)}.`);
    case 'not-understood':
      return say('This is neither a link of a request nor a text with one. Copy all of it and try again.');
    case 'no-answer':
      return say(`${opened.message} Nothing was decided; try again in a moment.`);
  }
}

function say(text: string): void {
  void window.showWarningMessage(plainText(text));
}

export function showAsked({ inbox, panels }: ReviewingPorts, id: string): void {
  const asked = inbox.of(id);
  if (asked) panels().show(id, `Confirm: ${asked.checked.requester.name}`);
}

/** What a page that begins now is told. */
export async function openingOf({ confirmation: { crypto }, confirmation, clock, inbox }: ReviewingPorts, id: string): Promise<ConfirmToPage> {
  const asked = inbox.of(id);
  if (!asked) return { type: 'say', code: 'not-found', detail: '' };
  const { checked, team, teamWords, skewMs } = asked;
  const reviewer = await reviewerHere({ confirmation, clock }, asked);
  const words = await sixWords(crypto, 'request', checked.digest);
  return {
    type: 'show',
    shown: { request: checked.request, requester: { id: checked.requester.id, name: checked.requester.name }, words, team: { name: team.body.team, version: team.body.version, words: teamWords } },
    ...(reviewer === undefined ? {} : { reviewer }),
    browser: true,
    now: clock.now() + skewMs,
  };
}

export async function onPageMessage(ports: ReviewingPorts, id: string, message: Exclude<ConfirmToHost, { type: 'ready' | 'copy' }>): Promise<void> {
  const asked = ports.inbox.of(id);
  if (!asked) return;
  switch (message.type) {
    case 'seen':
      return await tellSeen(ports, asked);
    case 'open-browser':
      return await openInBrowser(ports, asked);
    case 'decide':
      return await decide(ports, asked, message);
  }
}

async function decide(ports: ReviewingPorts, asked: AskedOfMe, { decision, comment }: Extract<ConfirmToHost, { type: 'decide' }>): Promise<void> {
  const { id } = asked.checked.request;
  const reply = (message: ConfirmToPage): void => ports.panels().post(id, message);
  try {
    const sent = await answer(ports, asked, decision, comment);
    if (sent === undefined) return reply({ type: 'not-sent', message: '' });
    ports.inbox.settle(id, decision);
    if (sent.text !== undefined) await env.clipboard.writeText(sent.text);
    reply({ type: 'sent', decision, ...sent });
  } catch (thrown) {
    reply({ type: 'not-sent', message: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}

/** Only news: whoever asked sees it, and nothing depends on it. */
async function tellSeen({ confirmation, clock }: ReviewingPorts, { channel, skewMs }: AskedOfMe): Promise<void> {
  const self = await confirmation.team.self();
  await channel.deliver('seen', { v: 1, reviewer: self?.member.id ?? null, time: clock.now() + skewMs });
}

/** A passkey belongs to the address of a page, so that page is opened where passkeys work. */
async function openInBrowser({ confirmation }: ReviewingPorts, { source }: AskedOfMe): Promise<void> {
  if (!source.includes('cfm1.')) return void (await env.openExternal(addressOf(source)));
  const own = await confirmation.ownServer.ensure();
  if (own.kind !== 'running') return say(`The page for texts cannot be opened: ${own.message}`);
  const page = `${own.url}/r/paste`;
  if (source.length > longestAddress) {
    await env.clipboard.writeText(source);
    void window.showInformationMessage('The request is on the clipboard: paste it on the page that opens.');
    await env.openExternal(addressOf(page));
  } else await env.openExternal(addressOf(`${page}#${source.slice(source.indexOf('cfm1.'))}`));
}

/** Strict, and not encoded anew: the part after # is a key. */
function addressOf(link: string): Uri {
  return Uri.parse(link, true);
}
