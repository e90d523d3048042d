/** A request on a terminal: everything a reviewer should see before deciding, in reading order. */
import { driftLines, howItStands, maskedNote, weakComparison } from '../../core/approval/requestNotes.ts';
import { describeRequest, effectsOfRequest } from '../../core/approval/requestText.ts';
import type { RequestBody } from '../../core/approval/request.ts';
import type { Member } from '../../core/approval/team.ts';
import { visible } from '../visible.ts';

export type ShownRequest = {
  readonly request: RequestBody;
  readonly requester: Member;
  /** Six words each. */
  readonly words: readonly string[];
  readonly team: { readonly name: string; readonly version: number; readonly words: readonly string[] };
};

type Row = readonly (string | null)[];
type TableRows = RequestBody['preview']['tables'][number];

/** Rows printed of each table. */
const mostRows = 20;
const widestValue = 80;

export function requestText({ request, requester, words, team }: ShownRequest): string {
  const { facts, target, statements, effect, reason, ticket, origin, preview, session } = request;
  const place = `${target.host}/${target.database} as ${target.role} (${target.engine}, ${target.profile})`;
  const who = `${requester.name}${origin === 'human' ? '' : ` through ${origin}`}`;
  const note = weakComparison(effect);
  return [
    `${facts.environment.toUpperCase()}  ${visible(place)}`,
    `${visible(who)} ${request.afterwards === undefined ? 'asks' : 'committed this without confirmation'}${ticket === undefined ? '' : ` (ticket ${visible(ticket)})`}: ${visible(reason)}`,
    '',
    `${visible(describeRequest(request))}.`,
    howItStands(request, (time) => new Date(time).toISOString()),
    '',
    ...statements.flatMap(statementLines),
    '',
    ...(effect === null ? [] : effectsOfRequest(effect).map(({ table, inserted, updated, deleted, why }) => `  ${visible(`${table.schema}.${table.table}`)}: ${String(inserted)} inserted, ${String(updated)} updated, ${String(deleted)} deleted${why === '' ? '' : ` (${visible(why)})`}`)),
    ...(note === undefined ? [] : [`  ${note}`]),
    ...driftLines(request).map((line) => `  Different from what was approved before: ${visible(line)}`),
    ...preview.tables.flatMap(rowLines),
    '',
    ...facts.risks.map(({ level, text }) => `${level === 'high' ? '!!' : level === 'medium' ? '! ' : 'ok'} ${visible(text)}`),
    ...facts.permanent.map((text) => `!! ${visible(text)}`),
    `${facts.undo.kind === 'planned' ? 'ok' : '!!'} ${visible(facts.undo.text)}`,
    '',
    `Settings: ${visible(Object.entries(session).map(([name, value]) => `${name} = ${value}`).join(', '))}`,
    `Request:  ${words.join(' ')}`,
    `Team:     ${visible(team.name)}, version ${String(team.version)}: ${team.words.join(' ')}`,
    `Expires:  ${new Date(request.expires).toISOString()}`,
    '',
  ].join('\n');
}

/** Lines of SQL keep their breaks; whatever a terminal would obey is shown as its code point. */
function statementLines({ sql, params }: RequestBody['statements'][number]): readonly string[] {
  const lines = sql.split('\n').map((line, index) => `${String(index + 1).padStart(4)} │ ${visible(line.replaceAll('\t', '    '))}`);
  return [...lines, ...params.map(({ t, v }, index) => `     $${String(index + 1)} ${visible(t)} = ${valueText(v)}`)];
}

function rowLines({ name, columns, masked, changes, incomplete }: TableRows): readonly string[] {
  const shown = changes.slice(0, mostRows).map((change) => {
    if (change.kind === 'inserted') return `    + ${cells(columns, change.after)}`;
    if (change.kind === 'deleted') return `    − ${cells(columns, change.before)}`;
    const different = columns.flatMap(({ name: column }, index) => (change.before[index] === change.after[index] ? [] : [`${visible(column)}: ${differenceText(change.before[index] ?? null, change.after[index] ?? null)}`]));
    return `    ~ ${cells(columns.slice(0, 1), change.after)}  ${different.join(', ')}`;
  });
  const rest = changes.length - shown.length;
  const hidden = maskedNote({ columns, masked });
  return ['', `  ${visible(name)}`, ...(hidden === undefined ? [] : [`    ${visible(hidden)}`]), ...shown, ...(rest > 0 ? [`    … and ${String(rest)} more; open the link in a browser to see all of them.`] : []), ...(incomplete === undefined ? [] : [`    ${visible(incomplete)}`])];
}

function cells(columns: TableRows['columns'], row: Row): string {
  return columns.map(({ name }, index) => `${visible(name)}=${valueText(row[index] ?? null)}`).join('  ');
}

/** Long values from a little before where they differ: what is cut off must not be what was changed. */
function differenceText(before: string | null, after: string | null): string {
  const [one, other] = [before ?? '', after ?? ''];
  let same = 0;
  while (same < one.length && one[same] === other[same]) same++;
  const start = Math.max(one.length, other.length) > widestValue ? Math.max(0, same - 20) : 0;
  const part = (value: string | null): string => (value === null || start === 0 ? valueText(value) : `…${valueText(value.slice(start))}`);
  return `${part(before)} → ${part(after)}`;
}

function valueText(value: string | null): string {
  if (value === null) return 'NULL';
  const shown = visible(value);
  return shown.length > widestValue ? `${shown.slice(0, widestValue)}… (${String(value.length)} characters)` : shown;
}
