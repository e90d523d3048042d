/** Fixes that put a table aside instead of losing it. */
import { find, holds, type Fix, type FixContext } from './fix.ts';
import { utf8Length } from '../bytes.ts';

const mostNameBytes = 63;

export function softDrop(context: FixContext): Fix | undefined {
  const { statement, dialect, words } = context;
  const table = onlyTable(context);
  if (statement.kind !== 'drop-table' || table === undefined || holds(words, 'temporary')) return undefined;
  const text = dialect === 'postgresql' ? moveToTrash(context, table) : renameAside(context, table);
  return { code: 'soft-drop', title: dialect === 'postgresql' ? 'Move it to the schema trash instead' : 'Rename it instead', risk: 'takes-away', edit: whole(context, text) };
}

/** The rows survive in a copy; what refers to the table stays as it is. */
export function copyBeforeTruncate(context: FixContext): Fix | undefined {
  const { statement, dialect } = context;
  const table = onlyTable(context);
  if (statement.kind !== 'truncate' || dialect !== 'postgresql' || table === undefined) return undefined;
  const text = `CREATE SCHEMA IF NOT EXISTS trash;\nCREATE TABLE trash.${quoted(asideName(context, table.name))} AS TABLE ${table.written};\n${statement.text}`;
  return { code: 'copy-first', title: 'Keep a copy in the schema trash first', risk: 'takes-away', edit: whole(context, text) };
}

type Table = { /** With its schema, as the statement writes it. */ readonly written: string; readonly name: string };

/** The table of a statement that names one, and leaves alone what depends on it. */
function onlyTable({ statement, words }: FixContext): Table | undefined {
  const [target, ...more] = statement.targets;
  if (!target || more.length > 0 || holds(words, ',', 'cascade', '*')) return undefined;
  const head = words.findLast(({ word }) => word === 'exists') ?? find(words, 'table') ?? find(words, 'truncate');
  const rest = words.slice(head ? words.indexOf(head) + 1 : words.length).filter(({ word }) => word !== 'only');
  const end = rest.findIndex(({ word }) => ['restrict', 'restart', 'continue'].includes(word));
  const name = end < 0 ? rest : rest.slice(0, end);
  const [first, last] = [name[0], name.at(-1)];
  return first && last ? { written: statement.text.slice(first.start, last.end), name: target.table } : undefined;
}

/** Views, keys and sequences move along; who names the old place fails until it is moved back. */
function moveToTrash(context: FixContext, { written, name }: Table): string {
  const ifExists = holds(context.words, 'exists') ? 'IF EXISTS ' : '';
  return [
    'CREATE SCHEMA IF NOT EXISTS trash',
    `ALTER TABLE ${ifExists}${written} SET SCHEMA trash`,
    `ALTER TABLE ${ifExists}trash.${quoted(name)} RENAME TO ${quoted(asideName(context, name))}`,
  ].join(';\n');
}

/** In the same schema, because a table with triggers cannot leave it. */
function renameAside(context: FixContext, { written, name }: Table): string {
  const { schema } = context.statement.targets[0] ?? {};
  const aside = `\`${asideName(context, name).replaceAll('`', '``')}\``;
  return `RENAME TABLE ${written} TO ${schema === undefined ? '' : `\`${schema.replaceAll('`', '``')}\`.`}${aside}`;
}

function asideName({ stamp }: FixContext, name: string): string {
  const end = `__${stamp}`;
  let kept = name;
  while (utf8Length(kept) + end.length > mostNameBytes) kept = kept.slice(0, -1);
  return kept + end;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function whole({ statement }: FixContext, text: string): Fix['edit'] {
  return { start: 0, end: statement.text.length, text };
}
