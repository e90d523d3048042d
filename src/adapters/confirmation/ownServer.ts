/**
 * The confirmation server in this editor, for when no other is set up: started when it is first needed, on this machine's loopback only.
 * All windows of a person use one: the first one serves, and when it is closed the next one that needs the server takes its place, on
 * the same port and the same file, so that links stay good.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { b64uOf, closed, listOf, oneOf, whole } from '../../core/approval/guards.ts';
import type { Guarded } from '../../core/approval/guards.ts';
import { parseServerView } from '../../protocol/confirmation.ts';
import { toFailure } from '../../core/errors.ts';
import { writeOver } from './durableFiles.ts';
import { call } from './httpCall.ts';

/** What runs when it was started. */
export type StartedServer = { readonly port: number; close(): Promise<void> };

export type OwnServerOptions = {
  /** Absolute path; made when it is missing. */
  readonly folder: string;
  /** Rejects, in words for people, where there can be none. Takes another port when the wanted one is not free. */
  readonly start: (options: { readonly file: string; readonly port?: number }) => Promise<StartedServer>;
};

export type OwnServerState = { readonly kind: 'running'; /** Without a slash at the end. */ readonly url: string } | { readonly kind: 'failed'; readonly message: string };

export interface OwnServer {
  /** Running afterwards, in this window or in another one. Never rejects. */
  ensure(): Promise<OwnServerState>;
  /** Where to call a server: this one is started first, and found where it is now when it had to move. Others stay as they are. */
  addressOf(server: string): Promise<string>;
  close(): Promise<void>;
}

const isPort = whole(1, 65_535);
/** `former`: ports it had before somebody else took them; links with those still name what it keeps. */
const isState = closed({ v: oneOf(1), port: isPort, keyid: b64uOf(32) }, { former: listOf(isPort, 100) });
type State = Guarded<typeof isState>;
const maxFormer = 20;
/** How soon a window notices that the one which served was closed. */
const watchMs = 3000;

export function createOwnServer({ folder, start }: OwnServerOptions): OwnServer {
  const stateFile = path.join(folder, 'server.json');
  let mine: StartedServer | undefined;
  let starting: Promise<OwnServerState> | undefined;
  let watching: NodeJS.Timeout | undefined;
  let isClosed = false;

  const remembered = async (): Promise<State | undefined> => {
    const text = await readFile(stateFile, 'utf8').catch(() => '');
    try {
      const value: unknown = JSON.parse(text);
      return isState(value) ? value : undefined;
    } catch {
      // Never started, or cut off: then another port is taken.
      return undefined;
    }
  };
  const ensureNow = async (): Promise<OwnServerState> => {
    if (mine !== undefined) return { kind: 'running', url: urlOf(mine.port) };
    const last = await remembered();
    if (last !== undefined && (await keyAt(last.port)) === last.keyid) {
      watch();
      return { kind: 'running', url: urlOf(last.port) };
    }
    try {
      const started = await start({ file: path.join(folder, 'confirmations.sqlite'), ...(last === undefined ? {} : { port: last.port }) });
      if (isClosed) await started.close();
      else mine = started;
      const keyid = await keyAt(started.port);
      if (keyid !== undefined) await writeOver(stateFile, `${JSON.stringify(nextState(last, started.port, keyid))}\n`);
      return { kind: 'running', url: urlOf(started.port) };
    } catch (thrown) {
      return { kind: 'failed', message: toFailure(thrown).message };
    }
  };
  const ensure = async (): Promise<OwnServerState> => {
    if (isClosed) return { kind: 'failed', message: 'This window is being closed.' };
    starting ??= ensureNow().finally(() => {
      starting = undefined;
    });
    return await starting;
  };
  /** Another window serves: whoever waits here must not be left alone when it goes. */
  const watch = (): void => {
    if (watching !== undefined) return;
    watching = setInterval(() => void ensure(), watchMs);
    watching.unref();
  };

  return {
    ensure,
    async addressOf(server) {
      const last = await remembered();
      if (last === undefined || ![last.port, ...(last.former ?? [])].some((port) => server === urlOf(port))) return server;
      const state = await ensure();
      return state.kind === 'running' ? state.url : server;
    },
    async close() {
      isClosed = true;
      clearInterval(watching);
      await starting;
      await mine?.close();
      mine = undefined;
    },
  };
}

function nextState(last: State | undefined, port: number, keyid: string): State {
  const former = [...new Set([...(last === undefined ? [] : [last.port]), ...(last?.former ?? [])])].filter((each) => each !== port).slice(0, maxFormer);
  return { v: 1, port, keyid, former };
}

/** Not 127.0.0.1: browsers keep passkeys for names only. */
function urlOf(port: number): string {
  return `http://localhost:${String(port)}`;
}

/** Names the server that answers there; `undefined` when none does. */
async function keyAt(port: number): Promise<string | undefined> {
  const answer = await call(`http://127.0.0.1:${String(port)}/v1/server`, { signal: AbortSignal.timeout(2000) }, parseServerView);
  return answer.kind === 'ok' ? answer.value.key.keyid : undefined;
}
