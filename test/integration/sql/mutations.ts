/** Endless texts that look like SQL: labelled ones, cut up and put together wrongly. The same seed gives the same texts. */
import { endOfToken, skipTrivia } from '../../../src/core/sql/postgres/lexer.ts';

/** What attacks are made of. */
const nasty: readonly string[] = [
  'fw()', 'fw(1)', "nextval('s')", "'x'::evil", '1 <=> 2', '; DROP TABLE t', '; DELETE FROM t', "'", '"', '$$', '$a$', "E'", "\\'", '--', '/*', '*/', '\n', '\r', '(', ')', ',', '.',
  'FOR UPDATE', 'INTO zz', 'INTO TEMP zz', "set_config('role', 'postgres', false)", 'WITH x AS (DELETE FROM t RETURNING *)', 'RETURNING *', 'ANALYZE', 'EXPLAIN', 'EXPLAIN ANALYZE', 'COPY', '::', 'evil', 'AS', 'UNION',
  'SELECT', 'FROM t', "U&'", "pg_notify('a', 'b')", 'lo_create(0)', 'pg_advisory_lock(1)', 'é', '💣', 'OPERATOR(public.<=>)', 'COLLATE', '.nextval', '.fw', '.pg_sleep', "('s'::regclass)",
]; // prettier-ignore

export function createMutations(texts: readonly string[], seed: number) {
  const random = createRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const tokenized = texts.map(tokens).filter((list) => list.length > 0);
  const pool = tokenized.flat();

  function mutate(list: string[]) {
    const at = Math.floor(random() * (list.length + 1));
    const kind = random();
    if (kind < 0.2) list.splice(at, 1);
    else if (kind < 0.45) list.splice(at, 0, pick(nasty));
    else if (kind < 0.65) list[Math.min(at, list.length - 1)] = pick(pool);
    else if (kind < 0.8) list.splice(at, 0, pick(pool));
    else {
      const other = pick(tokenized);
      const from = Math.floor(random() * other.length);
      list.splice(at, 0, ...other.slice(from, from + 1 + Math.floor(random() * 8)));
    }
  }

  return {
    next(): string {
      const list = [...pick(tokenized)];
      for (let count = Math.floor(random() * 4); count >= 0; count--) mutate(list);
      return list.join(random() < 0.9 ? ' ' : '');
    },
  };
}

function tokens(text: string): readonly string[] {
  const list: string[] = [];
  for (let start = skipTrivia(text, 0); start < text.length; ) {
    const end = endOfToken(text, start);
    list.push(text.slice(start, end));
    start = skipTrivia(text, end);
  }
  return list;
}

/** Mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
