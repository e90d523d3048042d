/** What the review panel shows, computed from what was measured. Pure. */
import type { ReviewRequest } from '../../../app/ports.ts';
import { describeChange, groupDigits, rows } from '../../../core/effect/describe.ts';
import type { Preview, RanStatement, RowChange, TableEffect, TableImages } from '../../../core/effect/preview.ts';
import { riskLines } from '../../../core/effect/riskLines.ts';
import { isOfStatement } from '../../../core/effect/why.ts';
import { maskDefinition, type Deciding } from '../../../core/masking/masking.ts';
import { screenStrategy, type ScreenRules } from '../../../core/masking/screenRules.ts';
import { maskServerText } from '../../../core/masking/serverText.ts';
import { describeTarget } from '../../../core/profile/connection.ts';
import { riskRulesFor } from '../../../core/sql/riskRules.ts';
import { clipRow } from '../../../protocol/clip.ts';
import type { ClippedValue, ReviewModel, ReviewRow, ReviewTable } from '../../../protocol/review.ts';

/**
 * @param now - this machine's clock, epoch ms
 * @param rules - in force for the connection
 */
export function createReviewModel(asked: ReviewRequest & { readonly screen?: ScreenRules }, review: number, now: number, rules = riskRulesFor(asked.connection.dialect)): ReviewModel {
  const request = asked.screen ? maskTexts(asked, asked.screen) : asked;
  const { connection, preview, statements, phrase, basis } = request;
  return {
    review,
    environment: connection.environment,
    connection: connection.name,
    where: describeTarget(connection),
    title: describeChange(statements, preview),
    subtitle: subtitleOf(request),
    statements: preview.statements.map(toShown),
    risks: riskLines(statements, preview.effects, rules),
    effects: preview.effects.toSorted((a, b) => rank(a) - rank(b)),
    ...(preview.unlisted === undefined ? {} : { unlisted: preview.unlisted }),
    ...(preview.definition ? { definition: preview.definition } : {}),
    ...(preview.locks ? { locks: preview.locks } : {}),
    facts: factsOf(request),
    ...(phrase === undefined ? {} : { phrase }),
    ...(basis === 'rehearsed' ? { basis, expiresAt: 0, holdMs: 0 } : { expiresAt: preview.expiresAt, holdMs: preview.expiresAt - preview.openedAt }),
    now,
  };
}

/** Texts of the server that values of rows may stand in. */
function maskTexts(request: ReviewRequest, screen: ScreenRules): ReviewRequest {
  const { preview, statements } = request;
  const { definition, notices } = preview;
  const written = statements.map(({ text }) => text).join(';');
  const decide: Deciding = (table, column) => screenStrategy(screen, table, column);
  return {
    ...request,
    preview: {
      ...preview,
      notices: notices.map((notice) => maskServerText(notice, written)),
      ...(definition ? { definition: { ...definition, changes: definition.changes.map((change) => maskDefinition(change, decide)) } } : {}),
    },
  };
}

/** Beyond this a text is for a machine, and slows the page down: a way back holds all of its rows. */
const longestText = 50_000;

function toShown({ text, commandTag, rows: count, effects }: RanStatement): ReviewModel['statements'][number] {
  const shown = text.length > longestText ? `${text.slice(0, longestText).replace(/[\uD800-\uDBFF]$/u, '')}\n\u2026 and ${groupDigits(text.length - longestText)} characters more: the document has all of it.` : text;
  return { text: shown, commandTag, rows: count, ...(effects ? { effects } : {}) };
}

function subtitleOf({ basis, undoOf, preview, obligations }: ReviewRequest): string {
  if (obligations.some(({ kind }) => kind === 'peer-confirmation')) {
    const tried = preview.definition?.onCopy === true ? 'Tried on an empty copy, because the table is big: it did not run there yet.' : 'Ran, was measured and rolled back at once: nothing is open while others think.';
    return `${tried} When they have confirmed it, it runs again, and is final only if it does the same.`;
  }
  if (preview.definition?.onCopy === true) return 'Tried on an empty copy, because the table is big: it did not run there yet. After Commit it runs for the first time, and is final only if it does the same.';
  if (basis === 'rehearsed') return 'Ran, was measured and rolled back at once, because its locks keep others waiting. Nothing is open now. After Commit it runs again, and is final only if it does the same.';
  return undoOf === undefined ? 'Ran in an open transaction. Nothing is final yet.' : 'Takes back an earlier change, in an open transaction. Nothing is final yet.';
}

/** What the statement names comes first. */
function rank({ why }: TableEffect): number {
  return isOfStatement(why) ? 0 : 1;
}

/** The tables in the order of the effects. */
export function inOrderOf(effects: readonly TableEffect[], images: readonly TableImages[]): readonly TableImages[] {
  const named = new Set(effects.filter(({ why }) => isOfStatement(why)).map(({ table }) => nameOf(table)));
  const position = ({ table }: TableImages): number => (named.has(nameOf(table)) ? 0 : 1);
  return images.toSorted((a, b) => position(a) - position(b));
}

function nameOf({ schema, table }: TableEffect['table']): string {
  return JSON.stringify([schema, table]);
}

function factsOf({ preview, undoOf, basis }: ReviewRequest): ReviewModel['facts'] {
  return [
    ...(undoOf === undefined ? [] : leftAlone(preview)),
    ...preview.permanent.map((text) => ({ label: 'Cannot be rolled back', text })),
    ...preview.notices.map((text) => ({ label: 'The server says', text })),
    ...locksFact(preview, basis),
    { label: 'Recorded', text: `in the journal on this machine${preview.transactionId === undefined ? '' : `, as transaction ${preview.transactionId}`}.` },
  ];
}

/** Locks on whole tables, for those that keep more than definitions waiting; row locks go without saying where nothing is open. */
function locksFact({ locks }: Preview, basis: ReviewRequest['basis']): ReviewModel['facts'] {
  const strong = (locks ?? []).filter(({ blocks }) => blocks === 'writes' || blocks === 'reads and writes');
  const howLong = basis === 'rehearsed' ? 'for as long as it takes to run' : 'until you decide or the time is over';
  if (strong.length > 0) return [{ label: 'Locks', text: `${strong.map(({ table, blocks }) => `${table.table} is closed to ${blocks === 'writes' ? 'writes' : 'reads and writes'} of others`).join(', ')}, ${howLong}.` }];
  return locks?.length === 0 || basis === 'rehearsed' ? [] : [{ label: 'Locks', text: `the rows above stay locked for others ${howLong}.` }];
}

const mostLeftAlone = 20;

/** What a way back returns are the rows it did not restore. */
function leftAlone({ statements }: Preview): ReviewModel['facts'] {
  const found = statements.flatMap(({ returned }) => returned ?? []);
  if (found.length === 0) return [{ label: 'Restores', text: 'every row still holds what the change wrote, so all of them come back.' }];
  const shown = found.slice(0, mostLeftAlone).map(([table, row, why]) => `${table ?? ''} ${row ?? ''}: ${why ?? ''}`);
  const more = found.length > mostLeftAlone ? [`and ${groupDigits(found.length - mostLeftAlone)} more`] : [];
  return [{ label: `Not restored: ${rows(found.length)}`, text: [...shown, ...more].join('; ') + '.' }];
}

export function createReviewTables(images: readonly TableImages[]): readonly ReviewTable[] {
  return images.map(({ table, columns, key, changes, totals, incomplete }) => {
    const count = (kind: RowChange['kind']): number => changes.filter((change) => change.kind === kind).length;
    const changed = new Set(changes.flatMap((change) => (change.kind === 'updated' ? changedColumns(change) : [])));
    return {
      schema: table.schema,
      table: table.table,
      columns,
      key,
      total: changes.length,
      changed: [...changed].toSorted((a, b) => a - b),
      counts: { inserted: count('inserted'), updated: count('updated'), deleted: count('deleted') },
      ...(totals ? { totals } : {}),
      ...(incomplete === undefined ? {} : { incomplete }),
    };
  });
}

/** Compared as whole values, before anything is cut. */
function changedColumns({ before, after }: Extract<RowChange, { kind: 'updated' }>): readonly number[] {
  return before.flatMap((value, column) => (value === after[column] ? [] : [column]));
}

export function createReviewRow(change: RowChange): ReviewRow {
  const before = 'before' in change ? clipRow(change.before) : undefined;
  const after = 'after' in change ? clipRow(change.after) : undefined;
  const clipped: ClippedValue[] = [
    ...(before?.clipped ?? []).map((cell) => ({ ...cell, side: 'before' as const })),
    ...(after?.clipped ?? []).map((cell) => ({ ...cell, side: 'after' as const })),
  ];
  const cut = clipped.length === 0 ? {} : { clipped };
  switch (change.kind) {
    case 'inserted':
      return { kind: change.kind, after: after?.row ?? [], ...cut };
    case 'deleted':
      return { kind: change.kind, before: before?.row ?? [], ...cut };
    case 'updated':
      return { kind: change.kind, before: before?.row ?? [], after: after?.row ?? [], changed: changedColumns(change), ...cut };
  }
}

/** `3 rows`, `12,345 rows in 4 tables`: how much is open, for the status bar. */
export function describeSize(effects: readonly TableEffect[]): string {
  const total = effects.reduce((sum, effect) => sum + touched(effect), 0);
  return total === 1 ? '1 row' : `${groupDigits(total)} rows`;
}

function touched({ inserted, updated, deleted }: TableEffect): number {
  return inserted + updated + deleted;
}
