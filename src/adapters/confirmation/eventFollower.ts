/** Waits for events of a server for as long as it takes: through sleep, restarts and networks that come and go. */
import { setTimeout as pause } from 'node:timers/promises';
import type { StreamEvent } from '../../protocol/eventStream.ts';
import { createEventReader } from '../../protocol/eventStream.ts';
import { send } from './httpCall.ts';

export type FollowOptions = {
  readonly url: string;
  /** Asked for anew with each attempt: it may have run out while the machine slept. `undefined` means there is none to be had now. */
  readonly token: () => Promise<string | undefined>;
  /** The last event that was seen, for the server to go on after it. */
  readonly after: () => number;
  readonly signal: AbortSignal;
  /** Told when waiting is interrupted and when it goes on. */
  readonly onState?: ((state: 'waiting' | 'interrupted') => void) | undefined;
};

/** The server says something every 25 seconds; a line that is silent for longer is dead, though nobody said so. */
const silenceMs = 60_000;
const retryMs = [250, 1000, 2000, 5000, 10_000, 30_000];
const maxPending = 256 * 1024;

/** Ends when `signal` is aborted, or when the server says that there is nothing here (404, 401). Never rejects. */
export async function* followEvents(options: FollowOptions): AsyncGenerator<StreamEvent, void, undefined> {
  const { signal, onState } = options;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const line = await openLine(options);
    if (line === 'gone') return;
    if (line !== undefined) {
      attempt = 0;
      onState?.('waiting');
      try {
        yield* eventsOf(line);
      } finally {
        // Also when whoever reads has heard enough.
        line.close();
      }
    }
    if (signal.aborted) return;
    onState?.('interrupted');
    await pause(retryMs[Math.min(attempt, retryMs.length - 1)], undefined, { signal }).catch(() => undefined);
  }
}

type Line = { readonly body: ReadableStream<Uint8Array>; readonly heard: () => void; readonly close: () => void };

async function openLine({ url, token, after, signal }: FollowOptions): Promise<Line | 'gone' | undefined> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  signal.addEventListener('abort', end, { once: true });
  let silence = setTimeout(end, silenceMs);
  const close = (): void => {
    clearTimeout(silence);
    signal.removeEventListener('abort', end);
    end();
  };
  try {
    const answer = await send(url, { token: await token() }, ending.signal, { Accept: 'text/event-stream', 'Last-Event-ID': String(after()) });
    if (answer.ok && answer.body !== null) {
      const heard = (): void => {
        clearTimeout(silence);
        silence = setTimeout(end, silenceMs);
      };
      return { body: answer.body, heard, close };
    }
    close();
    return answer.status === 404 ? 'gone' : undefined;
  } catch {
    // No answer: it is tried again.
    close();
    return undefined;
  }
}

async function* eventsOf({ body, heard }: Line): AsyncGenerator<StreamEvent, void, undefined> {
  const read = createEventReader();
  const decoder = new TextDecoder();
  let pending = 0;
  try {
    for await (const piece of body) {
      heard();
      const events = read(decoder.decode(piece, { stream: true }));
      pending = events.length === 0 ? pending + piece.length : 0;
      // No event is that long: whatever this is, it is not our server.
      if (pending > maxPending) return;
      yield* events;
    }
  } catch {
    // The line broke: the caller opens another.
  }
}
