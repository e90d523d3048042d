/** Which team file is believed: each version must be signed by the administrators of the one before and by its own. */
import { textOf } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { isEnvelope, maxSignatures, pae, payloadTypes } from './envelope.ts';
import type { Envelope, Signature, Signer } from './envelope.ts';
import { isObject } from './guards.ts';
import { epochOf } from './isoTime.ts';
import { verifySignature } from './keyRecord.ts';
import type { TeamRefusal } from './refusal.ts';
import { isPlain } from './strictJson.ts';
import { readTeam } from './team.ts';
import type { Team } from './team.ts';

/** What stands in `team.sig.json`: an envelope whose payload is the file beside it. */
export type TeamSignatures = Omit<Envelope, 'payload'>;
export type SignedTeam = { readonly file: Bytes; readonly signatures: unknown };

/** `accepted` is what requests are checked against, and what is pinned from now on. */
export type TeamState = { readonly kind: 'accepted'; readonly team: Team } | { readonly kind: 'refused'; readonly code: TeamRefusal };

/**
 * Takes team files one after the other, in the order of their versions.
 *
 * @param pinned - the last one accepted here; `undefined` on first use, when a file has to be believed because of its digest's words
 * @param steps - what came from the repository or a server; any of them may be forged, old or missing
 */
export async function acceptTeam(crypto: Crypto, pinned: Team | undefined, steps: readonly SignedTeam[]): Promise<TeamState> {
  let current = pinned;
  for (const step of steps) {
    const next = await acceptStep(crypto, current, step);
    if (next.kind === 'refused') return next;
    current = next.team;
  }
  return current === undefined ? refused('team-malformed') : { kind: 'accepted', team: current };
}

async function acceptStep(crypto: Crypto, current: Team | undefined, step: SignedTeam): Promise<TeamState> {
  const read = await readTeam(crypto, step.file);
  if (read.kind === 'refused') return read;
  const problem = current && orderProblem(current, read.team);
  if (problem !== undefined) return refused(problem);
  const isSame = current?.digest === read.team.digest;
  const signers = current === undefined || isSame ? [read.team] : [current, read.team];
  for (const admins of signers) if (!(await isSignedBy(crypto, admins, step))) return refused('team-unsigned');
  return { kind: 'accepted', team: read.team };
}

function orderProblem(current: Team, next: Team): TeamRefusal | undefined {
  if (current.digest === next.digest) return undefined;
  if (current.body.team !== next.body.team) return 'team-other';
  const step = next.body.version - current.body.version;
  if (step < 0) return 'team-rolled-back';
  if (step === 0) return 'team-forked';
  if (step > 1) return 'team-gap';
  return next.body.prev === current.digest ? undefined : 'team-previous';
}

/** Enough administrators of `team`, each counted once, signed the bytes. */
async function isSignedBy(crypto: Crypto, team: Team, { file, signatures }: SignedTeam): Promise<boolean> {
  if (!isTeamSignatures(signatures) || signatures.signatures.length > maxSignatures) return false;
  const signed = pae(payloadTypes.team, file);
  const persons = new Set<string>();
  for (const signature of signatures.signatures) {
    const person = await adminWho(crypto, team, signature, signed);
    if (person !== undefined) persons.add(person);
  }
  return persons.size >= team.body.admins.threshold;
}

async function adminWho(crypto: Crypto, team: Team, signature: Signature, signed: Bytes): Promise<string | undefined> {
  const found = team.body.admins.keyids.includes(signature.keyid) ? team.keys.get(signature.keyid) : undefined;
  if (found?.key === undefined || found.record.revoked !== undefined) return undefined;
  const check = await verifySignature(crypto, found.key, signature, signed);
  return check.kind === 'valid' ? found.member.id : undefined;
}

function isTeamSignatures(value: unknown): value is TeamSignatures {
  return isObject(value) && !Object.hasOwn(value, 'payload') && isPlain(value) && isEnvelope({ ...value, payload: '' }) && value['payloadType'] === payloadTypes.team;
}

/** The signatures in the text of `team.sig.json`, for `acceptTeam`; `undefined` when it is not JSON. */
export function parseTeamSignatures(bytes: Bytes): unknown {
  try {
    return JSON.parse(textOf(bytes) ?? '');
  } catch {
    // Not JSON: an unsigned file.
    return undefined;
  }
}

/** Signatures over the bytes of a team file, to be stored beside it. */
export async function signTeam(file: Bytes, signers: readonly Signer[]): Promise<TeamSignatures> {
  const signatures: Signature[] = [];
  for (const signer of signers) signatures.push(await signer.sign(pae(payloadTypes.team, file)));
  return { payloadType: payloadTypes.team, signatures };
}

const warnMs = 30 * 24 * 60 * 60 * 1000;

/** `expired`: no approval counts until an administrator signs a new version. */
export function teamFreshness(team: Team, now: number): 'fresh' | 'expires-soon' | 'expired' {
  const end = epochOf(team.body.expires) ?? 0;
  if (now >= end) return 'expired';
  return now >= end - warnMs ? 'expires-soon' : 'fresh';
}

function refused(code: TeamRefusal): TeamState {
  return { kind: 'refused', code };
}
