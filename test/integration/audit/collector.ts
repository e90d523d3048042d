/** A collector over real HTTP that keeps every event once, and misbehaves as it is told. */
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { ChainedEvent } from '../../../src/core/audit/chain.ts';

/** `kept`: what it does before it misbehaves counts as received. */
export type Mood =
  | 'well'
  | 'drop'
  | 'too-many'
  | 'unavailable'
  | 'lose-answer'
  | 'answer-late'
  | 'close-within-body'
  | 'redirect'
  | 'silent';

/** `url`: as it was asked for; a proxy is asked for whole ones. */
export type Received = { readonly url: string; readonly body: Buffer; readonly headers: http.IncomingHttpHeaders };

export class Collector {
  readonly #server: http.Server;
  readonly #kept = new Map<string, ChainedEvent>();
  readonly requests: Received[] = [];
  /** Events that arrived again. */
  duplicates = 0;
  /** The next moods, one for each request; well when there are none. */
  moods: Mood[] = [];
  /** What it does when `moods` is empty. */
  mood: Mood = 'well';

  private constructor(tls: https.ServerOptions | undefined) {
    const handle: http.RequestListener = (request, response) => void this.#answer(request, response);
    this.#server = tls ? https.createServer(tls, handle) : http.createServer(handle);
  }

  static async start(tls?: https.ServerOptions): Promise<Collector> {
    const collector = new Collector(tls);
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(protocol: 'http' | 'https' = 'http'): URL {
    return new URL(`${protocol}://127.0.0.1:${String(this.port)}/events`);
  }

  /** In the order in which they came. */
  get events(): readonly ChainedEvent[] {
    return [...this.#kept.values()];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const mood = this.moods.shift() ?? this.mood;
    if (mood === 'drop') return void request.socket.destroy();
    if (mood === 'silent') return void request.resume();
    const body = await buffer(request);
    this.requests.push({ url: request.url ?? '', body, headers: request.headers });
    switch (mood) {
      case 'too-many':
        return void response.writeHead(429, { 'retry-after': '1' }).end();
      case 'unavailable':
        return void response.writeHead(503).end();
      case 'redirect':
        return void response.writeHead(307, { location: '/elsewhere' }).end();
      case 'lose-answer':
        this.#keep(body);
        return void request.socket.destroy();
      case 'close-within-body':
        this.#keep(body);
        response.writeHead(200, { 'content-length': '1000' }).write('half');
        return void setImmediate(() => request.socket.destroy());
      case 'answer-late':
        this.#keep(body);
        return void setTimeout(() => response.writeHead(200).end(), 300);
      case 'well':
        this.#keep(body);
        return void response.writeHead(200).end();
    }
  }

  #keep(body: Buffer): void {
    if (body[0] !== 0x7b) return;
    const { events = [] } = JSON.parse(body.toString()) as { events?: readonly ChainedEvent[] };
    for (const event of events) {
      if (this.#kept.has(event.hash)) this.duplicates += 1;
      else this.#kept.set(event.hash, event);
    }
  }
}
