/** Who else must confirm, for whoever works in this folder: the team whose file lies in it or above it, and the person's own wish. */
import path from 'node:path';
import { stat } from 'node:fs/promises';
import { readTeamFolder } from '../../adapters/confirmation/teamFolder.ts';
import type { TeamPlace, TeamReport } from '../../adapters/confirmation/teamFolder.ts';
import { createTeamPins } from '../../adapters/confirmation/teamPins.ts';
import type { TeamPins } from '../../adapters/confirmation/teamPins.ts';
import { signedProfiles } from '../../adapters/confirmation/signedProfiles.ts';
import { acceptedTeams, demandsReceipts, rulesOf } from '../../adapters/confirmation/teamStore.ts';
import type { OwnSettings } from '../../adapters/ownSettings.ts';
import { createCrypto } from '../../core/approval/crypto.ts';
import type { Crypto } from '../../core/approval/crypto.ts';
import { sixWords } from '../../core/approval/digest.ts';
import type { ConfirmationPolicy } from '../../core/policy/confirmation.ts';
import type { ConnectionProfile } from '../../core/profile/connection.ts';
import { stateFolder } from './machine.ts';

export type TeamHere = {
  readonly confirmation: ConfirmationPolicy;
  /** What the version that was accepted last says of databases; the file on disk may be another one. */
  readonly signed: readonly ConnectionProfile[];
  /** Its file lets no change be made before its record is received elsewhere. */
  readonly receipts: boolean;
};

/** @param now - epoch milliseconds */
export async function teamHere(folder: string, { confirmation: wish }: Pick<OwnSettings, 'confirmation'>, now: () => number): Promise<TeamHere> {
  const crypto = createCrypto(globalThis.crypto);
  const pins = createTeamPins(crypto, path.join(stateFolder(), 'confirmation', 'teams'));
  const place = await findPlace(pins, path.resolve(folder));
  // Versions in between are the editor's to fetch: it has the key that a server asks for.
  const report: TeamReport = place === undefined ? { kind: 'none' } : await readTeamFolder({ crypto, pins, missing: async () => await Promise.resolve([]) }, place);
  if (report.kind === 'accepted' && report.isFirst) await tellFirstUse(crypto, report);
  return { confirmation: { ...(wish === undefined ? {} : { wish }), team: rulesOf(report, now()) }, signed: signedProfiles(acceptedTeams(report)), receipts: demandsReceipts(report) };
}

/** The nearest folder that has a team file, or had one. */
async function findPlace(pins: TeamPins, start: string): Promise<TeamPlace | undefined> {
  for (let folder = start; ; folder = path.dirname(folder)) {
    const place: TeamPlace = { folder, file: path.join(folder, '.countersign', 'team.jsonc'), isTrusted: true };
    const isThere = await stat(place.file).then(() => true, () => false);
    // What is kept about the folder and cannot be read is told when the place is read.
    const isKnown = await pins.teamOf(folder).then((team) => team !== undefined, () => true);
    if (isThere || isKnown) return place;
    if (folder === path.dirname(folder)) return undefined;
  }
}

async function tellFirstUse(crypto: Crypto, { team }: Extract<TeamReport, { kind: 'accepted' }>): Promise<void> {
  const words = await sixWords(crypto, 'team', team.digest);
  process.stderr.write(`The team "${team.body.team}" is believed here from now on, because there was none before. Compare its six words with an administrator: ${words.join(' ')}.\n`);
}
