/**
 * Tries how the server would carry out a definition, on an empty copy of the table in a schema that a person set aside for it.
 * Temporary tables tell nothing: the servers alter them in other ways. A copy is a definition of its own and final at once, so
 * without such a schema nothing is tried.
 */
import { randomUUID } from 'node:crypto';
import type { AlterWay } from '../../core/effect/mysql/alterForecast.ts';
import type { AlterActions } from '../../core/sql/mysql/alterActions.ts';
import { checkGuards, shortDeadlineMs, type Context } from './context.ts';

/** Cheapest first. */
const ways: readonly (readonly [AlterWay, { readonly algorithm: string; readonly lock?: string }])[] = [
  ['instant', { algorithm: 'INSTANT' }],
  ['inplace', { algorithm: 'INPLACE', lock: 'NONE' }],
  ['inplace-shared', { algorithm: 'INPLACE', lock: 'SHARED' }],
  ['copy', { algorithm: 'COPY', lock: 'SHARED' }],
];

/** The server's way of saying that it cannot do it like that. */
const notThatWay: ReadonlySet<number> = new Set([1800, 1845, 1846]);

/** Actions that stay within one table. */
const own: ReadonlySet<string> = new Set(['ADD', 'DROP', 'MODIFY', 'CHANGE', 'ALTER', 'CONVERT', 'FORCE', 'COMMENT', 'AUTO_INCREMENT', 'ROW_FORMAT', 'ENGINE', 'DEFAULT', 'CHARACTER', 'COLLATE', 'RENAME']);
const beyond: ReadonlySet<string> = new Set(['REFERENCES', 'FOREIGN', 'PARTITION', 'PARTITIONING', 'PARTITIONS', 'TABLESPACE', 'DIRECTORY', 'SYSTEM', 'PERIOD', 'CONNECTION', 'UNION']);

export type MysqlTrial =
  | { readonly kind: 'tried'; readonly way: AlterWay }
  /** In words, why not, or what is left behind. */
  | { readonly kind: 'untried'; readonly why: string };

/** Never rejects. @param table - as SQL */
export async function tryOnScratch(context: Context, { table, actions, schema }: { readonly table: string; readonly actions: AlterActions; readonly schema: string }): Promise<MysqlTrial | undefined> {
  if (!actions.actions.every(staysWithin)) return undefined;
  const { line } = context;
  const copy = `${quoteName(schema)}.${quoteName(`countersign_trial_${randomUUID().slice(0, 8)}`)}`;
  const run = async (text: string) => await line.run(text, { deadlineMs: shortDeadlineMs });
  const writable = await run('SET SESSION TRANSACTION READ WRITE');
  if (writable.kind !== 'complete' || (await checkGuards(context, false))) return { kind: 'untried', why: 'the session could not be made writable for it' };
  try {
    const made = await run(`CREATE TABLE ${copy} LIKE ${table}`);
    if (made.kind !== 'complete') return { kind: 'untried', why: made.kind === 'error' ? made.error.message : 'the server did not answer' };
    const found = await firstPossible(async (asks) => await run(actions.on(copy, asks)));
    const dropped = await run(`DROP TABLE ${copy}`);
    return dropped.kind === 'complete' ? found : { kind: 'untried', why: `the empty copy ${copy} could not be dropped again: drop it yourself` };
  } finally {
    const rest = await run('SET SESSION TRANSACTION READ ONLY');
    if (rest.kind !== 'complete') line.destroy('The session could not be made read-only again, so the connection was cut.');
  }
}

async function firstPossible(attempt: (asks: { readonly algorithm: string; readonly lock?: string }) => ReturnType<Context['line']['run']>): Promise<MysqlTrial> {
  for (const [way, asks] of ways) {
    const end = await attempt(asks);
    if (end.kind === 'complete') return { kind: 'tried', way };
    if (end.kind !== 'error') return { kind: 'untried', why: 'the server did not answer' };
    const { errno, message } = end.error;
    // CREATE INDEX does not know the word INSTANT.
    const isOtherWay = notThatWay.has(errno) || (asks.algorithm === 'INSTANT' && errno === 1064);
    if (!isOtherWay) return { kind: 'untried', why: message };
  }
  return { kind: 'untried', why: 'the server knows no way to do it' };
}

function staysWithin(action: readonly string[]): boolean {
  const [first = '', second = ''] = action;
  if (!own.has(first) || action.some((word) => beyond.has(word))) return false;
  return first !== 'RENAME' || second === 'COLUMN' || second === 'INDEX' || second === 'KEY';
}

function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
