/** The calls of the page to the server it came from. All addresses are relative: the server may be below a proxy. */
import { b64u, parseB64u } from '../../src/core/approval/bytes.ts';
import type { Bytes } from '../../src/core/approval/bytes.ts';
import { parseProblem, parseRequestEvent, parseRequestView, isPostTeam } from '../../src/protocol/confirmation.ts';
import type { MessageKind, RequestEvent, RequestView, TeamFileMessage } from '../../src/protocol/confirmation.ts';
import { createEventReader } from '../../src/protocol/eventStream.ts';

/** A call that was answered with a refusal, or not at all. `code` is the server's, `offline` when there was no answer. */
export class RelayProblem extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Relay {
  view(): Promise<RequestView>;
  team(): Promise<TeamFileMessage>;
  /** The same bytes can be sent again when the answer was lost. */
  post(kind: MessageKind, box: Bytes): Promise<void>;
  /** Calls back for each event after `seq`, comes back by itself, and ends with the request. */
  follow(seq: number, onEvent: (event: RequestEvent) => void): void;
}

const paths: Readonly<Record<MessageKind, string>> = { decision: 'decisions', seen: 'seen', enrolment: 'enrolments' };
const retryMs = 2000;

export function connectRelay(id: string, readToken: Bytes): Relay {
  const base = `../v1/requests/${id}`;
  const call = async (path: string, { headers = {}, ...init }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}): Promise<Response> => {
    const answer = await fetch(base + path, { ...init, headers: { Authorization: `Bearer ${b64u(readToken)}`, ...headers }, cache: 'no-store', credentials: 'omit', redirect: 'error' }).catch(() => {
      throw new RelayProblem('offline', 'The server did not answer.');
    });
    if (answer.ok) return answer;
    const problem = parseProblem(await answer.json().catch(() => undefined));
    throw new RelayProblem(problem?.error.code ?? String(answer.status), problem?.error.message ?? `The server answered ${String(answer.status)}.`);
  };
  return {
    async view() {
      const view = parseRequestView(await (await call('')).json());
      if (view === undefined) throw new RelayProblem('malformed', 'The server answered in a way this page does not understand.');
      return view;
    },
    async team() {
      const file: unknown = await (await call('/team')).json();
      if (!isPostTeam(file)) throw new RelayProblem('malformed', 'The server answered in a way this page does not understand.');
      return file;
    },
    async post(kind, box) {
      await call(`/${paths[kind]}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ box: b64u(box) }) });
    },
    follow(seq, onEvent) {
      void keepFollowing(async (after) => await call('/events', { headers: { Accept: 'text/event-stream', 'Last-Event-ID': String(after) } }), seq, onEvent);
    },
  };
}

type OpenStream = (after: number) => Promise<Response>;

async function keepFollowing(open: OpenStream, seq: number, onEvent: (event: RequestEvent) => void): Promise<void> {
  let last = seq;
  let isOver = false;
  while (!isOver) {
    try {
      const answer = await open(last);
      for await (const event of eventsOf(answer)) {
        last = event.seq;
        isOver ||= event.kind === 'claimed' || event.kind === 'closed' || event.kind === 'expired';
        onEvent(event);
      }
    } catch (error) {
      // Gone for good: nothing will ever be said about it again.
      if (error instanceof RelayProblem && error.code === 'not-found') return;
    }
    if (!isOver) await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

async function* eventsOf(answer: Response): AsyncGenerator<RequestEvent> {
  const decoder = new TextDecoder();
  const read = createEventReader();
  const reader = answer.body?.getReader();
  for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
    for (const { data } of read(decoder.decode(piece.value, { stream: true }))) {
      const event = parseRequestEvent(parseJson(data));
      if (event !== undefined) yield event;
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A server that sends this has nothing to say.
    return undefined;
  }
}

/** What a sealed box of the view holds, as bytes. */
export function boxOf({ box }: RequestView): Bytes | undefined {
  return box === null ? undefined : parseB64u(box);
}
