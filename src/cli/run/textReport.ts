/** A run as text: rows of reads as a table or as CSV, the effect of a change as a short report. */
import type { Column, Row, TableEffect, TableImages } from '../../core/effect/preview.ts';
import type { Inspection } from '../../core/effect/inspection.ts';
import { rows as countRows } from '../../core/effect/describe.ts';
import { formatRows } from '../../core/results/formatRows.ts';
import type { UndoNotice } from '../../core/undo/kept.ts';
import { unreachable } from '../../core/unreachable.ts';
import { isNumberType } from '../../core/results/valueTypes.ts';
import type { Dialect } from '../../core/sql/verdict.ts';
import { visible } from '../visible.ts';
import type { ReadResult, ShownChange } from './collect.ts';
import { nameOf } from './effectDocument.ts';

const widestCell = 80;

export function resultAsCsv({ columns, rows }: ReadResult, dialect: Dialect): string {
  return columns.length === 0 ? '' : `${formatRows('csv', { columns, rows, headers: true, dialect })}\r\n`;
}

export function resultAsTable({ columns, rows, end }: ReadResult): string {
  const count = end.kind === 'failed' ? '' : `(${countRows(rows.length)}${end.kind === 'done' && end.truncated ? ', more were not fetched' : ''})\n`;
  return columns.length === 0 ? count : `${table(columns, rows)}${count}`;
}

function table(columns: readonly Column[], rows: readonly Row[]): string {
  const heads = columns.map(({ name }) => cell(name));
  const body = rows.map((row) => row.map((value) => (value === null ? 'NULL' : cell(value))));
  const widths = heads.map((head, index) => Math.max(head.length, ...sample(body, index)));
  const numeric = columns.map(({ type }) => isNumberType(type));
  const line = (cells: readonly string[]) => cells.map((text, index) => pad(text, widths[index] ?? 0, numeric[index] === true)).join(' │ ').trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('─┼─');
  return `${[line(heads), rule, ...body.map(line)].join('\n')}\n`;
}

/** Widths of one column. A loop of its own: spreading a million numbers into a call ends the program. */
function sample(body: readonly (readonly string[])[], index: number): readonly number[] {
  return [body.reduce((widest, row) => Math.max(widest, row[index]?.length ?? 0), 0)];
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}

function cell(value: string): string {
  const shown = visible(value);
  return shown.length > widestCell ? `${shown.slice(0, widestCell - 1)}…` : shown;
}

/** What a person has to see before anything becomes final. */
export function changeAsText({ preview, images }: ShownChange): string {
  const effects = preview.effects.map((effect) => effectLine(effect, images.find((image) => nameOf(image.table) === nameOf(effect.table))));
  const definitions = (preview.definition?.changes ?? []).map(({ kind, object, name, detail, cascaded }) => `  ${kind} ${object} ${visible(name)}${detail === undefined ? '' : `: ${visible(detail)}`}${cascaded === true ? ' (goes with it)' : ''}`);
  const notes = [
    ...(preview.unlisted === undefined ? [] : [`${countRows(preview.unlisted)} more changed in tables not listed here: triggers wrote them.`]),
    ...preview.permanent.map((text) => `Cannot be rolled back: ${text}`),
    ...preview.notices.map((text) => `The server says: ${text}`),
  ];
  const lines = [...effects, ...definitions, ...(effects.length + definitions.length === 0 ? ['  No row is changed.'] : []), ...notes.map((note) => `  ! ${visible(note)}`)];
  return `${lines.join('\n')}\n${images.map(imageAsText).join('')}`;
}

function effectLine(effect: TableEffect, image: TableImages | undefined): string {
  const { inserted, updated, deleted } = image?.totals ?? effect;
  const counts = [`${String(inserted)} inserted`, `${String(updated)} updated`, `${String(deleted)} deleted`].filter((text) => !text.startsWith('0 '));
  const exactness = effect.exactness === undefined || effect.exactness === 'exact' ? '' : ` (${effect.exactness})`;
  return `  ${visible(nameOf(effect.table))}: ${counts.join(', ') || 'no net change'}${exactness} — ${visible(effect.why)}`;
}

const listed = 20;

function imageAsText({ table: ref, columns, changes, incomplete }: TableImages): string {
  if (changes.length === 0 && incomplete === undefined) return '';
  const rows = changes.slice(0, listed).flatMap((change): Row[] => {
    switch (change.kind) {
      case 'inserted':
        return [['+', ...change.after]];
      case 'deleted':
        return [['−', ...change.before]];
      case 'updated':
        return [['−', ...change.before], ['+', ...change.after]];
    }
  });
  const more = changes.length > listed ? [`… and ${String(changes.length - listed)} more`] : [];
  const notes = [...more, ...(incomplete === undefined ? [] : [incomplete])].map((note) => `${note}\n`).join('');
  return `\n${visible(nameOf(ref))}\n${rows.length === 0 ? '' : table([{ name: ' ', type: 'text' }, ...columns], rows)}${notes}`;
}

export function noticeAsText(notice: UndoNotice): string {
  switch (notice.kind) {
    case 'kept':
      return `Undo: restores ${countRows(notice.rows)}.${notice.leaves.map((leaf) => ` ${visible(leaf)}`).join('')}`;
    case 'nothing':
      return 'Undo: there is nothing to restore.';
    case 'none':
      return `No undo, because ${visible(notice.reason)}`;
    default:
      return unreachable(notice);
  }
}

/** What can be known about a statement that did not run. */
export function inspectionAsText({ facts, unknown }: Inspection): string {
  return [...facts.map(({ label, text }) => `  ${visible(label)}: ${visible(text)}`), ...unknown.map((text) => `  ! ${visible(text)}`)].map((line) => `${line}\n`).join('');
}
