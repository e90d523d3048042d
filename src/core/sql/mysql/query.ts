/** SELECT and what returns rows like it. */

import { classifyDelete, classifyUpdate } from './changeRows.ts';
import { notUnderstood, raise } from './draft.ts';
import type { Draft } from './draft.ts';
import { scanTokens } from './scan.ts';
import { readsTables } from './targets.ts';
import { behindWithClause } from './withClause.ts';

/** SELECT, WITH, TABLE, VALUES or a parenthesised query at the beginning of the draft. */
export function classifyQuery(draft: Draft): void {
  const { tokens, first, context } = draft;
  const verb = tokens.word[first] as string;
  if (verb === 'WITH') return classifyWith(draft);
  draft.kind = verb === '(' ? 'select' : verb.toLowerCase();
  draft.returnsRows = true;
  draft.canPreview = true;
  if (verb === 'TABLE' && context.dialect === 'mariadb') return notUnderstood(draft, 'MariaDB does not know TABLE as a statement', first);
  if (verb === 'VALUES' && (tokens.word[first + 1] !== (context.dialect === 'mysql' ? 'ROW' : '('))) return notUnderstood(draft, 'VALUES needs rows', first);
  scanQuery(draft, first);
}

function scanQuery(draft: Draft, from: number): void {
  const { tokens, last } = draft;
  const start = tokens.word[from] as string;
  readsTables(draft, scanTokens(draft, from, last, 'query').tables);
  if (start !== '(') return;
  let inside = from;
  while (inside < last && tokens.word[inside] === '(') inside++;
  if (!['SELECT', 'WITH', 'VALUES', 'TABLE'].includes(tokens.word[inside] as string)) notUnderstood(draft, 'A parenthesis at the beginning needs a query inside', inside);
}

function classifyWith(draft: Draft): void {
  const { tokens, first, last, context } = draft;
  const main = behindWithClause(tokens, first, last);
  const verb = main === undefined || main >= last ? '' : (tokens.word[main] as string);
  if (main === undefined || verb === '') return notUnderstood(draft, 'WITH needs a name, a query and a statement', first);
  if (verb === 'UPDATE' || verb === 'DELETE') {
    const { tables, ctes } = scanTokens(draft, first, main, 'query');
    readsTables(draft, tables);
    if (verb === 'UPDATE') classifyUpdate(draft, main);
    else classifyDelete(draft, main);
    for (let index = draft.targets.length - 1; index >= 0; index--) {
      const target = draft.targets[index];
      if (target !== undefined && target.schema === undefined && ctes.has(target.table.toLowerCase())) draft.targets.splice(index, 1);
    }
    if (context.dialect === 'mariadb') raise(draft, 'unknown', { code: 'version-dependent', message: `Most versions of MariaDB refuse ${verb} behind WITH` }, { first, last: main + 1 });
    return;
  }
  draft.kind = 'select';
  draft.returnsRows = true;
  draft.canPreview = true;
  if (!['SELECT', 'TABLE', 'VALUES', '('].includes(verb)) return notUnderstood(draft, `The server does not accept ${verb} behind WITH`, main);
  scanQuery(draft, first);
}
