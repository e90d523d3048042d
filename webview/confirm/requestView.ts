/** Everything a reviewer should see before deciding, in reading order. It only shows; deciding is in the footer. */
import type { RequestBody } from '../../src/core/approval/request.ts';
import type { Member } from '../../src/core/approval/team.ts';
import { describeChange } from '../../src/core/effect/describe.ts';
import { epochMs } from '../../src/core/brand.ts';
import type { TableEffect } from '../../src/core/effect/preview.ts';
import { el } from '../lib/dom.ts';
import { textNodes } from '../lib/textView.ts';
import { effectTable } from '../review/effects.ts';
import { rowsView } from './rowsView.ts';
import { statementView } from './statementView.ts';

export type Shown = { readonly request: RequestBody; readonly requester: Member; /** Of the request. */ readonly words: readonly string[]; readonly team: TeamShown };
/** The team file that says who is who; its words are the same wherever it is believed. */
export type TeamShown = { readonly name: string; readonly version: number; readonly words: readonly string[] };

/** @param now - the server's clock, epoch milliseconds */
export function requestView({ request, requester, words, team }: Shown, now: number): HTMLElement {
  const { statements, facts, preview, reason, effect } = request;
  return el(
    'div',
    {},
    whoAsks(request, requester, now),
    reason === '' ? undefined : el('p', { class: 'reason' }, ...textNodes(reason)),
    el('h1', {}, titleOf(request)),
    el('div', { class: 'sub subtitle' }, effect === null ? 'It could not be tried: nothing here was measured. If you approve, it runs as it stands.' : 'It was run, measured and rolled back. It runs again only if you approve, and commits only if it does exactly this.'),
    ...statements.map((statement, index) => statementView(statement, index, statements.length)),
    el('ul', { class: 'risks' }, ...facts.risks.map(({ level, text }) => el('li', { class: level }, ...textNodes(text))), ...facts.permanent.map((text) => el('li', { class: 'high' }, ...textNodes(text))), undoLine(request)),
    driftView(request),
    effect === null ? undefined : section('Effect', effectTable({ effects: effectsOf(effect) })),
    effect !== null && (effect.rows === null || !effect.complete) ? el('p', { class: 'note' }, 'Too much changes to compare row by row. What is compared before the commit are the numbers above.') : undefined,
    preview.tables.length === 0 ? undefined : section(preview.masked ? 'Rows \u00b7 some values are hidden from reviewers' : 'Rows', rowsView(preview.tables)),
    section('What you sign', signature(request, words, team)),
  );
}

function section(title: string, content: HTMLElement): HTMLElement {
  return el('section', {}, el('h2', {}, title), content);
}

function whoAsks({ origin, created, ticket, facts }: RequestBody, requester: Member, now: number): HTMLElement {
  const agent = origin === 'human' ? undefined : origin.slice('agent:'.length);
  const details = [agoText(now - created), ticket === undefined ? undefined : `ticket ${ticket}`, agent === undefined ? 'asked by a person, not an agent' : `through the agent ${agent}`];
  return el(
    'div',
    { class: 'who' },
    el('div', { class: 'avatar', 'aria-hidden': 'true' }, initialsOf(requester.name)),
    el(
      'div',
      {},
      el('div', {}, el('b', {}, ...textNodes(requester.name)), ` asks you to confirm a change to ${facts.environment}`),
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

/** Said by this page from the counts that are bound, not by whoever asks. */
function titleOf({ effect, statements }: RequestBody): string {
  if (effect === null) return statements.length === 1 ? 'Runs a statement that cannot be tried first' : `Runs ${String(statements.length)} statements that cannot be tried first`;
  return describeChange([], { statements: [], effects: effectsOf(effect), permanent: [], notices: [], openedAt: epochMs(0), expiresAt: epochMs(0) });
}

/** What is incomplete is never called exact. */
function effectsOf({ tables, complete }: NonNullable<RequestBody['effect']>): readonly TableEffect[] {
  return tables.map(({ name, ins, upd, del, why = '', exactness = complete ? 'exact' : 'listed' }) => {
    const dot = name.indexOf('.');
    return { table: { schema: name.slice(0, Math.max(dot, 0)), table: name.slice(dot + 1) }, inserted: ins, updated: upd, deleted: del, why, exactness };
  });
}

function undoLine({ facts }: RequestBody): HTMLElement {
  const levels = { planned: 'ok', partial: 'medium', none: 'high' } as const;
  return el('li', { class: levels[facts.undo.kind] }, ...textNodes(facts.undo.text));
}

/** What is different from the request that was approved before. */
function driftView({ drift, supersedes }: RequestBody): HTMLElement | undefined {
  if (drift === undefined && supersedes === undefined) return undefined;
  const lines = (drift ?? []).map(({ name, before, now }) => el('li', { class: 'medium' }, ...textNodes(`${name}: ${countsText(before)} before, ${countsText(now)} now`)));
  const same = lines.length === 0 ? [el('li', { class: 'medium' }, 'The same numbers of rows, but other rows.')] : lines;
  return section('Different from what was approved before', el('ul', { class: 'risks' }, ...same));
}

function countsText(counts: { readonly ins: number; readonly upd: number; readonly del: number } | null): string {
  if (counts === null) return 'nothing';
  const parts = [[counts.ins, 'inserted'], [counts.upd, 'updated'], [counts.del, 'deleted']].filter(([count]) => count !== 0);
  return parts.length === 0 ? 'nothing' : parts.map(([count, word]) => `${String(count)} ${String(word)}`).join(', ');
}

function signature({ target, effect, statements, session }: RequestBody, words: readonly string[], team: TeamShown): HTMLElement {
  const what = effect === null ? 'This SQL and these parameters, on this database. No effect was measured, so none is compared.' : 'This SQL, these parameters, this database, this effect. Any difference, and nothing commits.';
  const settings = Object.entries(session).map(([name, value]) => `${name} = ${value}`).join(', ');
  return el(
    'div',
    { class: 'facts' },
    el('p', {}, what),
    el('p', {}, 'Request ', el('code', {}, words.join(' ')), ' \u00b7 opened in your browser; the server cannot read it.'),
    el('p', {}, el('b', {}, 'Runs once'), `, ${statements.length === 1 ? 'one statement' : `${String(statements.length)} statements in one transaction`}, as `, el('code', {}, ...textNodes(target.role)), ' on ', el('code', {}, ...textNodes(`${target.host}/${target.database}`)), ' (', ...textNodes(target.system), ').'),
    el('p', {}, `Team ${team.name}, version ${String(team.version)}: `, el('code', {}, team.words.join(' ')), ' \u00b7 the same words in every editor of the team.'),
    settings === '' ? undefined : el('p', { class: 'sub' }, ...textNodes(settings)),
  );
}
