/** A TCP proxy for tests: slow lines, and lines that break at a chosen moment. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type TcpProxyOptions = {
  readonly host: string;
  readonly port: number;
  /** One way, in milliseconds. */
  readonly delayToServerMs?: number;
  readonly delayToClientMs?: number;
};

type Matches = (chunk: Buffer) => boolean;

export type TcpProxy = {
  readonly host: string;
  readonly port: number;
  /** For each line opened so far: how often the client spoke after the server had, the first words included. */
  readonly roundTrips: () => readonly number[];
  /**
   * Once a client sends something that matches: passes it on, waits for an answer that matches, keeps it, and cuts the
   * line. The server acted; the client never learns of it. Resolves then.
   */
  readonly cutAfterRequest: (request: Matches, answer?: Matches) => Promise<void>;
  /** Once a client sends something that matches: cuts the line instead of passing it on. Resolves then. */
  readonly cutBeforeRequest: (request: Matches) => Promise<void>;
  /** Once a client sends something that matches: keeps it until `work` is done, and passes it on then. Resolves then. */
  readonly holdRequest: (request: Matches, work: () => Promise<void>) => Promise<void>;
  /** Cuts the line on which the server has sent so many more bytes; what is beyond them is lost. Resolves then. */
  readonly cutAfterBytes: (bytes: number) => Promise<void>;
  /** Cuts all lines now. New ones are accepted. */
  readonly cutAll: () => void;
  /** Whether new lines are cut at once. */
  readonly refuse: (refusing: boolean) => void;
  readonly setDelays: (toServerMs: number, toClientMs: number) => void;
  readonly stop: () => Promise<void>;
};

type Line = { readonly client: Socket; readonly server: Socket; roundTrips: number; lastSpeaker: 'client' | 'server' };
/** Sees each chunk before it is passed on and returns what is to be passed; `undefined` when it took care itself. */
type Tap = (line: Line, from: 'client' | 'server', chunk: Buffer) => Buffer | undefined;

/** Starts the proxy on a free port of the loopback address. */
export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const lines: Line[] = [];
  const delays = { client: options.delayToServerMs ?? 0, server: options.delayToClientMs ?? 0 };
  let tap: Tap | undefined;
  let refusing = false;

  const listener = createServer((client) => {
    if (refusing) {
      client.destroy();
      return;
    }
    const line: Line = { client, server: connect(options.port, options.host), roundTrips: 0, lastSpeaker: 'server' };
    lines.push(line);
    passOn(line, 'client');
    passOn(line, 'server');
  });

  function passOn(line: Line, from: 'client' | 'server'): void {
    const to = from === 'client' ? line.server : line.client;
    const inOrder = createDelayLine(() => delays[from]);
    line[from].setNoDelay(true);
    line[from].on('data', (chunk: Buffer) => {
      if (from === 'client' && line.lastSpeaker === 'server') line.roundTrips += 1;
      line.lastSpeaker = from;
      const rest = tap ? tap(line, from, chunk) : chunk;
      if (rest) inOrder(() => to.destroyed || to.write(rest));
    });
    line[from].on('end', () => inOrder(() => to.end()));
    // A broken half breaks the other: to each side it looks as if the network had done it.
    line[from].on('error', () => to.destroy());
    line[from].on('close', () => inOrder(() => to.end()));
  }

  /** Installs a tap that removes itself once `step` says it is done. */
  function tapUntilDone(step: (line: Line, from: 'client' | 'server', chunk: Buffer) => { pass?: Buffer; done?: boolean }): Promise<void> {
    return new Promise((resolve) => {
      tap = (line, from, chunk) => {
        const { pass, done } = step(line, from, chunk);
        if (done) {
          tap = undefined;
          // What is still to be passed on goes first.
          if (pass) line.client.write(pass);
          cut(line);
          resolve();
          return undefined;
        }
        return pass;
      };
    });
  }

  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    host: '127.0.0.1',
    port: (listener.address() as AddressInfo).port,
    roundTrips: () => lines.map((line) => line.roundTrips),
    cutAfterRequest(request, answer = () => true) {
      let asked: Line | undefined;
      return tapUntilDone((line, from, chunk) => {
        if (!asked && from === 'client' && request(chunk)) asked = line;
        const isAnswer = line === asked && from === 'server';
        return isAnswer ? { done: answer(chunk) } : { pass: chunk };
      });
    },
    cutBeforeRequest: (request) => tapUntilDone((_line, from, chunk) => (from === 'client' && request(chunk) ? { done: true } : { pass: chunk })),
    holdRequest(request, work) {
      return new Promise((resolve, reject) => {
        tap = (line, from, chunk) => {
          if (from !== 'client' || !request(chunk)) return chunk;
          tap = undefined;
          work().then(() => {
            line.server.write(chunk);
            resolve();
          }, reject);
          return undefined;
        };
      });
    },
    cutAfterBytes(bytes) {
      let left = bytes;
      return tapUntilDone((_line, from, chunk) => {
        if (from === 'client') return { pass: chunk };
        const pass = chunk.subarray(0, left);
        left -= pass.length;
        return { pass, done: left === 0 };
      });
    },
    cutAll: () => lines.forEach(cut),
    refuse: (value) => void (refusing = value),
    setDelays: (toServerMs, toClientMs) => void Object.assign(delays, { client: toServerMs, server: toClientMs }),
    async stop() {
      lines.forEach(cut);
      listener.close();
      await once(listener, 'close');
    },
  };
}

function cut(line: Line): void {
  line.client.destroySoon();
  line.server.destroy();
}

/** Runs actions after a delay, always in the order they came. */
function createDelayLine(delayMs: () => number): (action: () => void) => void {
  let waiting: Promise<void> = Promise.resolve();
  return (action) => {
    const delay = delayMs();
    const due = delay === 0 ? Promise.resolve() : new Promise<void>((resolve) => setTimeout(resolve, delay));
    waiting = waiting.then(() => due).then(action);
  };
}
