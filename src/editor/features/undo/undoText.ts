/** Ways back in words: in the review before the decision, in the list to choose from, and as the text that is run. Pure. */
import { groupDigits, rows } from '../../../core/effect/describe.ts';
import type { TableEffect } from '../../../core/effect/preview.ts';
import type { UndoEntry, UndoNotice, UndoSize } from '../../../core/undo/kept.ts';
import type { SoftDrop } from '../../../core/undo/softDrop.ts';
import { unreachable } from '../../../core/unreachable.ts';

/** One line for the person who decides. */
export function describeNotice(notice: UndoNotice): string {
  switch (notice.kind) {
    case 'kept':
      return [`${describeSize(notice)}, until ${day(notice.expiresAt)}.`, ...notice.leaves].join(' ');
    case 'nothing':
      return 'there is nothing to restore.';
    case 'none':
      return `No undo, because ${notice.reason}`;
    default:
      return unreachable(notice);
  }
}

/** `restores 41 rows in 3 tables`, `brings back public.people` */
export function describeSize({ rows: count, tables, objects }: UndoSize): string {
  if (objects.length > 0) return `brings back ${objects.join(', ')}`;
  return `restores ${rows(count)}${tables === 1 ? '' : ` in ${String(tables)} tables`}`;
}

/** A button and what it means. */
export function describeInstead({ kind, notes }: SoftDrop): { readonly label: string; readonly notes: readonly string[] } {
  const labels = { drop: 'Move to Trash Instead\u2026', truncate: 'Keep a Copy in the Trash Instead\u2026', delete: 'Keep the Rows in the Trash Instead\u2026' } as const;
  return { label: labels[kind], notes };
}

/** `−41 people, ~3 orders` */
export function describeEffects(effects: readonly TableEffect[]): string {
  const signs = (effect: TableEffect) =>
    ([['+', effect.inserted], ['~', effect.updated], ['\u2212', effect.deleted]] as const).flatMap(([sign, count]) => (count === 0 ? [] : [`${sign}${groupDigits(count)}`])).join(' ');
  return effects.map((effect) => `${signs(effect)} ${effect.table.table}`).join(', ');
}

/** The text that takes the change back: an ordinary script, which means the same in any client. */
export function undoScript(entry: UndoEntry): string {
  const { undo, run, address, time, sql } = entry;
  const head = [
    `-- Takes back: ${titleOf(sql, 120)}`,
    `-- (run ${run} on ${address}, ${new Date(time).toISOString()})`,
    '-- Only rows that still hold what that run wrote are restored; the others are returned.',
    ...undo.leaves.map((leaf) => `-- ${leaf}`),
  ];
  return `${head.join('\n')}\n${undo.steps.map((step) => `${step.sql};\n`).join('\n')}`;
}

/** What a text is about: its first words, or those of the comment it begins with. */
export function titleOf(sql: string, length = 80): string {
  return firstWords(/^--[^\S\n]*([^\n\r]*)/u.exec(sql)?.[1] ?? sql, length);
}

/** The text to run instead of another one. */
export function insteadScript(original: string, { notes, script }: SoftDrop): string {
  return `${[`Instead of: ${titleOf(original, 120)}`, ...notes].map((note) => `-- ${note}\n`).join('')}${script}`;
}

/** The beginning of a text on one line. */
export function firstWords(text: string, length = 80): string {
  return clip(text.replaceAll(/\s+/gu, ' ').trim(), length);
}

export function day(time: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(new Date(time));
}

/** `12 minutes ago`, `yesterday at 14:03`, `18 Nov at 09:12` */
export function ago(time: number, now: number): string {
  const minutes = Math.round((now - time) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return minutes === 1 ? 'a minute ago' : `${String(minutes)} minutes ago`;
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(new Date(time));
  return day(time) === day(now) ? `today at ${clock}` : `${day(time)} at ${clock}`;
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/u, '')}\u2026` : text;
}
