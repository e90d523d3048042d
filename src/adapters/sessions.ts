/** One pinned session for each document, whatever the database. Drivers are loaded when the first connection needs them. */
import type { Clock, Session, Sessions, SessionStart, TransactionState } from '../app/ports.ts';
import { toFailure, type Failure } from '../core/errors.ts';
import type { ConnectionProfile } from '../core/profile/connection.ts';
import type { Dialect } from '../core/sql/verdict.ts';
import { unreachable } from '../core/unreachable.ts';
import { part } from './onDemand.ts';

export type SessionsOptions = {
  /** The password that is known without asking anybody, or `undefined`. A rejection fails the attempt to connect. */
  readonly password: (profile: ConnectionProfile) => Promise<string | undefined>;
  /** Asks the person; called only when the server wants a password and none is known. `undefined`: they gave none. */
  readonly askPassword: (profile: ConnectionProfile) => Promise<string | undefined>;
  /** Shown to administrators behind `countersign session`. */
  readonly osUser: string;
  readonly clock: Clock;
};

export type LostListener = (document: string, failure: Failure) => void;

export interface DocumentSessions extends Sessions {
  /** Ends the document's session; the server rolls back what was open. Resolves when the line is closed. */
  closeDocument(document: string): Promise<void>;
  closeAll(): Promise<void>;
  /** Calls back when a line breaks that nobody closed. The returned function removes the listener. */
  onLost(listener: LostListener): () => void;
  /** `none` for a document without a session. */
  transactionState(document: string): TransactionState;
}

type Entry = { readonly target: string; readonly start: Promise<SessionStart>; session?: Session; lost?: boolean };

export function createSessions(options: SessionsOptions): DocumentSessions {
  const entries = new Map<string, Entry>();
  const listeners = new Set<LostListener>();

  async function acquire(document: string, connection: ConnectionProfile, signal: AbortSignal): Promise<SessionStart> {
    const target = targetOf(connection);
    const present = entries.get(document);
    if (present && present.target === target && present.lost !== true) return await present.start;
    if (present) await closeDocument(document);
    const start = open(connection, options, signal).then((opened) => follow(document, entry, opened));
    const entry: Entry = { target, start };
    entries.set(document, entry);
    const opened = await start;
    return opened.kind === 'open' && present?.lost === true && present.target === target ? { ...opened, reopened: true } : opened;
  }

  /** Keeps what was opened, unless the document was closed meanwhile. */
  async function follow(document: string, entry: Entry, opened: SessionStart): Promise<SessionStart> {
    if (entries.get(document) !== entry) {
      if (opened.kind === 'open') await opened.session.close();
      return { kind: 'failed', failure: closedMeanwhile };
    }
    if (opened.kind === 'failed') {
      entries.delete(document);
      return opened;
    }
    entry.session = opened.session;
    void opened.session.lost.then((failure) => {
      entry.lost = true;
      for (const listener of listeners) listener(document, failure);
    });
    return opened;
  }

  async function closeDocument(document: string): Promise<void> {
    const entry = entries.get(document);
    entries.delete(document);
    if (entry?.session) await entry.session.close();
  }

  return {
    acquire,
    closeDocument,
    async closeAll() {
      await Promise.all([...entries.keys()].map(closeDocument));
    },
    onLost(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    transactionState: (document) => entries.get(document)?.session?.transactionState() ?? 'none',
  };
}

/** Never rejects. A server that wants no password never makes us ask for one. */
async function open(profile: ConnectionProfile, options: SessionsOptions, signal: AbortSignal): Promise<SessionStart> {
  const known = await passwordOf(profile, options.password);
  if ('failure' in known) return { kind: 'failed', failure: known.failure };
  const start = await openWith(profile, options, known, signal);
  if (start.kind === 'open' || start.failure.code !== 'credentials' || known.password !== undefined || signal.aborted) return start;
  const asked = await passwordOf(profile, options.askPassword);
  if ('failure' in asked) return { kind: 'failed', failure: asked.failure };
  return asked.password === undefined ? start : await openWith(profile, options, asked, signal);
}

async function openWith(
  profile: ConnectionProfile,
  { osUser, clock }: SessionsOptions,
  secret: { readonly password?: string },
  signal: AbortSignal,
): Promise<SessionStart> {
  const openSession = await openerFor(profile.dialect).catch((thrown: unknown) => toFailure(thrown));
  if (typeof openSession !== 'function') return { kind: 'failed', failure: openSession };
  return await openSession({ profile, ...secret, applicationName: `countersign session ${osUser}`, clock, signal });
}

async function openerFor(dialect: Dialect) {
  switch (dialect) {
    case 'postgresql':
      return (await part(import('./postgres/session.ts'))).openPostgresSession;
    case 'mysql':
    case 'mariadb':
      return (await part(import('./mysql/session.ts'))).openMysqlSession;
    default:
      return unreachable(dialect);
  }
}

async function passwordOf(
  profile: ConnectionProfile,
  password: SessionsOptions['password'],
): Promise<{ readonly password?: string } | { readonly failure: Failure }> {
  try {
    const secret = await password(profile);
    return secret === undefined ? {} : { password: secret };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return { failure: { code: 'credentials', message: `Not connected: the stored password could not be read (${why}).` } };
  }
}

/** A profile that leads elsewhere needs a new session; so does one that became protected, since settings made before would stay. */
function targetOf({ id, dialect, host, port, user, database, tls, ...profile }: ConnectionProfile): string {
  return JSON.stringify([id, dialect, host, port, user, database, tls.mode, tls.caFile ?? '', profile.protected]);
}

const closedMeanwhile: Failure = { code: 'connection', message: 'Not connected: the document was closed meanwhile.' };
