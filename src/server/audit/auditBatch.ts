/** Events as they came in: lines that must be exactly what an honest sender writes, linked one to the next. Pure. */
import { genesis, headOf, parseEvent, problemWith } from '../../core/audit/chain.ts';
import type { ChainedEvent, Digest } from '../../core/audit/chain.ts';
import { depthOf } from '../../core/approval/strictJson.ts';
import { isStreamName } from '../../protocol/audit.ts';
import { Refused } from '../refused.ts';

export type SentEvent = { readonly event: ChainedEvent; readonly line: string };
/** At least one event, all of one stream, without a gap. */
export type Batch = { readonly stream: string; readonly first: number; readonly events: readonly SentEvent[] };

/** Envelopes in records nest; nothing honest nests deeper. */
const maxDepth = 24;

/** @throws Refused for a line that is not exactly one event, and where the links do not hold among themselves */
export function parseBatch(lines: readonly string[], digest: Digest): Batch {
  const events = lines.map((line): SentEvent => ({ event: parseLine(line), line }));
  const [first, ...rest] = events as [SentEvent, ...SentEvent[]];
  const { stream, seq, prev } = first.event;
  if (!isStreamName(stream)) throw new Refused(400, 'malformed', 'A stream is named by 24 hexadecimal digits.');
  // What came before is compared with what is kept; before the first there is nothing.
  let head = { stream, seq: seq - 1, hash: seq === 1 ? genesis : prev };
  for (const { event } of [first, ...rest]) {
    const problem = problemWith(event, head, digest);
    if (problem !== undefined) throw new Refused(400, `chain-${problem}`, `Event ${String(event.seq)} of the batch is not what follows on the one before it. Nothing of the batch was kept.`);
    head = headOf(event);
  }
  return { stream, first: seq, events };
}

function parseLine(line: string): ChainedEvent {
  const event = depthOf(line) <= maxDepth ? parseEvent(line) : undefined;
  // One spelling: what is kept here and what lies on the sender's disk are the same bytes.
  if (event === undefined || JSON.stringify(event) !== line) throw new Refused(400, 'malformed', 'A line is not exactly one event as JSON. Nothing of the batch was kept.');
  return event;
}
