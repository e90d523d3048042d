/** What the team file of one folder is worth, against what was accepted on this machine before. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Bytes } from '../../core/approval/bytes.ts';
import { textOf } from '../../core/approval/bytes.ts';
import type { Crypto } from '../../core/approval/crypto.ts';
import { isObject } from '../../core/approval/guards.ts';
import { parseJsonc } from '../../core/approval/jsonc.ts';
import type { TeamRefusal } from '../../core/approval/refusal.ts';
import { isTeamName } from '../../core/approval/team.ts';
import type { Team } from '../../core/approval/team.ts';
import { acceptTeam, parseTeamSignatures } from '../../core/approval/teamChain.ts';
import type { SignedTeam } from '../../core/approval/teamChain.ts';
import { describeTeamFault } from '../../core/approval/teamFault.ts';
import { toFailure } from '../../core/errors.ts';
import { isMissing } from './durableFiles.ts';
import type { Pinned, TeamPins } from './teamPins.ts';

/** Where a folder has its team file. */
export type TeamPlace = {
  /** Absolute path of the folder: what the team belongs to. */
  readonly folder: string;
  /** Absolute path of the file. */
  readonly file: string;
  /** False: the file is not read, because nobody said that the folder can be trusted. What was accepted before stays in force. */
  readonly isTrusted: boolean;
};

export type TeamReport =
  | { readonly kind: 'none' }
  | { readonly kind: 'accepted'; readonly place: TeamPlace; readonly team: Team; /** It was believed just now, because there was none before. */ readonly isFirst: boolean }
  | {
      readonly kind: 'refused';
      readonly place: TeamPlace;
      readonly code: TeamRefusal;
      /** What was accepted last, if anything was. */
      readonly pinned?: Team;
      /** The same of every folder of the window, where there are several. */
      readonly known?: readonly Team[];
      /** What stands in the way besides the code, in words. */
      readonly detail?: string;
    };

export type TeamFolderPorts = {
  readonly crypto: Crypto;
  readonly pins: TeamPins;
  /** Versions after the pinned one, from wherever they may be had; any of them may be forged. Never rejects. */
  readonly missing: (pinned: Team) => Promise<readonly SignedTeam[]>;
};

const usualFile = '.countersign/team.jsonc';

/** @param relative - of the team file, as it is set up; absent where that leads out of the folder: settings of a folder do not take its team away */
export function teamPlace(folder: string, relative: string | undefined, isTrusted: boolean): TeamPlace {
  return { folder, file: path.join(folder, relative ?? usualFile), isTrusted };
}

/** The folders above it, up to the root of its repository, that have a team file or had one: opening a part of a repository leaves no rule behind. */
export async function placesAbove(pins: TeamPins, { folder, isTrusted }: TeamPlace): Promise<readonly TeamPlace[]> {
  const above = (await foldersOfRepository(folder)).slice(1).map((each) => teamPlace(each, undefined, isTrusted));
  // What is kept about a folder and cannot be read is told when the place is read.
  const counts = await Promise.all(above.map(async (place) => (await exists(place.file)) || (await pins.teamOf(place.folder).then((team) => team !== undefined, () => true))));
  return above.filter((_, index) => counts[index]);
}

/** From the folder up to the one that holds `.git`; only the folder itself where it is in no repository. */
async function foldersOfRepository(start: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let folder = start; ; folder = path.dirname(folder)) {
    folders.push(folder);
    if (await exists(path.join(folder, '.git'))) return folders;
    if (folder === path.dirname(folder)) return [start];
  }
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(() => true, () => false);
}

/** Where the signatures of a team file lie: `team.jsonc` and `team.sig.json`. */
export function signaturesFile(file: string): string {
  return file.replace(/(\.jsonc?)?$/u, '.sig.json');
}

/** Never rejects: what cannot be read is not to be trusted, unless there never was a team. */
export async function readTeamFolder(ports: TeamFolderPorts, place: TeamPlace): Promise<TeamReport> {
  const bound = await attempt(async () => await ports.pins.teamOf(place.folder));
  if (bound.kind === 'failed') return { kind: 'refused', place, code: 'team-malformed', detail: bound.detail };
  const pinned = await attempt(async () => (bound.value === undefined ? undefined : await ports.pins.latest(bound.value)));
  if (pinned.kind === 'failed') return { kind: 'refused', place, code: 'team-malformed', detail: pinned.detail };
  const known = { ...(pinned.value === undefined ? {} : { pinned: pinned.value.team }) };
  if (!place.isTrusted) return pinned.value === undefined ? { kind: 'none' } : { kind: 'accepted', place, team: pinned.value.team, isFirst: false };
  const files = await attempt(async () => await readFiles(place.file));
  if (files.kind === 'failed') return { kind: 'refused', place, code: 'team-malformed', detail: files.detail, ...known };
  const name = files.value === undefined ? undefined : teamNameIn(files.value.file);
  if (files.value === undefined || name === undefined) return bound.value === undefined ? { kind: 'none' } : { kind: 'refused', place, code: 'team-missing', ...known };
  const found: Found = { files: files.value, name, bound: bound.value, pinned: pinned.value };
  const judged = await attempt(async () => await judge(ports, place, found));
  return judged.kind === 'done' ? judged.value : { kind: 'refused', place, code: 'team-malformed', detail: judged.detail, ...known };
}

type Found = { readonly files: SignedTeam; readonly name: string; readonly bound: string | undefined; readonly pinned: Pinned | undefined };

async function judge({ crypto, pins, missing }: TeamFolderPorts, place: TeamPlace, { files, name, bound, pinned: ofFolder }: Found): Promise<TeamReport> {
  if (bound !== undefined && name !== bound && isTeamName(name)) return { kind: 'refused', place, code: 'team-other', ...(ofFolder === undefined ? {} : { pinned: ofFolder.team }) };
  // Another folder may have the same team, and be further on.
  const pinned = ofFolder ?? (bound === undefined && isTeamName(name) ? await pins.latest(name) : undefined);
  const refused = (code: TeamRefusal, detail = detailOf(code, files)): TeamReport => ({ kind: 'refused', place, code, ...(pinned === undefined ? {} : { pinned: pinned.team }), ...(detail === undefined ? {} : { detail }) });
  const between = async (): Promise<readonly SignedTeam[]> => (pinned === undefined ? [] : await missing(pinned.team));
  let state = await acceptTeam(crypto, pinned?.team, [files]);
  const steps: SignedTeam[] = [];
  if (state.kind === 'refused' && state.code === 'team-gap') {
    steps.push(...(await versionsBefore(crypto, pinned?.team, await between(), files)));
    state = await acceptTeam(crypto, pinned?.team, [...steps, files]);
  }
  if (state.kind === 'refused') return refused(state.code === 'team-forked' && (await isEdited(crypto, files)) ? 'team-unsigned' : state.code);
  try {
    if (!(await pinAll({ crypto, pins }, pinned?.team, [...steps, files]))) return refused('team-forked');
    if (bound === undefined) await pins.bind(place.folder, state.team.body.team);
  } catch (thrown) {
    // Believed and not remembered: the next file could be any.
    return refused('team-malformed', `it could not be remembered on this machine: ${toFailure(thrown).message}`);
  }
  return { kind: 'accepted', place, team: state.team, isFirst: pinned === undefined };
}

/** What stands in the way in a file that somebody wrote by hand. */
function detailOf(code: TeamRefusal, { file }: SignedTeam): string | undefined {
  const fault = code === 'team-malformed' ? describeTeamFault(file) : undefined;
  return fault && `${fault}. Correct the team file, or bring back its last version`;
}

/** Somebody wrote into the file that was accepted: another file with its version, which nobody signed. */
async function isEdited(crypto: Crypto, files: SignedTeam): Promise<boolean> {
  const alone = await acceptTeam(crypto, undefined, [files]);
  return alone.kind === 'refused' && alone.code === 'team-unsigned';
}

/** Of what a server sent only what lies between the pinned version and the file, in order; a server may send the file itself too, and more. */
async function versionsBefore(crypto: Crypto, pinned: Team | undefined, sent: readonly SignedTeam[], file: SignedTeam): Promise<readonly SignedTeam[]> {
  const steps: SignedTeam[] = [];
  for (const step of sent) {
    const state = await acceptTeam(crypto, pinned, [...steps, step]);
    const isFile = step.file.length === file.file.length && step.file.every((byte, index) => byte === file.file[index]);
    if (state.kind === 'refused' || isFile) break;
    steps.push(step);
  }
  return steps;
}

async function pinAll({ crypto, pins }: Pick<TeamFolderPorts, 'crypto' | 'pins'>, pinned: Team | undefined, steps: readonly SignedTeam[]): Promise<boolean> {
  let current = pinned;
  for (const step of steps) {
    const state = await acceptTeam(crypto, current, [step]);
    if (state.kind === 'refused') return false;
    if (state.team.digest !== current?.digest && !(await pins.pin(state.team, step.signatures))) return false;
    current = state.team;
  }
  return true;
}

/** No server takes more. */
const maxTeamBytes = 1024 * 1024;

async function readFiles(file: string): Promise<SignedTeam | undefined> {
  const read = async (name: string): Promise<Bytes | undefined> =>
    await readFile(name).then((bytes) => Uint8Array.from(bytes), (thrown: unknown) => {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    });
  const isTooLarge = await stat(file).then(({ size }) => size > maxTeamBytes, () => false);
  if (isTooLarge) throw new Error(`the team file is larger than ${String(maxTeamBytes)} bytes`);
  const bytes = await read(file);
  return bytes && { file: bytes, signatures: parseTeamSignatures((await read(signaturesFile(file))) ?? new Uint8Array(0)) };
}

/** The team a text says it is about; empty when it says one that cannot be read. `undefined`: it only holds connections. */
export function teamNameIn(bytes: Bytes): string | undefined {
  const value = parseJsonc(bytes)?.value;
  if (value === undefined) return /"(?:members|admins)"\s*:/u.test(textOf(bytes) ?? '"members":') ? '' : undefined;
  if (!isObject(value) || !['v', 'team', 'members', 'admins'].some((key) => Object.hasOwn(value, key))) return undefined;
  return typeof value['team'] === 'string' ? value['team'] : '';
}

/** Changes whenever a file that decides does. */
export async function stampOf(place: TeamPlace): Promise<string> {
  const stamp = async (file: string): Promise<string> => await stat(file, { bigint: true }).then(({ mtimeNs, ctimeNs, size, ino }) => [mtimeNs, ctimeNs, size, ino].join(':'), () => '-');
  return [place.folder, place.file, place.isTrusted, await stamp(place.file), await stamp(signaturesFile(place.file))].join(' ');
}

async function attempt<Value>(work: () => Promise<Value>): Promise<{ readonly kind: 'done'; readonly value: Value } | { readonly kind: 'failed'; readonly detail: string }> {
  try {
    return { kind: 'done', value: await work() };
  } catch (thrown) {
    return { kind: 'failed', detail: toFailure(thrown).message };
  }
}
