/** A version of a team file, signed and put where everybody finds it: beside the others' work, and on the team's servers. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Crypto } from '../../core/approval/crypto.ts';
import { equalBytes, utf8 } from '../../core/approval/bytes.ts';
import type { Bytes } from '../../core/approval/bytes.ts';
import type { Signature, Signer } from '../../core/approval/envelope.ts';
import { isList, isObject } from '../../core/approval/guards.ts';
import type { TeamRefusal } from '../../core/approval/refusal.ts';
import { readTeam } from '../../core/approval/team.ts';
import type { Team } from '../../core/approval/team.ts';
import { acceptTeam, parseTeamSignatures, signTeam } from '../../core/approval/teamChain.ts';
import type { TeamSignatures } from '../../core/approval/teamChain.ts';
import { isMissing } from './durableFiles.ts';
import { signaturesFile } from './teamFolder.ts';
import type { TeamPlace } from './teamFolder.ts';

export type Published =
  | { readonly kind: 'signed'; readonly team: Team; readonly signatures: TeamSignatures }
  /** More administrators have to sign the same bytes before it is in force. */
  | { readonly kind: 'partly'; readonly team: Team; readonly signatures: number }
  /** Nothing was written. */
  | { readonly kind: 'refused'; readonly code: TeamRefusal };

/**
 * Signs a text and writes it with its signatures. Signatures of other administrators over the very same bytes stay.
 *
 * @param pinned - the version in force; `undefined` for a first one
 * @throws when it cannot be written
 */
export async function publishTeam(crypto: Crypto, place: TeamPlace, { text, pinned, signer }: { readonly text: string; readonly pinned: Team | undefined; readonly signer: Signer }): Promise<Published> {
  const file = utf8(text);
  const read = await readTeam(crypto, file);
  if (read.kind === 'refused') return read;
  const teams = [pinned, read.team];
  // A signature that never counts would only make the file look signed.
  if (!teams.some((team) => team?.body.admins.keyids.includes(signer.keyid) === true)) return { kind: 'refused', code: 'team-unsigned' };
  const signatures = await addSignature(place, file, teams, await signTeam(file, [signer]));
  const state = await acceptTeam(crypto, pinned, [{ file, signatures }]);
  if (state.kind === 'refused' && state.code !== 'team-unsigned') return state;
  await writeTeam(place, file, signatures);
  return state.kind === 'accepted' ? { kind: 'signed', team: state.team, signatures } : { kind: 'partly', team: read.team, signatures: signatures.signatures.length };
}

async function addSignature(place: TeamPlace, file: Bytes, teams: readonly (Team | undefined)[], mine: TeamSignatures): Promise<TeamSignatures> {
  const [present, beside] = [await readIfThere(place.file), await readIfThere(signaturesFile(place.file))];
  const others = present !== undefined && beside !== undefined && equalBytes(present, file) ? signaturesIn(parseTeamSignatures(beside)) : [];
  const own = new Set(mine.signatures.map(({ keyid }) => keyid));
  const isAdmin = (keyid: string): boolean => teams.some((team) => team?.body.admins.keyids.includes(keyid) === true);
  return { ...mine, signatures: [...others.filter(({ keyid }) => !own.has(keyid) && isAdmin(keyid)), ...mine.signatures] };
}

/** Whether they are good is decided where they are counted. */
function signaturesIn(value: unknown): readonly Signature[] {
  const list = isObject(value) ? value['signatures'] : undefined;
  return isList(list) ? list.filter((entry): entry is Signature => isObject(entry) && typeof entry['keyid'] === 'string' && typeof entry['sig'] === 'string') : [];
}

async function writeTeam(place: TeamPlace, file: Bytes, signatures: TeamSignatures): Promise<void> {
  const folder = path.dirname(place.file);
  await mkdir(folder, { recursive: true });
  await keepBytesInGit(folder, place);
  await writeFile(place.file, file);
  await writeFile(signaturesFile(place.file), `${JSON.stringify(signatures, undefined, 2)}\n`);
}

/** Git on Windows may turn line ends around, and signatures are over the exact bytes. A file that is there already stays as it is. */
async function keepBytesInGit(folder: string, { file }: TeamPlace): Promise<void> {
  const names = [path.basename(file), path.basename(signaturesFile(file))];
  const text = `# Signatures are over the exact bytes.\n${names.map((name) => `${name} -text\n`).join('')}`;
  await writeFile(path.join(folder, '.gitattributes'), text, { flag: 'wx' }).catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  });
}

async function readIfThere(file: string): Promise<Bytes | undefined> {
  return await readFile(file).then((bytes) => Uint8Array.from(bytes), (thrown: unknown) => {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  });
}
