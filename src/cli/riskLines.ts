/** What to do about a statement, in lines for people. */

import { mysqlRiskRules } from '../core/sql/mysql/riskRules.data.ts';
import { postgresRiskRules } from '../core/sql/postgres/riskRules.data.ts';
import { findRisks } from '../core/sql/risks.ts';
import type { ClassifiedStatement, Dialect } from '../core/sql/verdict.ts';

/** The remedy of each risk, the worst first. */
export function remediesOf(statement: ClassifiedStatement, dialect: Dialect): readonly string[] {
  return findRisks(statement, dialect === 'postgresql' ? postgresRiskRules : mysqlRiskRules).map(({ severity, remedy }) => `${severity}: ${remedy}`);
}
