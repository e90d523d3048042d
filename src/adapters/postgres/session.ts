/** PostgreSQL behind the `Session` port. Entry of a bundle of its own, loaded when the first PostgreSQL connection is opened. */
import { createTurns } from '../turns.ts';
import type { Clock, ReadEnd, ServerIdentity, Session, SessionStart, TransactionState } from '../../app/ports.ts';
import type { Failure } from '../../core/errors.ts';
import type { ConnectionProfile } from '../../core/profile/connection.ts';
import type { NameAnswer } from '../../core/sql/settleNames.ts';
import { addressOf, type Address } from '../address.ts';
import { runAlone } from './alone.ts';
import { beginChange } from './change.ts';
import { cancelBeside } from './cancelRequest.ts';
import { createColumnTypes } from './columnTypes.ts';
import { openLine, type LineStart } from './connect.ts';
import type { Context } from './context.ts';
import { executeStatement } from './execute.ts';
import { inspectStatement } from './inspect.ts';
import type { Line } from './line.ts';
import { createNameLookUp } from './lookUp.ts';
import { createMetadataLine, type MetadataLine } from '../metadataLine.ts';
import { placeOfSession } from './place.ts';
import { readStatement } from './read.ts';
import { metadataSettings, setUpLine, statementSettings, type SetUp } from './setUp.ts';
import { settleTransaction } from './settle.ts';
import { lostFailure } from './sqlFailure.ts';
import { createTransactionMarks, formatMark, parseMark } from './transactionMark.ts';

export type OpenOptions = {
  readonly profile: ConnectionProfile;
  /** Absent: the server is asked without one, and the failure says so when it wants one. */
  readonly password?: string;
  /** What administrators see, e.g. `countersign session ann`. */
  readonly applicationName: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** Opens the two lines of a session, both at once. Never rejects. */
export async function openPostgresSession(options: OpenOptions): Promise<SessionStart> {
  const found = await addressOf(options.profile, options.password);
  if ('failure' in found) return { kind: 'failed', failure: found.failure };
  const { address } = found;
  const { clock, signal, applicationName } = options;
  const beside = `${applicationName} (metadata)`;
  const openBeside = async (abort: AbortSignal) => prepared(await openLine({ address, applicationName: beside, clock, signal: abort }), metadataSettings);
  const [own, metadata] = await Promise.all([
    openLine({ address, applicationName, clock, signal }).then((start) => prepared(start, statementSettings)),
    openBeside(signal),
  ]);
  if ('failure' in own || 'failure' in metadata) {
    for (const start of [own, metadata]) if ('line' in start) start.line.destroy('The session was not opened.');
    const failed = 'failure' in own ? own : (metadata as { readonly failure: Failure });
    return { kind: 'failed', failure: failed.failure };
  }
  const reopen = async () => {
    const start = await openBeside(new AbortController().signal);
    return 'line' in start ? start.line : undefined;
  };
  return { kind: 'open', session: createSession(own, address, clock, createMetadataLine(metadata.line, reopen)) };
}

export type ConnectionTest =
  | { readonly kind: 'ok'; readonly server: ServerIdentity }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Connects, learns who is there, and leaves. Never rejects. */
export async function testPostgresConnection(options: OpenOptions): Promise<ConnectionTest> {
  const found = await addressOf(options.profile, options.password);
  if ('failure' in found) return { kind: 'failed', failure: found.failure };
  const { applicationName, clock, signal } = options;
  const start = await prepared(await openLine({ address: found.address, applicationName, clock, signal }), statementSettings);
  if ('failure' in start) return { kind: 'failed', failure: start.failure };
  await start.line.close();
  return { kind: 'ok', server: start.server };
}

type Prepared = SetUp & { readonly line: Line };

async function prepared(start: LineStart, settings: Readonly<Record<string, string>>): Promise<Prepared | { readonly failure: Failure }> {
  if ('failure' in start) return start;
  const setUp = await setUpLine(start.line, settings);
  if (!('failure' in setUp)) return { ...setUp, line: start.line };
  start.line.destroy(setUp.failure.message);
  return setUp;
}

function createSession({ line, server, versionNumber, guards, backend }: Prepared, address: Address, clock: Clock, metadata: MetadataLine<Line>): Session {
  const types = createColumnTypes(() => metadata.line());
  const context: Context = { address, server, versionNumber, line, metadata: () => metadata.line(), types, clock, guards, hasOpenChange: false };
  const names = createNameLookUp(context);
  line.quickCancel = async () => cancelBeside(await metadata.line(), backend);
  // Ahead of the first result, and nobody waits for it.
  void types.preload();
  const marks = createTransactionMarks(() => metadata.line());
  let closing = false;
  const inTurn = createTurns();
  /** Like `inTurn`, for what may change the meaning of names. */
  const changing = async <Result>(work: () => Promise<Result>): Promise<Result> => await inTurn(work).finally(names.forget);
  const begun: Session['beginChange'] = async (request) => {
    const start = await beginChange(context, request);
    if (start.kind !== 'open') return start;
    // Beside the change: who will answer for it, should the answer to its COMMIT be lost.
    marks.begin(start.change.preview.transactionId);
    return { kind: 'open', change: { ...start.change, mark: async () => formatted(await marks.mark()) } };
  };
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
    execute: async (request) => await changing(async () => (context.hasOpenChange ? changeOpen : await executeStatement(context, request))),
    beginChange: async (request) => await changing(async () => await begun(request)),
    inspect: async (request) => await inTurn(async () => (context.hasOpenChange ? { facts: [], unknown: [stillOpen.message] } : await inspectStatement(context, request))),
    place: async () => await inTurn(async () => (context.hasOpenChange ? undefined : await placeOfSession(context))),
    runAlone: async (_intent, request) => await changing(async () => (context.hasOpenChange ? { kind: 'failed', failure: stillOpen } : await runAlone(context, request))),
    lookUp: async (calls, signal) => await inTurn(async () => (context.hasOpenChange ? unasked : await names.ask(calls, signal))),
    settle: async (transactionId, recorded) => {
      const mark = recorded === undefined ? await marks.of(transactionId) : parseMark(recorded);
      return await settleTransaction(transactionId, { address, applicationName: 'countersign settle', clock, mark });
    },
    async close() {
      closing = true;
      await line.close();
    },
  };
}

function formatted(mark: Parameters<typeof formatMark>[0] | undefined): string | undefined {
  return mark && formatMark(mark);
}

const unasked: NameAnswer = { kind: 'unanswered', message: 'a change of this document is still open' };

/** Anything else on the same line would run inside the change. */
const stillOpen: Failure = { code: 'internal', message: 'Not run: a change of this document is still open. Commit it or roll it back first.' };
const changeOpen: ReadEnd = { kind: 'failed', failure: stillOpen };

function stateOf(line: Line): TransactionState {
  if (line.isLost) return 'lost';
  switch (line.status) {
    case 'I':
      return 'none';
    case 'T':
      return 'open';
    case 'E':
      return 'failed';
  }
}
