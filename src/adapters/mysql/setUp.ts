/** Prepares a fresh line: fixes what our checks rely on, and learns who the server says it is. */
import type { ServerIdentity } from '../../app/ports.ts';
import type { Failure } from '../../core/errors.ts';
import type { ConnectionProfile } from '../../core/profile/connection.ts';
import { dialectNames } from '../../core/profile/dialectNames.ts';
import type { Dialect } from '../../core/sql/verdict.ts';
import { notPrepared, shortDeadlineMs } from './context.ts';
import { describeBroken, parseGuards, readGuards, setGuards, type Guards } from './guards.ts';
import type { Line } from './line.ts';

export type SetUp = {
  readonly server: ServerIdentity;
  readonly versionNumber: number;
  readonly guards: Guards;
  readonly threadId: string;
  /** Tells servers apart: behind a proxy two lines can end at different ones. */
  readonly serverId: string;
};

/** Settings of the line beside the person's, which only ever asks. */
const metadataLimit: Record<Exclude<Dialect, 'postgresql'>, string> = {
  mysql: 'SET SESSION max_execution_time = 15000',
  mariadb: 'SET SESSION max_statement_time = 15',
};

export async function setUpLine(line: Line, profile: ConnectionProfile, role: 'statements' | 'metadata'): Promise<SetUp | { readonly failure: Failure }> {
  const asked = await ask(line, 'SELECT VERSION(), CONNECTION_ID(), @@SESSION.sql_mode, CURRENT_USER(), DATABASE(), CONCAT_WS(\':\', @@hostname, @@port, @@server_id)');
  if ('failure' in asked) return asked;
  const [fullVersion, threadId, sqlMode, user, database, serverId] = asked.row.map((value) => value ?? '');
  const dialect: Dialect = /mariadb/i.test(fullVersion ?? '') ? 'mariadb' : 'mysql';
  const version = /^[\d.]+/.exec(fullVersion ?? '')?.[0] ?? '';
  if (dialect !== profile.dialect) return { failure: otherDialect(profile, dialect, version) };
  const settings = [setGuards(dialect, sqlMode ?? ''), ...(role === 'metadata' ? [metadataLimit[dialect]] : [])];
  for (const setting of settings) {
    const set = await ask(line, setting);
    if ('failure' in set) return set;
  }
  const checked = await ask(line, readGuards(dialect));
  if ('failure' in checked) return checked;
  const guards = parseGuards(checked.row);
  const broken = describeBroken(guards, guards);
  if (broken) return { failure: { ...broken, message: `Not connected: the server did not accept what this session needs. ${broken.message}` } };
  return {
    server: { dialect, version, database: database ?? '', user: (user ?? '').replace(/@[^@]*$/, ''), encrypted: line.encrypted },
    versionNumber: numberOf(version),
    guards,
    threadId: threadId ?? '',
    serverId: serverId ?? '',
  };
}

async function ask(line: Line, text: string): Promise<{ readonly row: readonly (string | null)[] } | { readonly failure: Failure }> {
  const end = await line.run(text, { deadlineMs: shortDeadlineMs });
  return end.kind === 'complete' ? { row: end.results[0]?.rows[0] ?? [] } : { failure: notPrepared(end) };
}

/** 10.11.19 → 101119. */
function numberOf(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return major * 10_000 + minor * 100 + patch;
}

function otherDialect({ dialect: said, name }: ConnectionProfile, is: Dialect, version: string): Failure {
  return {
    code: 'connection',
    message: `Not connected: the server is ${dialectNames[is]} ${version}, and the connection ${name} says ${dialectNames[said]}. The two read some texts differently, so what was checked would not be what runs. Change the dialect of this connection to ${is} and connect again.`,
  };
}
