import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withoutSecrets } from '../../../../src/core/audit/withoutSecrets.ts';

const hidden: readonly (readonly [text: string, left: string])[] = [
  ['-- postgresql://app:hunter2@db-1/shop', '-- postgresql://app:[secret]@db-1/shop'],
  ["CREATE TABLE t (a int) CONNECTION='mysql://u:hunter2@h/d/t'", "CREATE TABLE t (a int) CONNECTION='mysql://u:[secret]@h/d/t'"],
  ['DELETE FROM t /* password=hunter2; host=h */', 'DELETE FROM t /* password=[secret]; host=h */'],
  ["UPDATE users SET password = 'hunter2', name = 'ann' WHERE id = 1", "UPDATE users SET password = '[secret]', name = 'ann' WHERE id = 1"],
  ["UPDATE users SET password='it''s hunter2'", "UPDATE users SET password='[secret]'"],
  ["SELECT * FROM users WHERE api_key LIKE 'hunter2%'", "SELECT * FROM users WHERE api_key LIKE '[secret]'"],
  [`UPDATE t SET "accessToken" = 'hunter2'`, `UPDATE t SET "accessToken" = '[secret]'`],
  [`UPDATE t SET j = '{"token": "hunter2"}'`, `UPDATE t SET j = '{"token": '[secret]'}'`],
  ["SELECT set_config('app.jwt_secret', 'hunter2', false)", "SELECT set_config('app.jwt_secret', '[secret]', false)"],
  ["INSERT INTO cfg VALUES ('api_key','hunter2')", "INSERT INTO cfg VALUES ('api_key','[secret]')"],
  ["ALTER ROLE x SET app.secret TO 'hunter2'", "ALTER ROLE x SET app.secret TO '[secret]'"],
  ["UPDATE u SET password_hash = crypt('hunter2', gen_salt('bf'))", "UPDATE u SET password_hash = crypt('[secret]', gen_salt('[secret]'))"],
  ["SELECT pgp_sym_encrypt('text', 'hunter2'), 'seen'", "SELECT pgp_sym_encrypt('[secret]', '[secret]'), 'seen'"],
  ["SELECT AES_ENCRYPT(concat('a', ')'), 'hunter2'), 'seen'", "SELECT AES_ENCRYPT(concat('[secret]', '[secret]'), '[secret]'), 'seen'"],
  ["INSERT INTO users (name, password) VALUES ('ann', 'hunter2'), ('b;c', 'hunter2'); SELECT 'seen'", "INSERT INTO users (name, password) VALUES ('[secret]', '[secret]'), ('[secret]', '[secret]'); SELECT 'seen'"],
  ["DO $$ BEGIN EXECUTE 'ALTER ROLE x PASSWORD ''hunter2'''; END $$", "DO $$ BEGIN EXECUTE 'ALTER ROLE x PASSWORD '[secret]''; END $$"],
  ["/*!50700 ALTER USER a IDENTIFIED BY 'hunter2' */", "/*!50700 ALTER USER a IDENTIFIED BY '[secret]' */"],
  ["/*! ALTER USER a IDENTIFIED WITH ed25519 AS 'hunter2' */", "/*! ALTER USER a IDENTIFIED WITH ed25519 AS '[secret]' */"],
  ["COPY t FROM PROGRAM 'curl -u ann:hunter2 http://x'", "COPY t FROM PROGRAM 'curl -u ann:[secret] http://x'"],
  ["SET GLOBAL wsrep_sst_auth='u:hunter2'", "SET GLOBAL wsrep_sst_auth='[secret]'"],
  ["SELECT create_aws_credentials('AK', 'hunter2', '')", "SELECT create_aws_credentials('[secret]', '[secret]', '')"],
];

const untouched: readonly string[] = [
  'SELECT password, token FROM users',
  "UPDATE orders SET state = 'old' WHERE id = 1",
  "SELECT token, 'seen' FROM sessions",
  'SELECT password = $1 FROM users -- see https://example.com/a:b',
  "SELECT secret_santa('ann')",
  'DROP TABLE credentials; DROP TABLE tokens',
  "INSERT INTO people (id, name) VALUES (1, 'ann')",
  'ALTER TABLE users ADD password text',
  'UPDATE users SET password = NULL',
];

describe('what looks like a secret in a text', () => {
  for (const [text, left] of hidden) {
    it(`is replaced: ${text}`, () => {
      assert.equal(withoutSecrets(text), left);
      assert.equal(withoutSecrets(left), left, 'once');
    });
  }
  for (const text of untouched) it(`is not there: ${text}`, () => assert.equal(withoutSecrets(text), text));

  it('is looked for in the longest texts without taking long', () => {
    const parts = ['a.', 'password ', "password '", ' ', "'", 'insert ', 'insert into t (', 'crypt(', 'x://', '-u ', 'identified by ', 'secret', "password''"];
    for (const part of parts) {
      const text = part.repeat(Math.ceil(200_000 / part.length));
      const started = performance.now();
      withoutSecrets(text);
      assert.ok(performance.now() - started < 10_000, `${part}: ${String(performance.now() - started)} ms`);
    }
  });
});
