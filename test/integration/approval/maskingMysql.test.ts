/** On MySQL and MariaDB, whose types have other names and whose schemas are databases. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import { createWorld } from '../../support/confirmation/world.ts';
import { mysqlSubject } from './subjects.ts';

const fill = [
  'CREATE TABLE history (id int AUTO_INCREMENT PRIMARY KEY, was text)',
  'CREATE TABLE members (email varchar(60) PRIMARY KEY, api_token varbinary(40), phone bigint, birth_date date, email_verified tinyint(1), token_count int, state varchar(10))',
  "CREATE TRIGGER remember AFTER UPDATE ON members FOR EACH ROW INSERT INTO history (was) VALUES (CONCAT('was ', OLD.email, ' with ', OLD.phone))",
  "INSERT INTO members VALUES ('canary.mail@hideaway.test', 'canary-token-8812', 436605551234, '1971-03-05', 1, 7, 'old'), ('canary.two@hideaway.test', NULL, NULL, NULL, 0, 8, 'old')",
];
const text = "UPDATE members SET state = 'gone', birth_date = birth_date + INTERVAL 1 DAY WHERE state = 'old'";

for (const dialect of ['mysql', 'mariadb'] as const) {
  const { skip, open } = await mysqlSubject(dialect);
  describe(dialect, { skip }, () => {
    const analyser = createAnalyser();
    after(async () => await analyser.dispose());

    test('sensitive values are in no request, and rows can still be told apart', async () => {
      const subject = await open();
      for (const statement of fill) await subject.query(statement);
      const session = await subject.openSession();
      const world = await createWorld({ profile: subject.profile, session: () => session, analyser });
      const entry = await world.asked(text);
      const body = world.body(entry);
      const json = JSON.stringify(body);
      for (const canary of ['canary', 'hideaway', 'token-8812', '5551234', '55512', '1971']) assert.ok(!json.includes(canary), `the request holds ${canary}: ${json}`);
      const members = body.preview.tables.find(({ name }) => name.endsWith('.members'));
      assert.deepEqual(members?.masked.map((position) => members.columns[position]?.name), ['email', 'api_token', 'phone', 'birth_date'], JSON.stringify(members?.columns));
      const keys = members.changes.map((change) => (change.kind === 'updated' ? change.before[0] : undefined));
      for (const key of keys) assert.match(key ?? '', /^c…@h….test #\w{10}$/u);
      assert.equal(new Set(keys).size, 2);
      const first = members.changes.find((change) => change.kind === 'updated' && change.before[5] === '7');
      assert.ok(first?.kind === 'updated');
      assert.deepEqual([first.before.slice(1), first.after.slice(1)], [['•••', '••••••••1234', '•••', '1', '7', 'old'], ['•••', '••••••••1234', '••• (changed)', '1', '7', 'gone']]);
      const copies = body.preview.tables.find(({ name }) => name.endsWith('.history'))?.changes ?? [];
      assert.ok(copies.length === 2 && copies.some((change) => change.kind === 'inserted' && /^was #\w{10} with #\w{10}$/u.test(change.after[1] ?? '')), JSON.stringify(copies));
      await world.deliver(entry, await world.answer(entry, 'bob'));
      const end = await world.run(entry);
      assert.deepEqual([end.kind, end.kind === 'ran' && end.outcome.kind], ['ran', 'committed'], JSON.stringify(end));
      await session.close();
      await world.close();
    });
  });
}
