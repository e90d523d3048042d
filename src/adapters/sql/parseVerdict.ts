/** PostgreSQL's grammar at work, in the thread it is called in. */
import { hasSqlDetails, parseSync } from 'libpg-query';
import { utf8Length } from '../../core/sql/bytes.ts';
import { classifyPostgres, refuseBeforeParsing, unreadable } from '../../core/sql/postgres/classifyPostgres.ts';
import { confirmsPreview, draftPreview, type PreviewQuery } from '../../core/sql/postgres/previewQuery.ts';
import type { ScriptVerdict } from '../../core/sql/verdict.ts';
import { withSecondOpinion } from './secondOpinion.ts';

/** @throws whatever the parser throws that is not a syntax error: after that its state is in doubt */
export async function parseVerdict(text: string): Promise<ScriptVerdict> {
  const refused = refuseBeforeParsing(text);
  if (refused) return refused;
  const tree = parse(text);
  return 'error' in tree ? tree.error : withSecondOpinion(text, classifyPostgres(text, tree.tree));
}

/** Queries for the rows a statement is about; `undefined` unless the grammar confirms that they are, and that they only read. */
export function parsePreview(text: string): PreviewQuery | undefined {
  if (refuseBeforeParsing(text)) return undefined;
  const draft = draftPreview(text);
  const original = draft && parse(text);
  if (!draft || !original || 'error' in original) return undefined;
  return [draft.count, draft.sample].every((query) => isConfirmed(original.tree, query)) ? draft : undefined;
}

function isConfirmed(original: unknown, query: string): boolean {
  const parsed = parse(query);
  return 'tree' in parsed && confirmsPreview(original, parsed.tree) && classifyPostgres(query, parsed.tree).class === 'read';
}

function parse(text: string): { readonly tree: unknown } | { readonly error: ScriptVerdict } {
  // The library refuses an empty text.
  if (text === '') return { tree: { stmts: [] } };
  try {
    return { tree: parseSync(text) };
  } catch (thrown) {
    if (!hasSqlDetails(thrown) || !thrown.sqlDetails) throw thrown;
    return { error: unreadable(thrown.message, offsetOf(text, thrown.message, thrown.sqlDetails.cursorPosition)) };
  }
}

/** The parser counts characters, and says 0 for the first one as well as for an unknown place. */
function offsetOf(text: string, message: string, character = 0): number | undefined {
  if (message.endsWith(' at end of input')) return utf8Length(text.trimEnd());
  if (character <= 0) return message.includes(' at or near ') ? 0 : undefined;
  const before = [...text.slice(0, character * 2)].slice(0, character);
  return utf8Length(before.join(''));
}
