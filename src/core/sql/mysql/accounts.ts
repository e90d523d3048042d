/** Accounts, roles, passwords and rights. */

import { skipIfExists } from './clauses.ts';
import { commitsImplicitly, notUnderstood, only, raise, whole } from './draft.ts';
import type { Draft } from './draft.ts';
import { tokenKind } from './tokens.ts';

const finding = { code: 'changes-rights', message: 'Changes who may do what on this server' } as const;

/** CREATE, ALTER, DROP and RENAME of users and roles; `object` is the token of USER or ROLE. */
export function classifyAccount(draft: Draft, object: number): void {
  const { tokens, first, last } = draft;
  draft.kind = `${(tokens.word[first] as string).toLowerCase()}-${(tokens.word[object] as string).toLowerCase()}`;
  if (skipIfExists(tokens, object + 1) >= last) return notUnderstood(draft, 'The name of an account or role is missing', object);
  commitsImplicitly(draft);
  raise(draft, 'privilege', finding, { first, last: object + 1 });
  noteSecret(draft);
}

/** GRANT and REVOKE. */
export function classifyGrant(draft: Draft): void {
  const { tokens, first, last } = draft;
  draft.kind = (tokens.word[first] as string).toLowerCase();
  const preposition = draft.kind === 'grant' ? 'TO' : 'FROM';
  let at = first + 1;
  while (at < last && tokens.word[at] !== preposition) at++;
  if (at === first + 1 || at + 1 >= last) return notUnderstood(draft, `${draft.kind.toUpperCase()} needs rights or roles, and ${preposition} with an account`, first);
  commitsImplicitly(draft);
  raise(draft, 'privilege', finding, only(first));
  noteSecret(draft);
}

/** SET PASSWORD. */
export function classifySetPassword(draft: Draft): void {
  draft.kind = 'set-password';
  if (draft.first + 2 >= draft.last) return notUnderstood(draft, 'SET PASSWORD needs a password', draft.first);
  commitsImplicitly(draft);
  raise(draft, 'privilege', { code: 'changes-password', message: 'Changes a password', tags: ['secret'] }, whole(draft));
}

/** SET ROLE, SET DEFAULT ROLE and SET SESSION AUTHORIZATION. */
export function classifySetRole(draft: Draft): void {
  const { tokens, first, last } = draft;
  const isDefault = tokens.word[first + 1] === 'DEFAULT';
  draft.kind = isDefault ? 'set-default-role' : 'set-role';
  if (first + 2 >= last || (isDefault && tokens.word[first + 2] !== 'ROLE')) return notUnderstood(draft, 'SET ROLE needs the name of a role', first);
  if (isDefault) commitsImplicitly(draft);
  const message = isDefault ? finding.message : 'Changes with which rights the session acts';
  raise(draft, 'privilege', { code: isDefault ? finding.code : 'changes-identity', message }, { first, last: Math.min(first + 3, last) });
}

/** Marks a password written in the text. */
export function noteSecret(draft: Draft): void {
  const { tokens, first, last } = draft;
  for (let at = first; at < last; at++) {
    const word = tokens.word[at];
    if (word === 'IDENTIFIED' || (word === 'PASSWORD' && (tokens.kind[at + 1] === tokenKind.text || tokens.word[at + 1] === '=' || tokens.word[at + 1] === '('))) {
      draft.tags.add('secret');
      return;
    }
  }
}
