/** Risk rules of PostgreSQL: what blocks others, and for how long. */
import { commonRiskRules } from '../riskRules.data.ts';
import { withLinks, type RiskRule } from '../risks.ts';

const manual = 'https://www.postgresql.org/docs/current';

const links: Readonly<Record<string, string>> = {
  'no-where': `${manual}/dml-delete.html`,
  'always-true-where': `${manual}/dml-update.html`,
  'takes-away': `${manual}/ddl-depend.html`,
  'privilege-change': `${manual}/ddl-priv.html`,
  'recording-changed': `${manual}/runtime-config-logging.html`,
  'backup-or-replication': `${manual}/warm-standby.html`,
  'guard-changed': `${manual}/ddl-schemas.html#DDL-SCHEMAS-PATH`,
  'server-access': `${manual}/sql-copy.html`,
  'bulk-export': `${manual}/sql-copy.html`,
  'secret-in-text': `${manual}/sql-createrole.html`,
  'reads-secrets': `${manual}/view-pg-roles.html`,
  'other-database': `${manual}/manage-ag-overview.html`,
  'not-understood': `${manual}/xfunc-volatility.html`,
  'no-preview': `${manual}/tutorial-transactions.html`,
};

export const postgresRiskRules: readonly RiskRule[] = [
  ...withLinks(commonRiskRules, links),
  {
    code: 'table-rewrite',
    severity: 'high',
    when: { reasons: ['table-rewrite'] },
    message: 'The whole table is written anew while nobody can read or write it',
    remedy: 'Add a new column, fill it in portions, then switch. A constant default and a longer varchar need no rewrite.',
    link: `${manual}/sql-altertable.html#SQL-ALTERTABLE-NOTES`,
  },
  {
    code: 'full-scan',
    severity: 'medium',
    when: { reasons: ['full-scan'] },
    message: 'Every row is checked while writers wait',
    remedy: 'Add the constraint as NOT VALID, and run VALIDATE CONSTRAINT as a statement of its own: it does not block writers.',
    link: `${manual}/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT`,
  },
  {
    code: 'index-not-concurrent',
    severity: 'medium',
    when: { reasons: ['index-not-concurrent'] },
    message: 'Writers wait until the index is built',
    remedy: 'Use CONCURRENTLY as a statement of its own, outside of a transaction. For a constraint: build the index first, then ADD CONSTRAINT … USING INDEX.',
    link: `${manual}/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY`,
  },
  {
    code: 'exclusive-lock',
    severity: 'medium',
    when: { reasons: ['exclusive-lock', 'lock-table'] },
    message: 'Others wait until it is done',
    remedy: 'Use CONCURRENTLY where there is one, set lock_timeout, and pick a quiet hour.',
    link: `${manual}/explicit-locking.html`,
  },
  {
    code: 'row-locks',
    severity: 'low',
    when: { reasons: ['row-locks'] },
    message: 'Rows stay locked until the transaction ends',
    remedy: 'Leave FOR UPDATE out when you only want to look.',
    link: `${manual}/explicit-locking.html#LOCKING-ROWS`,
  },
];
