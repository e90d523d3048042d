/** The team file: who may approve, with which keys, and what it takes. This reads it; `teamChain.ts` decides whether to trust it. */
import type { Bytes } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { teamDigest } from './digest.ts';
import type { BodyDigest } from './digest.ts';
import { b64uOf, b64uText, closed, isList, listOf, name, nullable, oneOf, pattern, text, whole } from './guards.ts';
import type { Guarded } from './guards.ts';
import { isoTime } from './isoTime.ts';
import { parseJsonc } from './jsonc.ts';
import { isKeyRecord, keyidOf, readKey } from './keyRecord.ts';
import type { KeyRecord, UsableKey } from './keyRecord.ts';
import { b64u, parseB64u } from './bytes.ts';
import type { TeamRefusal } from './refusal.ts';
import { isMaskingRule } from '../masking/rules.ts';
import { environments } from '../profile/connection.ts';
import { isMemberId } from './request.ts';
import { parseSshKey } from './sshKey.ts';
import { isRole, isRule } from './terms.ts';

export const isTeamName = pattern(/^[a-z0-9][a-z0-9._-]{0,63}$/);

const isMember = closed(
  { id: isMemberId, name: name(80), roles: listOf(isRole, 16), keys: listOf(isKeyRecord, 16) },
  /** SPKI of a P-256 key that messages to the member are sealed to. */
  { enc: b64uText(200), github: name(64) },
);

export const isTeamBody = closed(
  {
    /** Of the format. */
    v: oneOf(1),
    team: isTeamName,
    /** Of the file: one more each time. */
    version: whole(1, 1_000_000_000),
    /** Digest of the version before; `null` in the first. */
    prev: nullable(b64uOf(32)),
    issued: isoTime,
    expires: isoTime,
    admins: closed({ threshold: whole(1, 16), keyids: listOf(b64uOf(32), 64, 1) }),
    members: listOf(isMember, 500, 1),
    policy: closed(
      { confirmations: listOf(isRule, 64) },
      {
        /** What reviewers see of values, see `core/masking`. */
        masking: listOf(isMaskingRule, 64),
        /** Where members see no more of them on their own screens, until they reveal a column. */
        maskOnScreen: listOf(oneOf(...environments), environments.length),
      },
    ),
  },
  {
    $schema: text(500),
    /** Read by `core/profile`. */
    connections: isList,
    risks: isList,
    servers: listOf(name(300), 8),
    audit: closed({ logs: listOf(closed({ origin: name(300), pub: b64uText(4096) }), 8), mode: oneOf('spool', 'receipt') }),
  },
);
export type TeamBody = Guarded<typeof isTeamBody>;
export type Member = Guarded<typeof isMember>;

/** A key, whose it is, and whether it still counts. */
export type TeamKey = { readonly keyid: string; readonly member: Member; readonly record: KeyRecord; readonly key: UsableKey | undefined };

/** A team file that makes sense in itself. Whether it is to be believed is another question. */
export type Team = {
  readonly bytes: Bytes;
  readonly body: TeamBody;
  readonly digest: BodyDigest;
  readonly keys: ReadonlyMap<string, TeamKey>;
};

export type ReadTeam = { readonly kind: 'read'; readonly team: Team } | { readonly kind: 'refused'; readonly code: TeamRefusal };

/** Reads the exact bytes of a team file. A key with two persons is refused: nobody could say who signed. */
export async function readTeam(crypto: Crypto, bytes: Bytes): Promise<ReadTeam> {
  const body = parseJsonc(bytes)?.value;
  if (!isTeamBody(body) || !isConsistent(body)) return { kind: 'refused', code: 'team-malformed' };
  const keys = new Map<string, TeamKey>();
  /** Whose each public key is, whatever it signs with. */
  const holders = new Map<string, string>();
  for (const { member, record } of body.members.flatMap((each) => each.keys.map((key) => ({ member: each, record: key })))) {
    const key = readKey(record);
    const pub = parseB64u(record.pub);
    if (key === 'weak' || pub === undefined) return { kind: 'refused', code: 'key-weak' };
    const keyid = await keyidOf(crypto, record.alg, pub);
    const material = materialOf(record.alg, pub);
    if (keys.has(keyid) || (holders.get(material) ?? member.id) !== member.id) return { kind: 'refused', code: 'key-in-two-persons' };
    holders.set(material, member.id);
    keys.set(keyid, { keyid, member, record, key: key === 'unknown' ? undefined : key });
  }
  if (adminsOf(body, keys).size < body.admins.threshold) return { kind: 'refused', code: 'team-malformed' };
  return { kind: 'read', team: { bytes, body, digest: await teamDigest(crypto, bytes), keys } };
}

/** The public key itself: one that is listed as an SSH key here and as an editor's key there is still one key. */
function materialOf(alg: string, pub: Bytes): string {
  return b64u((alg === 'sshsig' ? parseSshKey(pub)?.spki : undefined) ?? pub);
}

/** Nobody twice, and a first version exactly where there is nothing before. */
function isConsistent({ members, version, prev, issued, expires, admins }: TeamBody): boolean {
  const isDistinct = (values: readonly string[]): boolean => new Set(values).size === values.length;
  return isDistinct(members.map(({ id }) => id)) && isDistinct(admins.keyids) && (version === 1) === (prev === null) && issued < expires;
}

/** Persons who can sign the next version. With fewer than the threshold, nobody ever could. */
function adminsOf({ admins }: TeamBody, keys: Team['keys']): ReadonlySet<string> {
  const usable = admins.keyids.map((keyid) => keys.get(keyid)).filter((key) => key?.key !== undefined && key.record.revoked === undefined);
  return new Set(usable.flatMap((key) => (key === undefined ? [] : [key.member.id])));
}

export function memberOf(team: Team, id: string): Member | undefined {
  return team.body.members.find((member) => member.id === id);
}
