/** How many rows a transaction wrote, from what the storage engine prints about itself: the only place where it says so at once. */

export type EngineTransaction = { readonly id: string; /** Row writes; a changed key counts twice. */ readonly written: number };

/**
 * Finds the transaction of a connection in the output of SHOW ENGINE INNODB STATUS.
 *
 * The output also holds the texts of other people's statements, so a line in one of them could look like it: what is not
 * there exactly once is not believed.
 *
 * @returns `undefined` when it is not there, or not for certain; long outputs are cut
 */
export function transactionOf(status: string, threadId: string): EngineTransaction | undefined {
  const own = new RegExp(`^(?:MySQL|MariaDB) thread id ${threadId}, OS thread handle `, 'm');
  const sections = status.split(/^---TRANSACTION /m).slice(1);
  const found = sections.filter((section) => own.test(section));
  const [section] = found;
  if (found.length !== 1 || section === undefined) return undefined;
  const head = section.slice(0, section.search(own));
  const id = /^(\d+), ACTIVE/.exec(head)?.[1];
  // The line above the one with its number counts its locks, and nothing else stands between them.
  const locks = /(?:^|\n)(?:[A-Z ]+)?\d+ lock struct\(s\), heap size \d+, \d+ row lock\(s\)(?:, undo log entries (\d+))?\n$/.exec(head);
  return id === undefined || locks === null ? undefined : { id, written: Number(locks[1] ?? 0) };
}
