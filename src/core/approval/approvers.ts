/** Who may approve under given terms, and the terms in words. Pure. */
import { parseB64u } from './bytes.ts';
import type { KeyRecord } from './keyRecord.ts';
import { readKey } from './keyRecord.ts';
import { isAtLeast } from './signatureCheck.ts';
import type { Assurance } from './signatureCheck.ts';
import { parseSshKey } from './sshKey.ts';
import type { Member, Team } from './team.ts';
import { hasRole, missingApprovals } from './terms.ts';
import type { ApproverGroup, Terms } from './terms.ts';

/** Members whose approval can count: not the requester, in one of the roles, with a key in force that is strong enough. */
export function approversFor({ body, keys }: Pick<Team, 'body' | 'keys'>, { groups, assurance }: Terms, requester: string): readonly Member[] {
  const strong = new Set([...keys.values()].filter(({ record, key }) => key !== undefined && record.revoked === undefined && isAtLeast(bestAssurance(record), assurance)).map(({ member }) => member.id));
  return body.members.filter((member) => member.id !== requester && strong.has(member.id) && groups.some(({ roles }) => hasRole(member, roles)));
}

/** How many approvals could not be had even if all of them approved. */
export function lackingApprovers(terms: Terms, approvers: readonly Member[]): number {
  return missingApprovals(terms.groups, approvers);
}

/** The best a key can do; what a signature really proves is seen when it is checked. */
export function bestAssurance(record: KeyRecord): Assurance {
  if (record.alg.startsWith('webauthn-')) return record.origins?.some((origin) => origin.startsWith('http://localhost')) === true ? 'uv-local' : 'uv';
  if (record.alg !== 'sshsig' || readKey(record) === 'weak') return 'software';
  const key = parseSshKey(parseB64u(record.pub) ?? new Uint8Array(0));
  return key?.type.startsWith('sk-') === true ? 'uv-local' : 'software';
}

const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six'] as const;

/** `One other member must confirm, with a passkey or a security key.` */
export function describeTerms({ groups, assurance }: Pick<Terms, 'groups' | 'assurance'>): string {
  const text = `${groups.map(describeGroup).join(' and ')} must confirm${withWhat[assurance]}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function describeGroup({ approvals, roles }: ApproverGroup): string {
  const who = roles.length === 0 ? '' : ` with the role ${roles.join(' or ')}`;
  return `${numbers[approvals] ?? String(approvals)} other ${approvals === 1 ? 'member' : 'members'}${who}`;
}

const withWhat: Readonly<Record<Assurance, string>> = {
  'software': '',
  'touch': ', with a passkey or a security key',
  'uv': ', with a passkey or a security key that asks who they are',
  'uv-local': ', with a security key in their own editor or a passkey on their own machine',
};

/** What an approval is compared by before COMMIT, one sentence. */
export function describeMatch({ effectMatch }: Pick<Terms, 'effectMatch'>): string {
  switch (effectMatch) {
    case 'exact':
      return 'The approval is for exactly these rows: if anything else would happen then, nothing is committed.';
    case 'counts':
      return 'The approval is for these numbers of rows in these tables: if others would be touched then, nothing is committed.';
    case 'atMost':
      return 'The approval is for at most these numbers of rows: if more would be touched then, nothing is committed.';
  }
}
