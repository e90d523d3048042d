/** Fixes that let others go on meanwhile: CONCURRENTLY. PostgreSQL only. */
import { find, hasReason, holds, insertion, type Fix, type FixContext } from './fix.ts';

type Place = { readonly after: readonly string[]; readonly unless?: readonly string[] };

/** The word that CONCURRENTLY follows, by the kind of the statement; and what it does not go together with. */
const places: Readonly<Record<string, Place>> = {
  'create-index': { after: ['index'] },
  'drop-index': { after: ['index'], unless: [',', 'cascade'] },
  reindex: { after: ['index', 'table', 'schema', 'database'] },
  'refresh-materialized-view': { after: ['view'], unless: ['no'] },
};

export function useConcurrently(context: FixContext): Fix | undefined {
  const { statement, dialect, words } = context;
  if (dialect !== 'postgresql' || holds(words, 'concurrently')) return undefined;
  const at = statement.kind === 'alter-table' ? endOfDetach(context) : afterWord(context);
  if (at === undefined) return undefined;
  const risk = hasReason(statement, 'index-not-concurrent') ? 'index-not-concurrent' : hasReason(statement, 'exclusive-lock') ? 'exclusive-lock' : undefined;
  return { code: 'concurrently', title: 'Use CONCURRENTLY, outside of a transaction', ...(risk === undefined ? {} : { risk }), edit: insertion(at, ' CONCURRENTLY') };
}

function afterWord({ statement, words }: FixContext): number | undefined {
  const place = places[statement.kind];
  return place && !holds(words, ...(place.unless ?? [])) ? find(words, ...place.after)?.end : undefined;
}

function endOfDetach({ statement, words }: FixContext): number | undefined {
  return holds(words, 'detach') && !holds(words, ',', 'finalize') ? statement.text.length : undefined;
}
