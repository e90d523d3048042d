/** The rules that are in force for a dialect: those of the product, with what people and teams add. */
import { mysqlRiskRules } from './mysql/riskRules.data.ts';
import { postgresRiskRules } from './postgres/riskRules.data.ts';
import { withPolicy, type RiskPolicy, type RiskRule } from './risks.ts';
import type { Dialect } from './verdict.ts';

const nothing: RiskPolicy = { rules: [], raised: [] };

export function riskRulesFor(dialect: Dialect, policy: RiskPolicy = nothing): readonly RiskRule[] {
  const own = dialect === 'postgresql' ? postgresRiskRules : mysqlRiskRules;
  return policy === nothing ? own : withPolicy(own, policy);
}

/** Several policies at once: each can only add and raise, so all of them count. */
export function joinPolicies(policies: readonly RiskPolicy[]): RiskPolicy {
  return { rules: policies.flatMap(({ rules }) => rules), raised: policies.flatMap(({ raised }) => raised) };
}
