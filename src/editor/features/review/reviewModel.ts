/** Turns a measured change into what the review panel shows. No editor, no clock: the same input gives the same panel. */
import type { ReviewRequest } from '../../../app/ports.ts';
import { describeTarget } from '../../../core/profile/connection.ts';
import { describeChange, describeTotal, rows } from '../../../core/effect/describe.ts';
import type { Preview, RowChange, TableImages } from '../../../core/effect/preview.ts';
import { clipRow } from '../../../protocol/clip.ts';
import type { ClippedValue, ReviewModel, ReviewRow, ReviewTable } from '../../../protocol/review.ts';

type Risk = ReviewModel['risks'][number];

export function reviewModel(request: ReviewRequest, now: number): ReviewModel {
  const { connection, preview, statements } = request;
  return {
    environment: connection.environment,
    connection: connection.name,
    where: describeTarget(connection),
    title: describeChange(statements, preview),
    subtitle: 'Ran in an open transaction. Nothing is final yet.',
    statements: preview.statements,
    risks: risksOf(request),
    effects: preview.effects,
    facts: factsOf(preview),
    ...(request.phrase === undefined ? {} : { phrase: request.phrase }),
    expiresAt: preview.expiresAt,
    holdMs: preview.expiresAt - preview.openedAt,
    now,
  };
}

/** The head of one table's rows; the rows themselves are pulled by window. */
export function reviewTable(images: TableImages): ReviewTable {
  const counts = { inserted: 0, updated: 0, deleted: 0 };
  const changed = new Set<number>();
  for (const change of images.changes) {
    counts[change.kind] += 1;
    for (const column of changedColumns(change)) changed.add(column);
  }
  return {
    ...images.table,
    columns: images.columns,
    key: images.key,
    total: images.changes.length,
    changed: [...changed].sort((a, b) => a - b),
    counts,
    ...(images.incomplete === undefined ? {} : { incomplete: images.incomplete }),
  };
}

/** A row as the page gets it: long values by their beginning, with the columns that differ told beforehand. */
export function reviewRow(change: RowChange): ReviewRow {
  switch (change.kind) {
    case 'inserted': {
      const after = clipRow(change.after);
      return { kind: 'inserted', after: after.row, ...clippedOf(after.clipped, 'after') };
    }
    case 'deleted': {
      const before = clipRow(change.before);
      return { kind: 'deleted', before: before.row, ...clippedOf(before.clipped, 'before') };
    }
    case 'updated': {
      const before = clipRow(change.before);
      const after = clipRow(change.after);
      const clipped = [...(clippedOf(before.clipped, 'before').clipped ?? []), ...(clippedOf(after.clipped, 'after').clipped ?? [])];
      return {
        kind: 'updated',
        before: before.row,
        after: after.row,
        changed: changedColumns(change),
        ...(clipped.length > 0 ? { clipped } : {}),
      };
    }
  }
}

function clippedOf(cells: ReturnType<typeof clipRow>['clipped'], side: ClippedValue['side']): { clipped?: readonly ClippedValue[] } {
  return cells.length === 0 ? {} : { clipped: cells.map((cell) => ({ ...cell, side })) };
}

function changedColumns(change: RowChange): readonly number[] {
  if (change.kind !== 'updated') return [];
  return change.after.flatMap((value, column) => (value === change.before[column] ? [] : [column]));
}

function risksOf({ statements, preview }: ReviewRequest): readonly Risk[] {
  const stated = statements.flatMap(({ class: cls, reasons }) =>
    cls === 'read' ? [] : reasons.map(({ message }): Risk => ({ level: cls === 'write' || cls === 'ddl' ? 'medium' : 'high', text: message })),
  );
  return [...unique(stated), ...beyondTheStatement(preview)];
}

function beyondTheStatement(preview: Preview): readonly Risk[] {
  const reached = preview.effects.filter(({ why }) => why !== 'statement');
  if (reached.length === 0) return [];
  const deletes = reached.reduce((sum, effect) => sum + effect.deleted, 0);
  const names = reached.slice(0, 3).map(({ table }) => table.table).join(', ');
  const more = reached.length > 3 ? ` and ${String(reached.length - 3)} more` : '';
  const text = `Reaches further than its text: ${describeTotal(reached)} through cascades, triggers or rules (${names}${more})${deletes > 0 ? `, ${rows(deletes)} of them deleted` : ''}.`;
  return [{ level: deletes > 0 ? 'high' : 'medium', text }];
}

function factsOf({ permanent, notices }: Preview): ReviewModel['facts'] {
  return [
    ...permanent.map((text) => ({ label: 'Cannot be rolled back', text })),
    { label: 'Undo', text: 'Countersign does not write an undo in this version. After a commit the way back is your backup.' },
    ...notices.map((text) => ({ label: 'The server says', text })),
  ];
}

function unique(risks: readonly Risk[]): readonly Risk[] {
  return risks.filter(({ text }, index) => risks.findIndex((other) => other.text === text) === index);
}
