/** Everything a reviewer should see before deciding, in reading order. It only shows; deciding is in the footer. */
import type { RequestBody } from '../../src/core/approval/request.ts';
import type { ShownRequest } from '../../src/protocol/confirmPage.ts';
import { driftLines, howItStands, weakComparison } from '../../src/core/approval/requestNotes.ts';
import { describeRequest, effectsOfRequest } from '../../src/core/approval/requestText.ts';
import { el } from '../lib/dom.ts';
import { textNodes } from '../lib/textView.ts';
import { effectTable } from '../review/effects.ts';
import { rowsView } from './rowsView.ts';
import { statementView } from './statementView.ts';

/** `place`: where it was opened and decrypted. */
export type Shown = ShownRequest & { readonly place: 'browser' | 'editor' };

/** @param now - the server's clock, epoch milliseconds */
export function requestView({ request, requester, words, team, place }: Shown, now: number): HTMLElement {
  const { statements, facts, preview, reason, effect } = request;
  const weak = weakComparison(effect);
  return el(
    'div',
    {},
    whoAsks(request, requester, now),
    reason === '' ? undefined : el('p', { class: 'reason' }, ...textNodes(reason)),
    el('h1', {}, describeRequest(request)),
    el('div', { class: 'sub subtitle' }, howItStands(request, (time) => new Date(time).toLocaleString())),
    ...statements.map((statement, index) => statementView(statement, index, statements.length)),
    el('ul', { class: 'risks' }, ...facts.risks.map(({ level, text }) => el('li', { class: level }, ...textNodes(text))), ...facts.permanent.map((text) => el('li', { class: 'high' }, ...textNodes(text))), undoLine(request)),
    driftView(request),
    effect === null ? undefined : section('Effect', effectTable({ effects: effectsOfRequest(effect) })),
    weak === undefined ? undefined : el('p', { class: 'note' }, weak),
    preview.tables.length === 0 ? undefined : section(preview.masked ? 'Rows \u00b7 some values are hidden from reviewers' : 'Rows', rowsView(preview.tables)),
    section('What you sign', signature(request, { words, team, place })),
  );
}

function section(title: string, content: HTMLElement): HTMLElement {
  return el('section', {}, el('h2', {}, title), content);
}

function whoAsks({ origin, created, ticket, facts, emergency, afterwards }: RequestBody, requester: Shown['requester'], now: number): HTMLElement {
  const agent = origin === 'human' ? undefined : origin.slice('agent:'.length);
  const details = [agoText(now - created), ticket === undefined ? undefined : `ticket ${ticket}`, agent === undefined ? 'asked by a person, not an agent' : `through the agent ${agent}`];
  return el(
    'div',
    { class: 'who' },
    el('div', { class: 'avatar', 'aria-hidden': 'true' }, initialsOf(requester.name)),
    el(
      'div',
      {},
      el('div', {}, el('b', {}, ...textNodes(requester.name)), emergency !== undefined ? `: commit a change to ${facts.environment} without confirmation` : afterwards !== undefined ? ` committed a change to ${facts.environment} without confirmation, and asks you to review it` : ` asks you to confirm a change to ${facts.environment}`),
      el('div', { class: 'sub' }, ...textNodes(details.filter((text) => text !== undefined).join(' \u00b7 '))),
    ),
  );
}

function initialsOf(name: string): string {
  return name.split(/\s+/).slice(0, 2).map((part) => [...part][0] ?? '').join('').toUpperCase();
}

export function agoText(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${String(minutes)} ${minutes === 1 ? 'minute' : 'minutes'} ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${String(hours)} ${hours === 1 ? 'hour' : 'hours'} ago` : `${String(Math.floor(hours / 24))} days ago`;
}

function undoLine({ facts }: RequestBody): HTMLElement {
  const levels = { planned: 'ok', partial: 'medium', none: 'high' } as const;
  return el('li', { class: levels[facts.undo.kind] }, ...textNodes(facts.undo.text));
}

/** What is different from the request that was approved before. */
function driftView(request: RequestBody): HTMLElement | undefined {
  const lines = driftLines(request);
  if (lines.length === 0) return undefined;
  return section('Different from what was approved before', el('ul', { class: 'risks' }, ...lines.map((line) => el('li', { class: 'medium' }, ...textNodes(line)))));
}

function signature({ target, effect, statements, session, afterwards }: RequestBody, { words, team, place }: Pick<Shown, 'words' | 'team' | 'place'>): HTMLElement {
  const what = afterwards !== undefined ? 'Whether it was right to commit this SQL on this database, with this effect, without confirmation. Nothing runs because of it.' : effect === null ? 'This SQL and these parameters, on this database. No effect was measured, so none is compared.' : 'This SQL, these parameters, this database, this effect. Any difference, and nothing commits.';
  const settings = Object.entries(session).map(([name, value]) => `${name} = ${value}`).join(', ');
  return el(
    'div',
    { class: 'facts' },
    el('p', {}, what),
    el('p', {}, 'Request ', el('code', {}, words.join(' ')), ` \u00b7 opened in your ${place}; the server cannot read it.`),
    el('p', {}, el('b', {}, afterwards === undefined ? 'Runs once' : 'Ran once'), `, ${statements.length === 1 ? 'one statement' : `${String(statements.length)} statements in one transaction`}, as `, el('code', {}, ...textNodes(target.role)), ' on ', el('code', {}, ...textNodes(`${target.host}/${target.database}`)), ', whose own identity is ', el('code', {}, ...textNodes(target.system)), '.'),
    el('p', {}, `Team ${team.name}, version ${String(team.version)}: `, el('code', {}, team.words.join(' ')), ' \u00b7 the same words in every editor of the team.'),
    settings === '' ? undefined : el('p', { class: 'sub' }, 'With the settings ', ...textNodes(settings), '.'),
  );
}
