/** Looks at what a statement names, without running it: all that can be known where nothing can be shown beforehand. */
import type { AloneRequest } from '../../app/ports.ts';
import { inspectionOf, type InspectedObjects } from '../../core/effect/inspectedObjects.ts';
import type { Inspection } from '../../core/effect/inspection.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import { rollBack, type Context } from './context.ts';
import { inspectSql } from './inspectSql.ts';
import { resolveTargetsSql } from './measureSql.ts';
import { arrayLiteral, quoteName } from './quote.ts';

/** Never rejects. */
export async function inspectStatement({ line }: Context, { statement, signal }: Pick<AloneRequest, 'statement' | 'signal'>): Promise<Inspection> {
  const names = namesOf(statement);
  const end = await line.run(
    [
      { text: 'BEGIN TRANSACTION READ ONLY' },
      { text: "SELECT pg_catalog.set_config('statement_timeout', '5s', true), pg_catalog.set_config('lock_timeout', '500ms', true)" },
      { text: resolveTargetsSql, values: [arrayLiteral(names)] },
      { text: 'SET LOCAL search_path = pg_catalog, pg_temp' },
      { text: inspectSql, values: [wordAfter(statement, databaseName) ?? null, wordAfter(statement, settingName) ?? null] },
      { text: 'ROLLBACK' },
    ],
    { signal, deadlineMs: 10_000 },
  );
  await rollBack(line);
  const text = end.kind === 'complete' ? end.results[4]?.rows[0]?.[0] : undefined;
  if (text == null) return { facts: [], unknown: [`The server could not be asked what it is about${end.kind === 'error' ? `: ${end.error.message}` : ''}.`] };
  const found = JSON.parse(text) as InspectedObjects;
  return inspectionOf(found, names.length);
}

/** Quoted, each once. */
function namesOf({ targets }: ClassifiedStatement): readonly string[] {
  return [...new Set(targets.map(({ schema, table }) => (schema === undefined ? quoteName(table) : `${quoteName(schema)}.${quoteName(table)}`)))];
}

const databaseName = /^(?:drop|alter)\s+database\s+(?:if\s+exists\s+)?/iu;
const settingName = /^alter\s+system\s+(?:set|reset)\s+/iu;

/** The name behind some words; only to look it up. */
function wordAfter({ text }: ClassifiedStatement, words: RegExp): string | undefined {
  const rest = words.exec(text);
  if (!rest) return undefined;
  const word = /^(?:"((?:[^"]|"")+)"|([\w$.]+))/u.exec(text.slice(rest[0].length));
  return word?.[1]?.replaceAll('""', '"') ?? word?.[2]?.toLowerCase();
}
