/** What it takes to approve: rules of the team file, and the terms that come out of them for one request. */
import { statementClasses } from '../sql/verdict.ts';
import type { StatementClass } from '../sql/verdict.ts';
import { closed, flag, listOf, oneOf, pattern, whole } from './guards.ts';
import type { Guarded } from './guards.ts';
import { assurances } from './signatureCheck.ts';
import type { Assurance } from './signatureCheck.ts';

export const isRole = pattern(/^[a-z0-9][a-z0-9._-]{0,31}$/);

const approvals = whole(1, 16);
/** Any of these roles; no role named means any member. */
const roles = listOf(isRole, 16);
const effectMatches = ['atMost', 'counts', 'exact'] as const;
const environments = ['development', 'staging', 'production'] as const;

export const isRule = closed(
  {
    match: closed({}, { env: oneOf(...environments), class: listOf(oneOf(...statementClasses), statementClasses.length, 1) }),
    approvals,
    roles,
    assurance: oneOf(...assurances),
    effectMatch: oneOf(...effectMatches),
    ttlMinutes: whole(1, 7 * 24 * 60),
    audit: oneOf('spool', 'receipt'),
    breakGlass: flag,
  },
  /** Further groups that must approve as well, with other persons. */
  { all: listOf(closed({ approvals, roles }), 8) },
);
export type Rule = Guarded<typeof isRule>;
export type EffectMatch = (typeof effectMatches)[number];
export type ApproverGroup = { readonly approvals: number; readonly roles: readonly string[] };

/** What one request has to meet. */
export type Terms = {
  readonly groups: readonly ApproverGroup[];
  readonly assurance: Assurance;
  readonly effectMatch: EffectMatch;
  readonly ttlMinutes: number;
  readonly audit: 'spool' | 'receipt';
  readonly breakGlass: boolean;
};

/** Where no rule matches. */
export const strictTerms: Terms = {
  groups: [{ approvals: 1, roles: [] }],
  assurance: 'uv',
  effectMatch: 'exact',
  ttlMinutes: 15,
  audit: 'receipt',
  breakGlass: false,
};

/** For each class the first rule that matches; of all classes in the request, the strictest of every term. */
export function termsFor(rules: readonly Rule[], environment: (typeof environments)[number], classes: readonly StatementClass[]): Terms {
  const found = [...new Set(classes)].map((wanted) => {
    const rule = rules.find(({ match }) => (match.env ?? environment) === environment && (match.class === undefined || match.class.includes(wanted)));
    return rule === undefined ? strictTerms : termsOf(rule);
  });
  return found.length === 0 ? strictTerms : found.reduce(strictest);
}

function termsOf({ approvals: count, roles: allowed, all = [], assurance, effectMatch, ttlMinutes, audit, breakGlass }: Rule): Terms {
  return { groups: [{ approvals: count, roles: allowed }, ...all], assurance, effectMatch, ttlMinutes, audit, breakGlass };
}

function strictest(a: Terms, b: Terms): Terms {
  return {
    groups: [...a.groups, ...b.groups.filter((group) => !a.groups.some((other) => isSame(group, other)))],
    assurance: later(assurances, a.assurance, b.assurance),
    effectMatch: later(effectMatches, a.effectMatch, b.effectMatch),
    ttlMinutes: Math.min(a.ttlMinutes, b.ttlMinutes),
    audit: a.audit === 'receipt' || b.audit === 'receipt' ? 'receipt' : 'spool',
    breakGlass: a.breakGlass && b.breakGlass,
  };
}

function isSame(a: ApproverGroup, b: ApproverGroup): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function later<Value>(order: readonly Value[], a: Value, b: Value): Value {
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}

/** A person and their roles. */
export type Approver = { readonly id: string; readonly roles: readonly string[] };

export function hasRole({ roles: own }: Pick<Approver, 'roles'>, allowed: readonly string[]): boolean {
  return allowed.length === 0 || allowed.some((role) => own.includes(role));
}

/** How many approvals are still missing when every person counts for one group only, and the groups share them as well as they can. */
export function missingApprovals(groups: readonly ApproverGroup[], approvers: readonly Approver[]): number {
  const seats = groups.flatMap(({ approvals: count, roles: allowed }) => Array.from({ length: count }, () => allowed));
  const seatOf = new Map<string, number>();
  const filled = seats.filter((_, seat) => seatSomeone(seat, { seats, approvers, seatOf }, new Set()));
  return seats.length - filled.length;
}

type Seating = { readonly seats: readonly (readonly string[])[]; readonly approvers: readonly Approver[]; readonly seatOf: Map<string, number> };

/** Takes a free person, or one whose seat somebody else can take. */
function seatSomeone(seat: number, seating: Seating, tried: Set<string>): boolean {
  const { seats, approvers, seatOf } = seating;
  return approvers.some((person) => {
    if (tried.has(person.id) || !hasRole(person, seats[seat] ?? [])) return false;
    tried.add(person.id);
    const taken = seatOf.get(person.id);
    if (taken !== undefined && !seatSomeone(taken, seating, tried)) return false;
    seatOf.set(person.id, seat);
    return true;
  });
}
