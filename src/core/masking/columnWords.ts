/** Names of columns as words, and types as kinds: what patterns are matched against. Pure. */

/** `userEmail`, `USER_EMAIL` and `user-email2` as `user email`, `user email` and `user email 2`. */
export function wordsOf(name: string): string {
  return name
    .slice(0, 256)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\p{N})/gu, ' ')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** `text` for every type that is not known: it may hold anything. */
export type TypeKind = 'text' | 'number' | 'time' | 'boolean' | 'uuid';

/** @param type - as the server prints it, e.g. `numeric(10,2)`, `tinyint(1)` */
export function kindOfType(type: string): TypeKind {
  const plain = type.trim().toLowerCase();
  if (plain.endsWith('[]')) return 'text';
  if (/^(?:bool(?:ean)?|tinyint\(1\)|bit(?:\(1\))?)(?: unsigned)?$/u.test(plain)) return 'boolean';
  if (/^(?:date|datetime|time|timestamp|timestamptz|timetz|interval|year)\b/u.test(plain)) return 'time';
  if (/^(?:small|big|tiny|medium)?(?:int|integer|serial)\d?\b|^(?:numeric|decimal|dec|real|double|float\d?|money|oid)\b/u.test(plain)) return 'number';
  return plain === 'uuid' ? 'uuid' : 'text';
}
