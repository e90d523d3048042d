/** Prepares a fresh line: fixes what our checks rely on, and learns who the server says it is. */
import type { ServerIdentity } from '../../app/ports.ts';
import type { Failure } from '../../core/errors.ts';
import type { ConnectionProfile } from '../../core/profile/connection.ts';
import { dialectNames } from '../../core/profile/dialectNames.ts';
import type { Dialect } from '../../core/sql/verdict.ts';
import { notPrepared, shortDeadlineMs } from './context.ts';
import { describeBroken, describeTakenModes, parseGuards, readGuards, setGuards, type Guards } from './guards.ts';
import type { Line } from './line.ts';

type MysqlDialect = Exclude<Dialect, 'postgresql'>;

export type SetUp = {
  readonly server: ServerIdentity;
  readonly versionNumber: number;
  readonly guards: Guards;
  readonly threadId: string;
  /** Tells servers apart: behind a proxy two lines can end at different ones. */
  readonly serverId: string;
  /** What a person has to know before the first result, if anything. */
  readonly notice?: string;
};

/** Settings of the line beside the person's, which only ever asks. */
const metadataLimit: Record<MysqlDialect, string> = {
  mysql: 'SET SESSION max_execution_time = 15000',
  mariadb: 'SET SESSION max_statement_time = 15',
};

export async function setUpLine(line: Line, profile: ConnectionProfile, role: 'statements' | 'metadata'): Promise<SetUp | { readonly failure: Failure }> {
  const found = await identify(line, profile);
  if ('failure' in found) return found;
  const { server, sqlMode, ...facts } = found;
  const { dialect } = server;
  const settings = [setGuards(dialect, sqlMode), ...(role === 'metadata' ? [metadataLimit[dialect]] : [])];
  for (const setting of settings) {
    const set = await ask(line, setting);
    if ('failure' in set) return set;
  }
  const checked = await ask(line, readGuards(dialect));
  if ('failure' in checked) return checked;
  const guards = parseGuards(checked.row);
  const broken = describeBroken(guards, guards);
  if (broken) return { failure: { ...broken, message: `Not connected: the server did not accept what this session needs. ${broken.message}` } };
  const notice = describeTakenModes(sqlMode);
  return { server, ...facts, guards, ...(notice === undefined ? {} : { notice }) };
}

type Identity = Pick<SetUp, 'versionNumber' | 'threadId' | 'serverId'> & {
  readonly server: ServerIdentity & { readonly dialect: MysqlDialect };
  /** As the server gives it to new sessions. */
  readonly sqlMode: string;
};

const whoIsThere = "SELECT VERSION(), @@SESSION.sql_mode, CURRENT_USER(), DATABASE(), CONNECTION_ID(), CONCAT_WS(':', @@hostname, @@port, @@server_id)";

async function identify(line: Line, profile: ConnectionProfile): Promise<Identity | { readonly failure: Failure }> {
  const asked = await ask(line, whoIsThere);
  if ('failure' in asked) return asked;
  const texts = asked.row.map((value) => value ?? '');
  const [fullVersion = '', sqlMode = '', account = '', database = ''] = texts;
  const [threadId = '', serverId = ''] = texts.slice(4);
  const dialect: MysqlDialect = /mariadb/i.test(fullVersion) ? 'mariadb' : 'mysql';
  const version = /^[\d.]+/.exec(fullVersion)?.[0] ?? '';
  if (dialect !== profile.dialect) return { failure: otherDialect(profile, dialect, version) };
  const versionNumber = numberOf(version);
  if (versionNumber < oldest[dialect].number) return { failure: tooOld(dialect, version) };
  const user = account.replace(/@[^@]*$/, '');
  return { server: { dialect, version, database, user, encrypted: line.encrypted }, versionNumber, threadId, serverId, sqlMode };
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

/** Before these, a session has no role to guard, or no read-only transactions that hold. */
const oldest = { mysql: { number: 80_000, said: '8.0' }, mariadb: { number: 100_300, said: '10.3' } } as const;

function tooOld(dialect: MysqlDialect, version: string): Failure {
  return { code: 'connection', message: `Not connected: the server is ${dialectNames[dialect]} ${version}, and only ${oldest[dialect].said} and newer keep what Countersign relies on. Nothing was sent.` };
}

function otherDialect({ dialect: said, name }: ConnectionProfile, is: Dialect, version: string): Failure {
  return {
    code: 'connection',
    message: `Not connected: the server is ${dialectNames[is]} ${version}, and the connection ${name} says ${dialectNames[said]}. The two read some texts differently, so what was checked would not be what runs. Change the dialect of this connection to ${is} and connect again.`,
    serverDialect: is,
  };
}
