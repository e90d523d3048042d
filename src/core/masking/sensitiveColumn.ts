/** What the name and type of a column say about how sensitive its values are. A guess, on the careful side. Pure. */
import type { Column } from '../effect/preview.ts';
import { kindOfType, wordsOf, type TypeKind } from './columnWords.ts';
import { harmlessAfter, harmlessBefore, saidByTable, sensitiveNames, type SensitiveName } from './sensitiveNames.data.ts';
import type { Strategy } from './strategy.ts';

/** @param table - its name without the schema */
export function sensitiveStrategy(table: string, { name, type }: Column): Strategy {
  const kind = kindOfType(type);
  const words = wordsOf(name);
  const said = saidByTable.has(words) ? [words, `${wordsOf(table)} ${words}`] : [words];
  return sensitiveNames.find((pattern) => pattern.kinds.includes(kind) && said.some((each) => isNamed(pattern, each, kind)))?.strategy ?? 'show';
}

function isNamed({ words: pattern, code }: SensitiveName, words: string, kind: TypeKind): boolean {
  const found = pattern.exec(words);
  if (!found) return false;
  const before = words.slice(0, found.index).trim().split(' ').at(-1) ?? '';
  const after = words.slice(found.index + found[0].length).trim().split(' ');
  const isOfSomethingElse = after.some((word) => harmlessAfter.has(word) && !(code === 'birth' && saysWhen.has(word)));
  return !harmlessBefore.has(before) && !isOfSomethingElse && !(isId(after.at(-1)) && isReference(code, kind));
}

/** What is said of a birth by these is the value itself. */
const saysWhen: ReadonlySet<string> = new Set(['date', 'time', 'on', 'at']);

function isId(word: string | undefined): boolean {
  return word === 'id' || word === 'ids' || word === 'uuid';
}

/** An `email_id` in words is an address; `token_id` tells which token, not what it is. */
function isReference(code: string, kind: TypeKind): boolean {
  return kind !== 'text' || code === 'token' || code === 'secret' || code === 'password';
}
