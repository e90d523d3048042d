/** Accounts, roles, passwords and rights. */

import { findWord, skipIfExists } from './clauses.ts';
import { commitsImplicitly, notUnderstood, only, raise, whole } from './draft.ts';
import type { Draft } from './draft.ts';
import { tokenKind, tokenText } from './tokens.ts';

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
  const isDefault = findWord(tokens, first, last, 'DEFAULT') < last;
  draft.kind = isDefault ? 'set-default-role' : 'set-role';
  if (first + 2 >= last || (isDefault && findWord(tokens, first, last, 'ROLE') === last)) return notUnderstood(draft, 'SET ROLE needs the name of a role', first);
  if (isDefault) commitsImplicitly(draft);
  const message = isDefault ? finding.message : 'Changes with which rights the session acts';
  raise(draft, 'privilege', { code: isDefault ? finding.code : 'changes-identity', message }, { first, last: Math.min(first + 3, last) });
}

/** Points at a password written in the text. */
export function noteSecret(draft: Draft): void {
  const { tokens, first, last } = draft;
  for (let at = first; at < last; at++) {
    const literal = secretBehind(draft, at);
    if (literal < 0) continue;
    raise(draft, 'read', { code: 'secret-in-text', message: 'The password in the text ends up in logs and records', tags: ['secret'] }, only(literal));
    return;
  }
  // A hash or another way to authenticate is none the less a secret.
  if (findWord(tokens, first, last, 'IDENTIFIED') < last) draft.tags.add('secret');
}

/** Token of the literal behind `IDENTIFIED … BY`, `PASSWORD`, `MASTER_PASSWORD =` and their like at `at`, or -1. */
function secretBehind({ tokens, last }: Draft, at: number): number {
  const word = tokens.word[at] as string;
  const isPassword = word === 'PASSWORD' || /^(?:source|master)_password$/i.test(word === '' ? tokenText(tokens, at) : word);
  if (!isPassword && word !== 'BY' && word !== 'AS') return -1;
  let literal = at + 1;
  while (literal < last && (tokens.word[literal] === '=' || tokens.word[literal] === '(' || tokens.word[literal] === 'PASSWORD')) literal++;
  return literal < last && tokens.kind[literal] === tokenKind.text ? literal : -1;
}
