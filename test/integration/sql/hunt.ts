/** Runs what is called a read as somebody who may write, and looks for anything it left behind. */
import assert from 'node:assert/strict';

export type Hunted = {
  /** Runs one text as it is, nothing around it, and commits; resolves with whether the server accepted it. */
  readonly execute: (text: string) => Promise<boolean>;
  /** Whatever a statement could have changed in the session and in the database: equal texts mean that nothing did. */
  readonly traces: () => Promise<string>;
};

export type HuntCounts = { readonly reads: number; readonly executed: number };

/** Looking for traces takes as long as a hundred reads. */
const batchSize = 200;

/** @param texts - each is called a read */
export async function hunt(texts: Iterable<string>, { execute, traces }: Hunted): Promise<HuntCounts> {
  let reads = 0;
  let executed = 0;
  let batch: string[] = [];
  const before = await traces();

  async function finishBatch() {
    const after = await traces();
    if (after !== before) await accuse(batch, after);
    batch = [];
  }

  /** Runs them again, one by one: who leaves a trace is named. */
  async function accuse(suspects: readonly string[], changed: string): Promise<never> {
    let last = await traces();
    for (const text of suspects) {
      await execute(text);
      const now = await traces();
      if (now !== last) assert.fail(`called a read, and changed something: ${JSON.stringify(text)}\n${difference(last, now)}`);
      last = now;
    }
    assert.fail(`one of these is called a read, and changed something: ${JSON.stringify(suspects)}\n${difference(before, changed)}`);
  }

  for (const text of texts) {
    reads++;
    if (await execute(text)) executed++;
    batch.push(text);
    if (batch.length === batchSize) await finishBatch();
  }
  await finishBatch();
  return { reads, executed };
}

/** @param before, after - everything, as text */
export function assertUntouched(before: string, after: string): void {
  if (after !== before) assert.fail(`something is not as it was\n${difference(before, after)}`);
}

/** Traces are long, and nearly all of them equal. */
function difference(one: string, other: string): string {
  let first = 0;
  while (one[first] === other[first]) first++;
  const around = (text: string) => text.slice(Math.max(0, first - 200), first + 200);
  return `before: …${around(one)}…\nafter:  …${around(other)}…`;
}
