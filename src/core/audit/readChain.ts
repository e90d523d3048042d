/** Reads the text of a stream as far as it holds together. */
import { headOf, parseEvent, problemWith, type ChainedEvent, type ChainHead, type ChainProblem, type Digest } from './chain.ts';

export type ChainEnd =
  | { readonly kind: 'whole' }
  /** The last line was cut off while it was written: nobody was told that it is there. `bytes`: of the cut-off line. */
  | { readonly kind: 'torn'; readonly bytes: number }
  /** Somebody changed what was written. `line`: 1-based, in the text that was read. */
  | { readonly kind: 'damaged'; readonly line: number; readonly problem: ChainProblem | 'unreadable' };

export type ReadChain = { readonly events: readonly ChainedEvent[]; readonly head: ChainHead; readonly end: ChainEnd };

/**
 * The links in `text` that follow on `head`, in order, and what stopped the reading.
 *
 * Only a last line without its line end counts as torn; a last line with one was acknowledged, so whatever is wrong with it
 * was done to it later.
 */
export function readChain(text: string, start: ChainHead, digest: Digest): ReadChain {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const events: ChainedEvent[] = [];
  let head = start;
  for (const [index, line] of lines.entries()) {
    const event = parseEvent(line);
    const problem = event ? problemWith(event, head, digest) : 'unreadable';
    if (!event || problem) return { events, head, end: { kind: 'damaged', line: index + 1, problem: problem ?? 'unreadable' } };
    events.push(event);
    head = headOf(event);
  }
  const end: ChainEnd = rest === '' ? { kind: 'whole' } : { kind: 'torn', bytes: byteLength(rest) };
  return { events, head, end };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
