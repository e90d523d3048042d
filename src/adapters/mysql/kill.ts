/** Asks the server to stop what a line runs: on the line beside it, or on one of its own when that is not free. */
import type { Clock } from '../../app/ports.ts';
import type { Address } from '../address.ts';
import { openLine } from './connect.ts';
import type { Line } from './line.ts';

export type KillOptions = {
  metadata(): Promise<Line | undefined>;
  readonly address: Address;
  readonly clock: Clock;
  readonly threadId: string;
  readonly serverId: string;
};

const patienceMs = 5000;

/** The function resolves with false when the server could not be asked. Behind a proxy the number belongs to somebody else: then nobody is asked. */
export function killFrom({ metadata, address, clock, threadId, serverId }: KillOptions): () => Promise<boolean> {
  const text = `KILL QUERY ${threadId.replaceAll(/\D/gu, '')}`;
  return async () => {
    const beside = await metadata();
    if (beside && !beside.isBusy && !beside.isLost) return await ran(beside, text);
    const start = await openLine({ address, applicationName: 'countersign stop', clock, signal: new AbortController().signal, timeoutMs: patienceMs });
    if ('failure' in start) return false;
    const sameServer = `SELECT 1 FROM DUAL WHERE CONCAT_WS(':', @@hostname, @@port, @@server_id) = CONVERT(0x${Buffer.from(serverId).toString('hex')} USING utf8mb4)`;
    const found = await start.line.run(sameServer, { deadlineMs: patienceMs });
    const isSame = found.kind === 'complete' && found.results[0]?.rows.length === 1;
    const done = isSame && (await ran(start.line, text));
    await start.line.close();
    return done;
  };
}

/** A statement that has just ended is as good as stopped. */
async function ran(line: Line, text: string): Promise<boolean> {
  const end = await line.run(text, { deadlineMs: patienceMs });
  return end.kind === 'complete';
}
