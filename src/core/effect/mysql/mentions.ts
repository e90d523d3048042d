/** Names that stored code contains: a trigger can only write to a table whose name stands in it, or in code it calls. */
import { tokenize } from '../../sql/mysql/tokenize.ts';
import { nameText, tokenKind, tokenText, type LexicalMode } from '../../sql/mysql/tokens.ts';

export type Mentions = {
  /** Lower case, without schemas, comments and texts left out. */
  readonly names: ReadonlySet<string>;
  /** Statements are put together while it runs: what they name stands nowhere. */
  readonly isDynamic: boolean;
};

/** @param mode - the sql_mode that the code was made in */
export function mentionsOf(code: string, mode: LexicalMode): Mentions {
  const tokens = tokenize(code, mode);
  const names = new Set<string>();
  let isDynamic = tokens.failure !== undefined || tokens.skippedExecutables.length > 0;
  for (let at = 0; at < tokens.count; at++) {
    const kind = tokens.kind[at];
    // A keyword may be a name as well.
    if (kind === tokenKind.word || kind === tokenKind.quoted) names.add(nameText(tokens, at).toLowerCase());
    if (kind === tokenKind.word && /^execute$/i.test(tokenText(tokens, at))) isDynamic = true;
  }
  return { names, isDynamic };
}
