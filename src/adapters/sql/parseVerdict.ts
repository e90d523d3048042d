/** Parses a text with PostgreSQL's grammar and classifies it, in the thread it is called in. */
import { hasSqlDetails, parseSync } from 'libpg-query';
import { utf8Length } from '../../core/sql/bytes.ts';
import { classifyPostgres, refuseBeforeParsing, unreadable } from '../../core/sql/postgres/classifyPostgres.ts';
import type { ScriptVerdict } from '../../core/sql/verdict.ts';
import { withSecondOpinion } from './secondOpinion.ts';

/** @throws whatever the parser throws that is not a syntax error: after that its state is in doubt */
export async function parseVerdict(text: string): Promise<ScriptVerdict> {
  const refused = refuseBeforeParsing(text);
  if (refused) return refused;
  const tree = parse(text);
  return 'error' in tree ? tree.error : withSecondOpinion(text, classifyPostgres(text, tree.tree));
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
  if (character <= 0) return message.includes(' at or near ') ? 0 : undefined;
  const before = [...text.slice(0, character * 2)].slice(0, character);
  return utf8Length(before.join(''));
}
