/**
 * The versions of teams that were accepted on this machine, and which folder has which team. Each version is a file of its own that is
 * made once: the highest is in force, nothing takes it back, and two windows that accept the same one do not disturb each other.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { b64u, parseB64u } from '../../core/approval/bytes.ts';
import type { Crypto } from '../../core/approval/crypto.ts';
import { b64uOf, b64uText, closed, isObject, oneOf, whole } from '../../core/approval/guards.ts';
import type { Guarded } from '../../core/approval/guards.ts';
import { isTeamName, readTeam } from '../../core/approval/team.ts';
import type { Team } from '../../core/approval/team.ts';
import type { SignedTeam } from '../../core/approval/teamChain.ts';
import { isMissing, namesIn, writeOnce, writeOver } from './durableFiles.ts';

const isPin = closed({ v: oneOf(1), team: isTeamName, version: whole(1, 1_000_000_000), digest: b64uOf(32), file: b64uText(2_000_000), signatures: isObject });
type Pin = Guarded<typeof isPin>;
const isFolder = closed({ v: oneOf(1), team: isTeamName });

export type Pinned = { readonly team: Team; readonly signatures: unknown };

export interface TeamPins {
  /** The version in force. @throws when there is one that cannot be read: nobody may take that for none */
  latest(team: string): Promise<Pinned | undefined>;
  /** False when there is another file with this version already. */
  pin(team: Team, signatures: unknown): Promise<boolean>;
  /** Every version that was accepted, oldest first: what a server that is behind has to be told. */
  chain(team: string): Promise<readonly SignedTeam[]>;
  /** The team a folder has, since it was first seen there. */
  teamOf(folder: string): Promise<string | undefined>;
  bind(folder: string, team: string): Promise<void>;
  /** What was accepted for a folder's team is put aside: the next file is believed as if it were the first. */
  forget(folder: string): Promise<void>;
}

/** @param onPinned - told of each version that was accepted on this machine just now */
export function createTeamPins(crypto: Crypto, root: string, onPinned: (team: Team) => void = () => undefined): TeamPins {
  const folderOf = (team: string): string => path.join(root, 'versions', checked(team));
  const fileOf = (folder: string): string => path.join(root, 'folders', `${createHash('sha256').update(folder).digest('hex').slice(0, 32)}.json`);
  /** Reading a team file means importing its keys: done once for each. */
  const known = new Map<string, Pinned>();

  const versionsOf = async (team: string): Promise<readonly number[]> =>
    (await namesIn(folderOf(team))).flatMap((name) => (/^\d{1,10}\.json$/u.test(name) ? [Number.parseInt(name, 10)] : [])).toSorted((a, b) => a - b);

  const read = async (team: string, version: number): Promise<Pinned> => {
    const file = path.join(folderOf(team), `${String(version)}.json`);
    const { mtimeMs, size } = await stat(file);
    const key = `${file} ${String(mtimeMs)} ${String(size)}`;
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const pin = parse(await readFile(file, 'utf8'));
    const bytes = pin && parseB64u(pin.file);
    const opened = bytes && (await readTeam(crypto, bytes));
    const isIt = pin !== undefined && opened?.kind === 'read' && opened.team.body.team === team && opened.team.body.version === version && opened.team.digest === pin.digest;
    if (!isIt) throw new Error(`what was accepted as version ${String(version)} of the team ${team} is damaged (${file})`);
    const pinned = { team: opened.team, signatures: pin.signatures };
    known.set(key, pinned);
    return pinned;
  };

  const teamOf = async (folder: string): Promise<string | undefined> => {
    const text = await readFile(fileOf(folder), 'utf8').catch((thrown: unknown) => {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    });
    if (text === undefined) return undefined;
    const value: unknown = JSON.parse(text);
    if (!isFolder(value)) throw new Error(`what is kept about the team of ${folder} is damaged`);
    return value.team;
  };

  return {
    async latest(team) {
      const version = (await versionsOf(team)).at(-1);
      return version === undefined ? undefined : await read(team, version);
    },
    async pin(team, signatures) {
      const { body, digest, bytes } = team;
      const pin = { v: 1, team: body.team, version: body.version, digest, file: b64u(bytes), signatures };
      const isNew = await writeOnce(path.join(folderOf(body.team), `${String(body.version)}.json`), `${JSON.stringify(pin)}\n`);
      if (isNew) onPinned(team);
      return isNew || (await read(body.team, body.version)).team.digest === digest;
    },
    async chain(team) {
      const all: SignedTeam[] = [];
      for (const version of await versionsOf(team)) {
        const { team: { bytes }, signatures } = await read(team, version);
        all.push({ file: bytes, signatures });
      }
      return all;
    },
    teamOf,
    bind: async (folder, team) => await writeOver(fileOf(folder), `${JSON.stringify({ v: 1, team })}\n`),
    async forget(folder) {
      // Also where what is kept about the folder cannot be read any more.
      const team = await teamOf(folder).catch(() => undefined);
      await rm(fileOf(folder), { force: true });
      if (team === undefined || (await versionsOf(team)).length === 0) return;
      await rename(folderOf(team), path.join(root, 'versions', `forgotten-${randomUUID()}-${team}`));
    },
  };
}

function parse(text: string): Pin | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPin(value) ? value : undefined;
  } catch {
    // Not JSON.
    return undefined;
  }
}

/** The name of a team is the name of a folder here. */
function checked(team: string): string {
  if (!isTeamName(team)) throw new TypeError('not the name of a team');
  return `team-${team}`;
}
