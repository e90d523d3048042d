/** One after the other, each to its very end: what slipped in between would run inside somebody else's transaction. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function createTurns(): InTurn {
  let turn: Promise<unknown> = Promise.resolve();
  return async (work) => {
    const mine = turn.then(work);
    // Whoever asked hears of it; the next one goes on.
    turn = mine.catch(() => undefined);
    return await mine;
  };
}
