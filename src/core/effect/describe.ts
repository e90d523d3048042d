/** Says in one sentence what a change does, for the title of the review panel and for announcements. */
import type { Preview, TableEffect } from './preview.ts';
import type { ClassifiedStatement } from '../sql/verdict.ts';
import { isOfStatement } from './why.ts';

const verbs = [
  ['deleted', 'deletes', 'from'],
  ['updated', 'updates', 'in'],
  ['inserted', 'inserts', 'into'],
] as const;

/** As many tables that a change reached are named; of more there is a number. */
const namedTables = 2;

/** e.g. `Deletes 3 rows from customers, and with them 41 from sessions`. No trailing full stop. */
export function describeChange(statements: readonly ClassifiedStatement[], preview: Preview): string {
  const object = describeObject(statements);
  const effects = preview.effects.filter((effect) => countOf(effect) > 0);
  if (effects.length === 0) return describeDefinition(preview, object) ?? object ?? describeUncounted(preview);
  const direct = effects.filter((effect) => isOfStatement(effect.why));
  const indirect = effects.filter((effect) => !isOfStatement(effect.why));
  const parts = (direct.length > 0 ? direct : effects).slice(0, namedTables).map((effect) => describeEffect(effect));
  const hidden = (direct.length > 0 ? direct.length : effects.length) - parts.length;
  if (hidden > 0) parts.push(`changes ${tables(hidden)} more`);
  const beyond = direct.length > 0 && indirect.length > 0 ? `, and ${describeReached(indirect, direct)}` : '';
  const sentence = capitalise(`${joinWords(parts)}${beyond}`);
  return object === undefined ? sentence : `${object}: ${lowerFirst(sentence)}`;
}

/** `44 rows in 3 tables`, counting row operations. */
export function describeTotal(effects: readonly TableEffect[]): string {
  return `${rows(totalOf(effects))} in ${tables(effects.length)}`;
}

/** `1 row`, `44 rows`, with thin grouping for long numbers: `1,234,567 rows`. */
export function rows(count: number): string {
  return `${groupDigits(count)} ${count === 1 ? 'row' : 'rows'}`;
}

/** Groups digits by three with commas, independent of locale so that records and tests agree. */
export function groupDigits(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+(?!\d))/gu, ',');
}

const definitionVerbs = { added: 'adds', dropped: 'drops', changed: 'changes' } as const;

/** `Alter table orders: drops column total and drops view totals and 2 more`; `undefined` when nothing of the catalogue is known to change. */
function describeDefinition({ definition }: Preview, object: string | undefined): string | undefined {
  const changes = definition?.changes ?? [];
  if (changes.length === 0) return undefined;
  const [first, ...others] = changes;
  const isWhole = object !== undefined && others.length === 0 && first?.kind !== 'changed' && object.toLowerCase().endsWith(first?.name.split('.').at(-1)?.toLowerCase() ?? '');
  if (isWhole) return object;
  const parts = changes.slice(0, 2).map(({ kind, object: what, name }) => `${definitionVerbs[kind]} ${what} ${name}`);
  const hidden = changes.length - parts.length;
  const sentence = joinWords([...parts, ...(hidden > 0 ? [`${String(hidden)} more`] : [])]);
  return object === undefined ? capitalise(sentence) : `${object}: ${sentence}`;
}

/** Rows on another server are not counted here: the server's own answer is all there is. */
function describeUncounted({ statements }: Preview): string {
  const reported = statements.filter(({ commandTag }) => /^(INSERT|UPDATE|DELETE|MERGE|COPY)/u.test(commandTag)).reduce((sum, ran) => sum + ran.rows, 0);
  return reported === 0 ? 'Changes no rows' : `Changes ${rows(reported)} that cannot be counted here`;
}

function describeObject(statements: readonly ClassifiedStatement[]): string | undefined {
  const [only] = statements;
  if (statements.length !== 1 || !only) return undefined;
  const isObject = only.kind.startsWith('drop-') || only.kind.startsWith('create-') || only.kind.startsWith('alter-') || only.kind === 'truncate';
  if (!isObject) return undefined;
  const names = only.targets.filter((target) => target.access === 'write').map((target) => target.table);
  return `${capitalise(only.kind.replaceAll('-', ' '))}${names.length > 0 ? ` ${joinWords(names)}` : ''}`;
}

/** @param said - the verb that was just used; it is not said again */
function describeEffect(effect: TableEffect, said?: string): string {
  const used = verbs.filter(([key]) => effect[key] > 0);
  const parts = used.map(([key, verb]) => (verb === said ? groupDigits(effect[key]) : `${verb} ${rows(effect[key])}`));
  const preposition = used.length === 1 ? (used[0]?.[2] ?? 'in') : 'in';
  return `${joinWords(parts)} ${preposition} ${effect.table.table}`;
}

/** What triggers and foreign keys did with the rows the statement is about. */
function describeReached(reached: readonly TableEffect[], direct: readonly TableEffect[]): string {
  const them = totalOf(direct) === 1 ? 'it' : 'them';
  if (reached.length > namedTables) return `with ${them} changes ${rows(totalOf(reached))} in ${String(reached.length)} other tables`;
  const said = onlyVerb(direct);
  const isSame = said !== undefined && onlyVerb(reached) === said;
  return `with ${them} ${joinWords(reached.map((effect) => describeEffect(effect, isSame ? said : undefined)))}`;
}

function onlyVerb(effects: readonly TableEffect[]): string | undefined {
  const used = verbs.filter(([key]) => effects.some((effect) => effect[key] > 0));
  return used.length === 1 ? used[0]?.[1] : undefined;
}

function totalOf(effects: readonly TableEffect[]): number {
  return effects.reduce((sum, effect) => sum + countOf(effect), 0);
}

function countOf({ inserted, updated, deleted }: TableEffect): number {
  return inserted + updated + deleted;
}

function tables(count: number): string {
  return count === 1 ? '1 table' : `${String(count)} tables`;
}

function joinWords(parts: readonly string[]): string {
  if (parts.length <= 1) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
