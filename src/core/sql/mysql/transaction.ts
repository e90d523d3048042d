/** Transaction control. */

import { commitsImplicitly, notUnderstood, raise, whole } from './draft.ts';
import type { Draft } from './draft.ts';
import { canBeName } from './reserved.ts';
import { classifyCode } from './storedCode.ts';

const words: Record<string, ReadonlySet<string>> = {
  COMMIT: new Set(['WORK', 'AND', 'NO', 'CHAIN', 'RELEASE']),
  ROLLBACK: new Set(['WORK', 'AND', 'NO', 'CHAIN', 'RELEASE']),
  BEGIN: new Set(['WORK']),
  START: new Set(['TRANSACTION', 'WITH', 'CONSISTENT', 'SNAPSHOT', 'READ', 'ONLY', 'WRITE', ',']),
};

/** BEGIN, START TRANSACTION, COMMIT and ROLLBACK. */
export function classifyTransaction(draft: Draft): void {
  const { tokens, first, last } = draft;
  const verb = tokens.word[first] as string;
  if (verb === 'BEGIN' && tokens.word[first + 1] === 'NOT') return classifyCode(draft, 'compound', 'A compound statement may do anything, transactions included');
  draft.kind = verb === 'BEGIN' || verb === 'START' ? 'start-transaction' : verb.toLowerCase();
  const to = first + (tokens.word[first + 1] === 'WORK' ? 2 : 1);
  if (verb === 'ROLLBACK' && tokens.word[to] === 'TO') return classifySavepoint(draft, tokens.word[to + 1] === 'SAVEPOINT' ? to + 2 : to + 1);
  for (let at = first + 1; at < last; at++) {
    if (!(words[verb] as ReadonlySet<string>).has(tokens.word[at] as string)) return notUnderstood(draft, `${verb} does not go on like this`, at);
  }
  if (draft.kind === 'start-transaction') commitsImplicitly(draft);
  raise(draft, 'txn', { code: 'transaction-control', message: 'Begins or ends a transaction, and with it whatever guards the session', tags: ['txn_escape'] }, whole(draft));
}

/** SAVEPOINT, ROLLBACK TO SAVEPOINT, RELEASE SAVEPOINT; `at` is the savepoint's name. */
export function classifySavepoint(draft: Draft, at: number): void {
  const { tokens, first, last } = draft;
  draft.kind = (tokens.word[first] as string) === 'SAVEPOINT' ? 'savepoint' : `${(tokens.word[first] as string).toLowerCase()}-savepoint`;
  if (at + 1 !== last || !canBeName(tokens, at)) return notUnderstood(draft, 'The name of a savepoint is missing', first);
  raise(draft, 'txn', { code: 'transaction-control', message: 'Changes what a rollback takes back' }, whole(draft));
}

/** XA. */
export function classifyXa(draft: Draft): void {
  const { tokens, first, last } = draft;
  draft.kind = 'xa';
  draft.canRunInTransaction = false;
  const verb = tokens.word[first + 1] as string;
  const isRecover = verb === 'RECOVER';
  if (!['START', 'BEGIN', 'END', 'PREPARE', 'COMMIT', 'ROLLBACK', 'RECOVER'].includes(verb) || (!isRecover && first + 2 >= last)) return notUnderstood(draft, 'XA does not go on like this', first);
  draft.returnsRows = isRecover;
  raise(draft, 'txn', { code: 'transaction-control', message: 'Steers a distributed transaction', tags: ['txn_escape'] }, whole(draft));
}
