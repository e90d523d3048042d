/** What MySQL and MariaDB commit by themselves: looked at without a trace, then run alone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import type { AloneEnd, AloneRequest } from '../../../src/app/ports.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import { until } from '../../support/until.ts';
import { inLab, receipt, type Lab } from './changeHarness.ts';

const schema = [
  'CREATE TABLE parents (id int PRIMARY KEY, name varchar(20)) ENGINE=InnoDB',
  'CREATE TABLE children (id int PRIMARY KEY, parent_id int, CONSTRAINT to_parent FOREIGN KEY (parent_id) REFERENCES parents (id)) ENGINE=InnoDB',
  'CREATE VIEW names AS SELECT name FROM parents',
  "INSERT INTO parents VALUES (1, 'a'), (2, 'b')",
];
const analyser = createAnalyser();

async function requestFor({ dialect }: Lab, sql: string, signal = new AbortController().signal): Promise<AloneRequest> {
  const verdict = await analyser.analyse(sql, dialect);
  const [statement] = verdict.statements;
  assert.ok(statement);
  const policy = { access: 'preview', elevated: false, typedConfirmation: true } as const;
  const decision = decide({ verdict, connection: { protected: true, environment: 'production', name: 'shop' }, policy, mode: 'run' });
  assert.equal(decision.effect === 'permit' && decision.path, 'consent-first');
  const sink = { columns: () => undefined, rows: () => undefined, notice: () => undefined };
  return { statement, limits: { lockTimeoutMs: 1000, statementTimeoutMs: 10_000 }, sink, signal };
}

async function run(lab: Lab, sql: string): Promise<AloneEnd> {
  const end = await lab.session.runAlone?.(receipt, await requestFor(lab, sql));
  assert.ok(end);
  return end;
}

for (const dialect of ['mariadb', 'mysql'] as const) {
  describe(`final by itself: ${dialect}`, () => {
    test('a look tells size, engine, references and views, and changes nothing', async () => {
      await inLab(dialect, schema, async (lab) => {
        const before = await lab.dump();
        const found = await lab.session.inspect?.(await requestFor(lab, 'DROP TABLE parents'));
        const facts = (found?.facts ?? []).map(({ label, text }) => `${label}: ${text}`).join('\n');
        assert.match(facts, /Table: .*\.parents: .*rows, 1 index/);
        assert.match(facts, /reference it: to_parent on .*\.children/);
        assert.match(facts, /Views that read it: .*\.names/);
        assert.match(facts, /kept by InnoDB/);
        assert.deepEqual(await lab.dump(), before);
        const nowhere = await lab.session.inspect?.(await requestFor(lab, 'DROP TABLE nowhere'));
        assert.match((nowhere?.unknown ?? []).join('\n'), /does not exist/);
      });
    });

    test('a definition runs and is final, and the session is read-only again', async () => {
      await inLab(dialect, schema, async (lab) => {
        assert.equal((await run(lab, 'ALTER TABLE parents ADD COLUMN note varchar(9)')).kind, 'done');
        assert.equal((await run(lab, 'TRUNCATE TABLE children')).kind, 'done');
        const columns = await lab.database.query("SELECT column_name AS c FROM information_schema.columns WHERE table_schema = database() AND table_name = 'parents' AND column_name = 'note'");
        assert.equal(columns.length, 1);
        assert.equal(lab.session.transactionState(), 'none');
        const change = await lab.change(["UPDATE parents SET note = 'x' WHERE id = 1"]);
        await change.rollback();
      });
    });

    test('a failure says that part of it may stay', async () => {
      await inLab(dialect, schema, async (lab) => {
        const end = await run(lab, 'DROP TABLE parents');
        assert.ok(end.kind === 'failed');
        assert.match(end.failure.message, /may stay/);
      });
    });

    test('it does not wait for a lock for long', async () => {
      await inLab(dialect, schema, async (lab) => {
        const other = await lab.open();
        const change = await lab.change(["UPDATE children SET parent_id = 1 WHERE id = 1"], {}, other);
        const started = performance.now();
        const end = await run(lab, 'ALTER TABLE children ADD COLUMN note int');
        assert.ok(end.kind === 'failed', end.kind);
        assert.ok(performance.now() - started < 30_000);
        await change.rollback();
      });
    });

    test('a server that goes away while it runs leaves a doubt', async () => {
      await inLab(dialect, schema, async (lab) => {
        const other = await lab.open();
        const change = await lab.change(["UPDATE children SET parent_id = 1 WHERE id = 1"], {}, other);
        const limits = { lockTimeoutMs: 30_000, statementTimeoutMs: 10_000 };
        const running = lab.session.runAlone?.(receipt, { ...(await requestFor(lab, 'ALTER TABLE children ADD COLUMN doubt int')), limits });
        const find = async (): Promise<readonly { id: number }[]> => await lab.server.query("SELECT id AS id FROM information_schema.processlist WHERE info LIKE 'ALTER TABLE children ADD COLUMN doubt%'");
        await until('it waits', async () => (await find()).length === 1);
        await lab.server.query(`KILL CONNECTION ${String((await find())[0]?.id)}`);
        assert.equal((await running)?.kind, 'in-doubt');
        await change.rollback();
      });
    });
  });
}
