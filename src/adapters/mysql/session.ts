/** MySQL and MariaDB behind the `Session` port. Entry of a bundle of its own, loaded when the first such connection is opened. */
import { createTurns } from '../turns.ts';
import type { Clock, ReadEnd, ServerIdentity, Session, SessionStart, TransactionState } from '../../app/ports.ts';
import type { Failure } from '../../core/errors.ts';
import type { ConnectionProfile } from '../../core/profile/connection.ts';
import { addressOf, type Address } from '../address.ts';
import { createMetadataLine, type MetadataLine } from '../metadataLine.ts';
import { runAlone } from './alone.ts';
import { beginChange } from './change/beginChange.ts';
import { settleByRows } from './change/evidence.ts';
import { openLine } from './connect.ts';
import type { Context } from './context.ts';
import { executeStatement } from './execute.ts';
import { inspectStatement } from './inspect.ts';
import { killFrom } from './kill.ts';
import type { Line } from './line.ts';
import { readPlace } from './place.ts';
import { readStatement } from './read.ts';
import { setUpLine, type SetUp } from './setUp.ts';
import { lostFailure } from './sqlFailure.ts';

export type OpenOptions = {
  readonly profile: ConnectionProfile;
  /** Absent: the server is asked without one, and the failure says so when it wants one. */
  readonly password?: string;
  /** What administrators see, e.g. `countersign session ann`. */
  readonly applicationName: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

type Opened = SetUp & { readonly line: Line };
type Opening = { readonly address: Address; readonly options: OpenOptions; readonly role: 'statements' | 'metadata'; readonly signal?: AbortSignal };

/** Opens the two lines of a session, both at once. Never rejects. */
export async function openMysqlSession(options: OpenOptions): Promise<SessionStart> {
  const found = await addressOf(options.profile, options.password);
  if ('failure' in found) return { kind: 'failed', failure: found.failure };
  const { address } = found;
  const [own, metadata] = await Promise.all([open({ address, options, role: 'statements' }), open({ address, options, role: 'metadata' })]);
  if ('failure' in own || 'failure' in metadata) {
    for (const start of [own, metadata]) if ('line' in start) start.line.destroy('The session was not opened.');
    const failed = 'failure' in own ? own : (metadata as { readonly failure: Failure });
    return { kind: 'failed', failure: failed.failure };
  }
  const reopen = async () => {
    const start = await open({ address, options, role: 'metadata', signal: new AbortController().signal });
    if ('failure' in start) return undefined;
    if (start.serverId === own.serverId) return start.line;
    start.line.destroy('It leads to another server than the session.');
    return undefined;
  };
  if (metadata.serverId !== own.serverId) metadata.line.destroy('It leads to another server than the session.');
  return { kind: 'open', session: createSession(own, address, options.clock, createMetadataLine(metadata.line, reopen)) };
}

export type ConnectionTest =
  | { readonly kind: 'ok'; readonly server: ServerIdentity }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Connects, learns who is there, and leaves. Never rejects. */
export async function testMysqlConnection(options: OpenOptions): Promise<ConnectionTest> {
  const found = await addressOf(options.profile, options.password);
  if ('failure' in found) return { kind: 'failed', failure: found.failure };
  const start = await open({ address: found.address, options, role: 'statements' });
  if ('failure' in start) return { kind: 'failed', failure: start.failure };
  await start.line.close();
  return { kind: 'ok', server: start.server };
}

async function open({ address, options, role, signal = options.signal }: Opening): Promise<Opened | { readonly failure: Failure }> {
  const { profile, clock } = options;
  const applicationName = role === 'metadata' ? `${options.applicationName} (metadata)` : options.applicationName;
  const start = await openLine({ address, applicationName, clock, signal });
  if ('failure' in start) return start;
  const setUp = await setUpLine(start.line, profile, role);
  if (!('failure' in setUp)) return { ...setUp, line: start.line };
  start.line.destroy(setUp.failure.message);
  return setUp;
}

function createSession({ line, server, versionNumber, guards, threadId, serverId, notice }: Opened, address: Address, clock: Clock, metadata: MetadataLine<Line>): Session {
  const context: Context = { address, server, versionNumber, line, threadId, metadata: () => metadata.line(), clock, guards, notice, timeLimitMs: 0, hasOpenChange: false };
  line.kill = killFrom({ metadata: () => metadata.line(), address, clock, threadId, serverId });
  let closing = false;
  const inTurn = createTurns();
  const lost = new Promise<Failure>((resolve) => {
    void line.lost.then((loss) => {
      metadata.close();
      if (!closing) resolve(lostFailure(loss, 'The next run connects anew; session settings made by hand are gone.'));
    });
  });
  return {
    server,
    lost,
    transactionState: () => stateOf(line),
    read: async (request) => await inTurn(async () => (context.hasOpenChange ? changeOpen : await readStatement(context, request))),
    execute: async (request) => await inTurn(async () => (context.hasOpenChange ? changeOpen : await executeStatement(context, request))),
    inspect: async (request) => await inTurn(async () => await inspectStatement(context, request)),
    place: async () => await inTurn(async () => (context.hasOpenChange ? undefined : await readPlace(context))),
    runAlone: async (_intent, request) => await inTurn(async () => (context.hasOpenChange ? { kind: 'failed', failure: stillOpen } : await runAlone(context, request))),
    beginChange: async (request) => await inTurn(async () => await beginChange(context, request)),
    // Neither server remembers how a transaction ended; its rows tell, where they still are as it left or found them.
    settle: async (transactionId) => (context.evidence?.transactionId === transactionId ? await settleByRows(context.evidence, { address, clock }) : 'unknown'),
    async close() {
      closing = true;
      await line.close();
    },
  };
}

/** Anything else on the same line would run inside the change. */
const stillOpen: Failure = { code: 'internal', message: 'Not run: a change of this document is still open. Commit it or roll it back first.' };
const changeOpen: ReadEnd = { kind: 'failed', failure: stillOpen };

function stateOf(line: Line): TransactionState {
  if (line.isLost) return 'lost';
  return line.inTransaction ? 'open' : 'none';
}
