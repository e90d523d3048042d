/** Whether another person has to confirm a text, on which terms, or why nobody can. Pure; whatever is not known counts as the strictest. */
import { termsFor, type Rule, type Terms } from '../approval/terms.ts';
import { describeTeamRefusal } from '../approval/refusalText.ts';
import type { ConnectionProfile } from '../profile/connection.ts';
import type { StatementClass } from '../sql/verdict.ts';
import { unreachable } from '../unreachable.ts';
import type { ConfirmationPolicy, ConfirmationWish } from './confirmation.ts';
import type { DenyReason } from './decision.ts';

export type PeerDemand =
  | { readonly kind: 'none' }
  | { readonly kind: 'asked'; readonly terms: Terms }
  /** Somebody has to confirm, and nobody can. */
  | { readonly kind: 'refused'; readonly reason: DenyReason };

type Where = Pick<ConnectionProfile, 'environment' | 'protected' | 'name'>;

/**
 * Rules of the team hold whatever the person wishes; what the person wishes holds whatever the rules leave out. Reads, session
 * settings and transaction control never ask anybody.
 */
export function peerDemand(classes: readonly StatementClass[], where: Where, policy: ConfirmationPolicy | undefined): PeerDemand {
  const changing = classes.filter(changes);
  const { team, wish } = policy ?? { team: { kind: 'none' } };
  if (changing.length === 0) return none;
  switch (team.kind) {
    case 'none':
      return wish !== undefined && covers(wish, where, changing) ? refused(withoutTeam(where.name)) : none;
    case 'refused':
      return where.protected || isRuledAny(rulesHere(team.rules ?? [], where), where, changing) ? refused(unbelieved(where.name, describeTeamRefusal(team.code))) : none;
    case 'accepted': {
      const rules = rulesHere(team.rules, where);
      const isAsked = isRuledAny(rules, where, changing) || covers(wish ?? 'destructive', where, changing);
      return isAsked ? { kind: 'asked', terms: peerTerms(team.rules, where, changing) } : none;
    }
    default:
      return unreachable(team);
  }
}

/**
 * The terms for statements of these classes, whoever demands them: the person's wish decides whether somebody is asked, never on
 * which terms, so that they are the same when it is asked and when it is run. A class no rule speaks of counts with the strictest
 * terms where it is dangerous by itself, or where no rule speaks of any.
 */
export function peerTerms(rules: readonly Rule[], where: Where, classes: readonly StatementClass[]): Terms {
  const here = rulesHere(rules, where);
  const changing = classes.filter(changes);
  const counting = changing.filter((each) => isDangerous(each) || isRuled(here, where, each));
  return termsFor(here, where.environment, counting.length === 0 ? changing : counting);
}

/** A rule that names no environment is about what is protected; one that names it holds there in any case. */
function rulesHere(rules: readonly Rule[], { protected: isProtected }: Where): readonly Rule[] {
  return isProtected ? rules : rules.filter(({ match }) => match.env !== undefined);
}

function isRuledAny(rules: readonly Rule[], where: Where, classes: readonly StatementClass[]): boolean {
  return classes.some((each) => isRuled(rules, where, each));
}

function isRuled(rules: readonly Rule[], { environment }: Where, wanted: StatementClass): boolean {
  return rules.some(({ match }) => (match.env ?? environment) === environment && (match.class?.includes(wanted) ?? true));
}

/** Wishes are about production. */
function covers(wish: ConfirmationWish, { environment }: Where, classes: readonly StatementClass[]): boolean {
  if (environment !== 'production') return false;
  switch (wish) {
    case 'never':
      return false;
    case 'destructive':
      return classes.some(isDangerous);
    case 'allWrites':
      return true;
    default:
      return unreachable(wish);
  }
}

function changes(wanted: StatementClass): boolean {
  return wanted !== 'read' && wanted !== 'session' && wanted !== 'txn';
}

function isDangerous(wanted: StatementClass): boolean {
  return wanted === 'destructive' || wanted === 'privilege' || wanted === 'admin' || wanted === 'unknown';
}

const none: PeerDemand = { kind: 'none' };

function refused(message: string): PeerDemand {
  return { kind: 'refused', reason: { code: 'needs-confirmation', message } };
}

function withoutTeam(name: string): string {
  return `Nothing was sent: your settings want a second person to confirm this on ${name}, and there is no team to ask. Use “Set Up a Team” first, or change “countersign.production.confirmation”.`;
}

function unbelieved(name: string, why: string): string {
  return `Nothing was sent: who may confirm changes on ${name} is not known, because ${why}. Until that is settled no change can be confirmed, so none is run; reads go on.`;
}
