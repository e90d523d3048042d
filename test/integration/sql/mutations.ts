/** Endless texts that look like SQL: labelled ones, cut up and put together wrongly. The same seed gives the same texts. */

export type MutationSource = {
  /** Texts in tokens. */
  readonly texts: readonly (readonly string[])[];
  /** Some of them, from which every other mutation begins: what is to be hunted must be common. */
  readonly game: readonly (readonly string[])[];
  /** What attacks are made of. */
  readonly nasty: readonly string[];
  readonly seed: number;
};

/** How many texts for each of three servers, and which ones: more, or others, on demand. */
export const fuzzCount = Number(process.env['COUNTERSIGN_FUZZ'] ?? 67_000);
export const fuzzSeed = Number(process.env['COUNTERSIGN_FUZZ_SEED'] ?? 1);

export function createMutations({ texts, game, nasty, seed }: MutationSource) {
  const random = createRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
  const tokenized = texts.filter((list) => list.length > 0);
  const pool = tokenized.flat();

  function mutate(list: string[]) {
    const at = below(list.length + 1);
    const kind = random();
    if (kind < 0.2) list.splice(at, 1);
    else if (kind < 0.35) list.splice(at, 0, pick(nasty));
    else if (kind < 0.55) list[Math.min(at, list.length - 1)] = pick(pool);
    else if (kind < 0.75) list.splice(at, 0, pick(pool));
    else {
      const other = pick(tokenized);
      const from = below(other.length);
      list.splice(at, 0, ...other.slice(from, from + 1 + below(8)));
    }
  }

  /** Some mistakes are smaller than a token. */
  function misspell(text: string): string {
    const characters = Array.from(text);
    const at = below(characters.length + 1);
    const kind = random();
    if (kind < 0.35) characters.splice(at, 1);
    else if (kind < 0.7) characters.splice(at, 0, pick(characterPool));
    else characters[at] = pick(characterPool);
    return characters.join('');
  }

  return {
    next(): string {
      const list = [...pick(random() < 0.5 ? game : tokenized)];
      for (let count = below(3); count >= 0; count--) mutate(list);
      const text = list.join(random() < 0.9 ? ' ' : '');
      return random() < 0.1 ? misspell(text) : text;
    },
  };
}

const characterPool = Array.from('\'"`\\;/*!-#@$.,()= \n\r\t\v%+:?{}[]<>&|^~01aExX\u00a0\u2028\u00e9\uff1b\u{1f4a3}');

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
