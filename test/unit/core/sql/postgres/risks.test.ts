import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { postgresRiskRules } from '../../../../../src/core/sql/postgres/riskRules.data.ts';
import { findRisks, type RiskRule } from '../../../../../src/core/sql/risks.ts';
import { classifyOne } from './parse.ts';

describe('risks', () => {
  const rows: readonly [sql: string, ...codes: string[]][] = [
    ['SELECT 1'],
    ['INSERT INTO t VALUES (1)'],
    ['UPDATE t SET a = 1 WHERE id = 5'],
    ['CREATE TABLE x (id int PRIMARY KEY, a int REFERENCES u CHECK (a > 0))'],
    ['DELETE FROM t', 'no-where'],
    ['UPDATE t SET a = 1 WHERE 1 = 1', 'always-true-where'],
    ['UPDATE t SET a = 1 WHERE now() > \'2020-01-01\'', 'always-true-where'],
    ['DROP TABLE t', 'takes-away'],
    ['TRUNCATE t', 'takes-away'],
    ['ALTER TABLE t DROP COLUMN a', 'takes-away'],
    ['GRANT ALL ON t TO x', 'privilege-change'],
    ['CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$', 'privilege-change'],
    ['CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE sql AS $$ SELECT 1 $$', 'privilege-change'],
    ['CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = pg_catalog AS $$ SELECT 1 $$'],
    ["UPDATE pg_authid SET rolsuper = true WHERE rolname = 'x'", 'privilege-change'],
    ["ALTER SYSTEM SET log_statement = 'none'", 'recording-changed', 'no-preview'],
    ['ALTER TABLE t DISABLE TRIGGER ALL', 'recording-changed'],
    ["SET session_replication_role = 'replica'", 'recording-changed', 'guard-changed'],
    ["SELECT pg_drop_replication_slot('x')", 'backup-or-replication'],
    ['SET search_path = x', 'guard-changed'],
    ["COPY t TO '/tmp/x'", 'server-access', 'bulk-export'],
    ['COPY t TO STDOUT', 'bulk-export'],
    ["CREATE ROLE x PASSWORD 'geheim'", 'privilege-change', 'secret-in-text'],
    ['SELECT * FROM pg_shadow', 'reads-secrets'],
    ['DELETE FROM other.public.t WHERE id = 5', 'other-database'],
    ['DO $$ BEGIN END $$', 'not-understood'],
    ['VACUUM t', 'no-preview'],
    ['VACUUM FULL t', 'table-rewrite', 'no-preview'],
    ['CREATE INDEX ON t (a)', 'index-not-concurrent'],
    ['CREATE INDEX CONCURRENTLY ON t (a)', 'no-preview'],
    ['REINDEX TABLE t', 'index-not-concurrent'],
    ['CLUSTER t USING i', 'table-rewrite'],
    ['LOCK TABLE t', 'exclusive-lock'],
    ['REFRESH MATERIALIZED VIEW m', 'exclusive-lock'],
    ['REFRESH MATERIALIZED VIEW CONCURRENTLY m'],
    ['SELECT * FROM t FOR UPDATE', 'row-locks'],
    ['ALTER TABLE t ALTER a TYPE bigint', 'table-rewrite'],
    ['ALTER TABLE t ADD c int'],
    ['ALTER TABLE t ADD c int DEFAULT 5'],
    ['ALTER TABLE t ADD c timestamptz DEFAULT now()'],
    ['ALTER TABLE t ADD c uuid DEFAULT gen_random_uuid()', 'table-rewrite'],
    ["ALTER TABLE t ADD c int DEFAULT (1 + nextval('s'))", 'table-rewrite'],
    ['ALTER TABLE t ADD c bigserial', 'table-rewrite'],
    ['ALTER TABLE t ADD c int GENERATED ALWAYS AS IDENTITY', 'table-rewrite'],
    ['ALTER TABLE t ADD c int GENERATED ALWAYS AS (a + 1) STORED', 'table-rewrite'],
    ['ALTER TABLE t ADD c int GENERATED ALWAYS AS (a + 1) VIRTUAL'],
    ['ALTER TABLE t ADD c int UNIQUE', 'index-not-concurrent'],
    ['ALTER TABLE t ALTER a SET NOT NULL', 'full-scan'],
    ['ALTER TABLE t ADD CHECK (a > 0)', 'full-scan'],
    ['ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID'],
    ['ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u', 'full-scan'],
    ['ALTER TABLE t VALIDATE CONSTRAINT c'],
    ['ALTER TABLE t ADD UNIQUE (a)', 'index-not-concurrent'],
    ['ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i'],
    ['ALTER TABLE t SET UNLOGGED', 'backup-or-replication', 'table-rewrite'],
    ['ALTER TABLE t SET TABLESPACE x', 'table-rewrite'],
  ];
  for (const [sql, ...codes] of rows) {
    it(`${sql}: ${codes.join(', ') || 'none'}`, () => {
      assert.deepEqual(findRisks(classifyOne(sql), postgresRiskRules).map(({ code }) => code).toSorted(), codes.toSorted());
    });
  }

  it('come the worst first, with the words and the place of the reason', () => {
    const risks = findRisks(classifyOne('COPY (DELETE FROM t RETURNING *) TO STDOUT'), postgresRiskRules);
    assert.deepEqual(
      risks.map(({ code, severity }) => [code, severity]),
      [
        ['no-where', 'high'],
        ['bulk-export', 'medium'],
      ],
    );
    assert.equal(risks[0]?.message, 'Deletes every row of t: it has no WHERE');
    assert.deepEqual(risks[0]?.span, { start: 18, end: 19 });
  });

  it('can be extended: a rule is data', () => {
    const own: RiskRule = { code: 'no-truncate', severity: 'high', when: { kinds: ['truncate'] }, message: 'We do not do that', remedy: 'Ask' };
    assert.deepEqual(
      findRisks(classifyOne('TRUNCATE t'), [own]).map(({ code }) => code),
      ['no-truncate'],
    );
  });

  it('have codes of their own and sentences', () => {
    assert.equal(new Set(postgresRiskRules.map(({ code }) => code)).size, postgresRiskRules.length);
    for (const { message, remedy, code } of postgresRiskRules) {
      assert.match(code, /^[a-z-]+$/u);
      assert.match(message, /^[A-Z].*[^.!]$/u);
      assert.match(remedy, /^[A-Z].*\.$/u);
    }
  });
});
