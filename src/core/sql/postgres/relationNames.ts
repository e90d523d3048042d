/** Names of relations in a statement, as the lexer sees them: enough to lead a definition to another table of the same name. */
import { endOfToken, skipTrivia } from './lexer.ts';

export type QualifiedName = { readonly schema: string; readonly table: string };

/** `undefined` when the name was written without a schema. */
export type WrittenName = { readonly schema: string | undefined; readonly table: string };

type Token = { readonly start: number; readonly end: number; readonly text: string };

/**
 * The same statement with the schema of these tables replaced wherever it is written. Names without a schema stay: the search
 * path decides what they mean.
 *
 * @param schema - a name that needs no quotes
 * @returns `undefined` when a name is written with Unicode escapes, which are not read here
 */
export function moveTo(text: string, tables: readonly QualifiedName[], schema: string): string | undefined {
  const tokens = tokensOf(text);
  if (tokens.some(isEscaped)) return undefined;
  let moved = '';
  let from = 0;
  tokens.forEach((token, index) => {
    const [dot, name] = [tokens[index + 1], tokens[index + 2]];
    if (dot?.text !== '.' || !name || !isName(token)) return;
    if (!tables.some((each) => each.schema === nameOf(token) && each.table === nameOf(name))) return;
    moved += text.slice(from, token.start) + schema;
    from = token.end;
  });
  return moved + text.slice(from);
}

/** Tables named behind REFERENCES. */
export function referencedNames(text: string): readonly WrittenName[] {
  const tokens = tokensOf(text);
  return tokens.flatMap((token, index): readonly WrittenName[] => {
    const [first, dot, second] = tokens.slice(index + 1, index + 4);
    if (token.text.toLowerCase() !== 'references' || !first || !isName(first)) return [];
    return [dot?.text === '.' && second ? { schema: nameOf(first), table: nameOf(second) } : { schema: undefined, table: nameOf(first) }];
  });
}

/** The words of a statement outside of brackets, in lower case, without quoted names; a comma between subcommands stays. */
export function outerTokens(text: string): readonly string[] {
  let depth = 0;
  return tokensOf(text).flatMap(({ text: token }): readonly string[] => {
    if (token === '(' || token === '[') return ++depth === 1 ? [token] : [];
    if (token === ')' || token === ']') return --depth === 0 ? [token] : [];
    return depth === 0 ? [token.startsWith('"') ? '""' : token.toLowerCase()] : [];
  });
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let start = skipTrivia(text, 0); start < text.length; ) {
    const end = endOfToken(text, start);
    tokens.push({ start, end, text: text.slice(start, end) });
    start = skipTrivia(text, end);
  }
  return tokens;
}

function isEscaped({ text }: Token): boolean {
  return /^u&"/iu.test(text);
}

function isName({ text }: Token): boolean {
  return /^["\p{L}_]/u.test(text);
}

function nameOf({ text }: Token): string {
  // Only ASCII letters are folded, as the server does where letters have more than one byte.
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.replaceAll(/[A-Z]/gu, (letter) => letter.toLowerCase());
}
