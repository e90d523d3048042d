/** Which values a person's own screen shows masked: what the team asks for, and what the person does. Pure. */
import type { Column, TableRef } from '../effect/preview.ts';
import type { Environment } from '../profile/connection.ts';
import { explicitStrategy, strategyOf, type MaskingPolicy, type MaskingRule } from './rules.ts';
import { stricter, type Strategy } from './strategy.ts';

export type ScreenPolicy = {
  /** Of every team file that was accepted last: one that is edited, or gone, takes nothing of it back. */
  readonly teams: readonly { readonly masking: readonly MaskingRule[]; readonly environments: readonly Environment[] }[];
  readonly own: { readonly environments: readonly Environment[]; /** Globs of columns that are hidden in any case. */ readonly hidden: readonly string[] };
};

/** Policies that hold side by side: of what they say about a column, the strictest counts. */
export type ScreenRules = readonly MaskingPolicy[];

/** `undefined`: nothing is masked on the screens of this environment. A team's `show` lifts what the team asks for, never what the person does. */
export function screenRulesFor({ teams, own }: ScreenPolicy, environment: Environment): ScreenRules | undefined {
  const asked = teams.filter(({ environments }) => environments.includes(environment)).map(({ masking }): MaskingPolicy => ({ team: masking, hidden: own.hidden }));
  const rules = own.environments.includes(environment) ? [...asked, { team: [], hidden: own.hidden }] : asked;
  return rules.length === 0 ? undefined : rules;
}

export function screenStrategy(rules: ScreenRules, table: TableRef, column: Column): Strategy {
  return strictest(rules.map((policy) => strategyOf(policy, table, column)));
}

/** What the rules say in so many words about a column, names aside; `undefined` unless each of them does. */
export function explicitScreenStrategy(rules: ScreenRules, table: TableRef, column: Column): Strategy | undefined {
  const said = rules.map((policy) => explicitStrategy(policy, table, column));
  return said.includes(undefined) ? undefined : strictest(said.filter((each) => each !== undefined));
}

export function strictest(strategies: readonly Strategy[]): Strategy {
  return strategies.reduce(stricter, 'show');
}
