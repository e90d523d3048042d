/** What a team could still do without some of its keys: said before they are taken away. Pure. */
import { approversFor, lackingApprovers } from './approvers.ts';
import type { Member, Team } from './team.ts';
import { termsFor } from './terms.ts';
import type { Rule } from './terms.ts';

type Known = Pick<Team, 'body' | 'keys'>;

/** Who could sign the next version. @param lost - ids of keys */
export function administratorsWithout({ body, keys }: Known, lost: ReadonlySet<string>): readonly Member[] {
  const left = body.admins.keyids.flatMap((keyid) => {
    const found = keys.get(keyid);
    return found?.key === undefined || found.record.revoked !== undefined || lost.has(keyid) ? [] : [found.member.id];
  });
  return body.members.filter(({ id }) => left.includes(id));
}

/** Rules that somebody's change can meet now, and nobody's could then. @param lost - ids of keys */
export function unmetWithout(team: Known, lost: ReadonlySet<string>): readonly Rule[] {
  const then: Known = { body: team.body, keys: new Map([...team.keys].filter(([keyid]) => !lost.has(keyid))) };
  return team.body.policy.confirmations.filter((rule) => canBeMet(team, rule) && !canBeMet(then, rule));
}

function canBeMet(team: Known, rule: Rule): boolean {
  const terms = termsFor([rule], rule.match.env ?? 'production', [rule.match.class?.[0] ?? 'destructive']);
  const requesters = new Set([...team.keys.values()].filter(({ record }) => record.revoked === undefined).map(({ member }) => member.id));
  return [...requesters].some((requester) => lackingApprovers(terms, approversFor(team, terms, requester)) === 0);
}

/** Keys that can sign a team file: those editors hold. A passkey belongs to a page, and signs answers only. */
export function signingKeysOf({ keys }: Known, member: string): readonly string[] {
  return [...keys.values()].filter(({ member: { id }, record }) => id === member && record.alg === 'es256' && record.revoked === undefined).map(({ keyid }) => keyid);
}
