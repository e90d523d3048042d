/** What to do about a statement, in lines for people. */

import { riskRulesFor } from '../core/sql/riskRules.ts';
import { findRisks } from '../core/sql/risks.ts';
import type { ClassifiedStatement, Dialect } from '../core/sql/verdict.ts';

/** The remedy of each risk, the worst first. */
export function remediesOf(statement: ClassifiedStatement, dialect: Dialect): readonly string[] {
  return findRisks(statement, riskRulesFor(dialect)).map(({ severity, remedy }) => `${severity}: ${remedy}`);
}
