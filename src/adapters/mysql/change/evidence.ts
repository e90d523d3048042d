/**
 * Whether a change was committed, told from its own rows. Neither server remembers how a transaction ended; but once it is
 * over, its rows are either all as they were or all as it made them.
 */
import type { Clock } from '../../../app/ports.ts';
import type { Settlement } from '../../../core/outcome.ts';
import type { Row } from '../../../core/effect/preview.ts';
import type { Address } from '../../address.ts';
import { openLine } from '../connect.ts';
import type { Line } from '../line.ts';
import { ask, textLiteral } from './asking.ts';
import type { TableFacts } from './catalog.ts';
import { idOf, keyOfId, selectByKeys, valuesOf } from './rows.ts';

/** A row that differs: absent where it does not exist. */
export type Witness = { readonly facts: TableFacts; readonly id: string; readonly before?: Row; readonly after?: Row };

/** What is kept of a change until its COMMIT was answered. */
export type Evidence = { readonly transactionId: string; readonly threadId: string; readonly timeZone: string; readonly witnesses: readonly Witness[] };

/** More of them say no more. */
export const maxWitnesses = 20;

export type SettleOptions = { readonly address: Address; readonly clock: Clock; readonly patienceMs?: number };

const pauseMs = 250;

/** Never rejects. `unknown` when nobody can be asked, or when the rows do not agree: somebody changed them since. */
export async function settleByRows(evidence: Evidence, { address, clock, patienceMs = 8000 }: SettleOptions): Promise<Settlement> {
  const giveUpAt = clock.now() + patienceMs;
  let answer: Settlement = 'unknown';
  do {
    answer = await askOnce(evidence, address, clock);
    if (answer === 'committed' || answer === 'rolled-back') break;
    await pause(clock);
  } while (clock.now() < giveUpAt);
  return answer;
}

async function askOnce(evidence: Evidence, address: Address, clock: Clock): Promise<Settlement> {
  const start = await openLine({ address, applicationName: 'countersign settle', clock, signal: new AbortController().signal, timeoutMs: 3000 });
  if ('failure' in start) return 'unknown';
  const { line } = start;
  try {
    // As long as the old line lives on the server, its rows look as they were before.
    const { rows } = await ask(line, `SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = ${evidence.threadId}`, { deadlineMs: 3000 });
    return rows.length > 0 ? 'in-progress' : await judge(line, evidence);
  } catch {
    return 'unknown';
  } finally {
    await line.close();
  }
}

async function judge(line: Line, { witnesses, timeZone }: Evidence): Promise<Settlement> {
  await ask(line, `SET SESSION time_zone = ${textLiteral(timeZone)}`, { deadlineMs: 3000 });
  const verdicts = new Set<Settlement>();
  for (const { facts, id, before, after } of witnesses) {
    const { rows } = await ask(line, selectByKeys(facts, [keyOfId(id)]), { deadlineMs: 3000 });
    const found = rows.find((row) => idOf(facts, row) === id);
    const now = found ? valuesOf(facts, found) : undefined;
    verdicts.add(isSame(now, after) ? 'committed' : isSame(now, before) ? 'rolled-back' : 'unknown');
  }
  const [only = 'unknown'] = verdicts;
  return verdicts.size === 1 ? only : 'unknown';
}

function isSame(a: Row | undefined, b: Row | undefined): boolean {
  if (!a || !b) return a === b;
  return a.every((value, index) => value === b[index]);
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.after(pauseMs, resolve);
  });
}
