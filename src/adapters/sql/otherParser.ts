/** The other parser, loaded when it is first asked. */
import type { parse } from 'pgsql-ast-parser';

type Names = { readonly parse?: typeof parse };

export async function loadOtherParser(): Promise<typeof parse> {
  return parserOf(await import('pgsql-ast-parser'));
}

/**
 * A bundle of a CommonJS package shows its names on `default` only.
 *
 * @throws when there is no parser at all: what depends on its opinion must not go on without it
 */
export function parserOf(loaded: Names & { readonly default?: Names }): typeof parse {
  const found = loaded.parse ?? loaded.default?.parse;
  if (!found) throw new TypeError('pgsql-ast-parser has no function called parse');
  return found;
}
