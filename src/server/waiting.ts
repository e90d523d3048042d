/** Clients that wait for something to happen: server-sent events, one stream for each. */
import type { Limits } from './limits.ts';
import { Refused } from './refused.ts';

/** What a stream is about. */
export type Source = {
  /** Named by the store when something under it is new. */
  readonly topic: string;
  /** What the client has not seen yet, as text of the event stream; called again whenever the topic is new. */
  readonly news: () => Promise<string>;
  /** True when nothing will ever come after what was sent. */
  readonly isOver: () => boolean;
};

export interface Waiting {
  /** @throws Refused when too many wait */
  open(source: Source): Response;
  wake(topic: string): void;
  /** Everybody looks again: notifications may have been missed. */
  wakeAll(): Promise<void>;
  size(): number;
  /** Says goodbye to everybody; clients come back, to another instance or a moment later. */
  close(): void;
}

type Client = { readonly source: Source; readonly controller: ReadableStreamDefaultController<Uint8Array>; isReading: boolean; isStale: boolean; isOpen: boolean };

const encoder = new TextEncoder();
/** Clients are spread over this many ticks of a heartbeat, so that no moment writes to all. */
const slots = 25;
const heartbeat = encoder.encode(': \n\n');
/** A client that does not read gets no more; it will come back and catch up. */
const maxUnreadBytes = 1024 * 1024;

/** @param everySecond - calls back once a second; the returned function stops it */
export function createWaiting(limits: Pick<Limits, 'waiting'>, everySecond: (tick: () => void) => () => void): Waiting {
  const topics = new Map<string, Set<Client>>();
  const beats = Array.from({ length: slots }, () => new Set<Client>());
  let size = 0;
  let opened = 0;
  let beat = 0;
  let isClosed = false;

  const leave = (client: Client): void => {
    if (!client.isOpen) return;
    client.isOpen = false;
    size -= 1;
    for (const slot of beats) slot.delete(client);
    const others = topics.get(client.source.topic);
    others?.delete(client);
    if (others?.size === 0) topics.delete(client.source.topic);
  };
  const finish = (client: Client): void => {
    if (!client.isOpen) return;
    leave(client);
    client.controller.close();
  };
  const send = (client: Client, bytes: Uint8Array): void => {
    if (!client.isOpen) return;
    client.controller.enqueue(bytes);
    if ((client.controller.desiredSize ?? 0) < -maxUnreadBytes) finish(client);
  };
  /** One reading at a time; what becomes new meanwhile is read after it. */
  const refresh = async (client: Client): Promise<void> => {
    client.isStale = true;
    if (client.isReading) return;
    client.isReading = true;
    try {
      while (client.isStale && client.isOpen) {
        client.isStale = false;
        const news = await client.source.news();
        if (news !== '') send(client, encoder.encode(news));
        if (client.source.isOver()) finish(client);
      }
    } catch {
      // The store did not answer: the client comes back and asks again.
      finish(client);
    } finally {
      client.isReading = false;
    }
  };
  const stopBeating = everySecond(() => {
    beat = (beat + 1) % slots;
    for (const client of beats[beat] ?? []) send(client, heartbeat);
  });

  return {
    open(source) {
      if (isClosed) throw new Refused(503, 'stopping', 'This server is stopping. Try again in a moment.');
      if (size >= limits.waiting) throw new Refused(503, 'too-many-waiting', 'Too many clients wait here already. Try again later, or use another server.');
      const clients: Client[] = [];
      const stream = new ReadableStream<Uint8Array>(
        {
          start(controller) {
            const client: Client = { source, controller, isReading: false, isStale: false, isOpen: true };
            clients.push(client);
            size += 1;
            opened += 1;
            beats[opened % slots]?.add(client);
            topics.set(source.topic, (topics.get(source.topic) ?? new Set()).add(client));
            send(client, encoder.encode('retry: 1000\n\n'));
            void refresh(client);
          },
          cancel() {
            for (const client of clients) leave(client);
          },
        },
        { highWaterMark: 0, size: (chunk) => chunk?.byteLength ?? 0 },
      );
      return new Response(stream, { headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' } });
    },
    wake(topic) {
      for (const client of topics.get(topic) ?? []) void refresh(client);
    },
    async wakeAll() {
      const all = [...topics.values()].flatMap((clients) => [...clients]);
      for (let start = 0; start < all.length; start += 20) await Promise.all(all.slice(start, start + 20).map(refresh));
    },
    size: () => size,
    close() {
      isClosed = true;
      stopBeating();
      for (const client of [...topics.values()].flatMap((clients) => [...clients])) finish(client);
    },
  };
}

/** One event of a stream. `data` is JSON, which has no line breaks. */
export function eventText(kind: string, data: object, id?: number): string {
  return `${id === undefined ? '' : `id: ${String(id)}\n`}event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
