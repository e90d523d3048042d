/** What is verified: records of this machine, a log from its server or a file, and the team's files. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fetchLog, type FetchedLog } from '../../adapters/audit/fetchLog.ts';
import { listStreams, readStream, type ReadStream } from '../../adapters/audit/spool/streams.ts';
import { openSshKey } from '../../adapters/confirmation/sshSigner.ts';
import type { Bytes } from '../../core/approval/bytes.ts';
import { createCrypto } from '../../core/approval/crypto.ts';
import type { Signer } from '../../core/approval/envelope.ts';
import type { Team } from '../../core/approval/team.ts';
import { acceptTeam, parseTeamSignatures } from '../../core/approval/teamChain.ts';
import { describeTeamRefusal } from '../../core/approval/refusalText.ts';
import { parseReceiptLines } from '../../core/audit/verifyReceipts.ts';
import { parseLogEntry, parseLogView } from '../../protocol/audit.ts';
import { openKeyFile } from '../review/keyFile.ts';
import { UsageError } from '../usage.ts';

export const crypto = createCrypto(globalThis.crypto);

/** Streams in the order of their names. */
export async function readSpool(folder: string): Promise<readonly ReadStream[]> {
  const streams = (await listStreams(folder)).toSorted();
  return await Promise.all(streams.map(async (stream) => await readStream(folder, stream)));
}

/** Versions of one team's file, by digest, and the newest. A chain that does not hold ends where it breaks. */
export type TeamVersions = { readonly byDigest: ReadonlyMap<string, Team>; readonly newest: Team | undefined; readonly problem?: string };

/** @param files - oldest first; the signatures lie beside each, as `team.sig.json` or `NAME.sig.json`, unless they are named */
export async function readTeams(files: readonly string[], signatures: readonly string[]): Promise<TeamVersions> {
  if (signatures.length > 0 && signatures.length !== files.length) throw new UsageError('Give one --team-sig for each --team, in the same order, or none where the signatures lie beside the file.');
  const byDigest = new Map<string, Team>();
  let newest: Team | undefined;
  for (const [index, file] of files.entries()) {
    const signed = signatures[index] ?? file.replace(/\.jsonc?$/u, '.sig.json');
    const state = await acceptTeam(crypto, newest, [{ file: await bytesOf(file), signatures: parseTeamSignatures(await bytesOf(signed)) }]);
    if (state.kind === 'refused') return { byDigest, newest, problem: `${file}: ${describeTeamRefusal(state.code)}` };
    newest = state.team;
    byDigest.set(newest.digest, newest);
  }
  return { byDigest, newest };
}

async function bytesOf(file: string): Promise<Bytes> {
  return Uint8Array.from(await readFile(file).catch(() => { throw new UsageError(`${file} cannot be read.`); }));
}

export async function textOf(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => { throw new UsageError(`${file} cannot be read.`); });
}

/** A log as `audit export --server` wrote it: a line about the log, and one for each event. */
export async function readLogFile(file: string): Promise<Partial<Pick<FetchedLog, 'view'>> & Pick<FetchedLog, 'entries'>> {
  const text = await textOf(file);
  const entries = parseReceiptLines(text, parseLogEntry);
  const [view] = parseReceiptLines(text, parseLogView);
  const lines = text.split('\n').filter((line) => line !== '').length;
  if (lines !== entries.length + (view === undefined ? 0 : 1)) throw new UsageError(`${file} is no log that “audit export --server” wrote: not every line is an event of a log.`);
  return { entries, ...(view === undefined ? {} : { view }) };
}

export type ServerOptions = { readonly server: string; readonly ca?: string; readonly key?: string; readonly sshKey?: string; readonly team: Team | undefined };

export async function readServer({ server, ca, key, sshKey, team }: ServerOptions): Promise<FetchedLog> {
  if (!URL.canParse(server) || !/^https?:$/u.test(new URL(server).protocol)) throw new UsageError('--server is the address of a Countersign server: https://….');
  if (team === undefined) throw new UsageError('--server needs --team: the log belongs to a team, and gives itself to its members only.');
  const signer = await signerOf(key, sshKey);
  const log = await fetchLog({ url: new URL(server), now: Date.now, caller: { team: team.body.team, signer }, signal: AbortSignal.timeout(10 * 60_000), ...(ca === undefined ? {} : { ca: await textOf(ca) }) });
  if (typeof log === 'string') throw new UsageError(`The log at ${server} could not be read: ${log}`);
  return log;
}

/** Never makes a key: a new one belongs to nobody. */
async function signerOf(key: string | undefined, sshKey: string | undefined): Promise<Signer> {
  if ((key === undefined) === (sshKey === undefined)) throw new UsageError('Name the key that you are a member with: --ssh-key ~/.ssh/id_ed25519.pub, or --key FILE.');
  if (key !== undefined && !existsSync(key)) throw new UsageError(`${key} is not there.`);
  if (key !== undefined) return (await openKeyFile(crypto, path.resolve(key), Date.now())).signer;
  return (await openSshKey(crypto, sshKey ?? '', Date.now()).catch((error: unknown) => { throw new UsageError(error instanceof Error ? error.message : String(error)); })).signer;
}
