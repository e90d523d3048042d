import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { effectOfFunction, isBuiltInOperator, isBuiltInType } from '../../../src/core/sql/postgres/functions.ts';
import { computingFunctions } from '../../../src/core/sql/postgres/functions.data.ts';
import { reviewedFunctions } from '../../../src/core/sql/postgres/reviewedFunctions.data.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});

const names = async (sql: string): Promise<readonly string[]> => (await database.query(sql)).map(({ name }) => name);
const words = (list: string) => list.split(/\s+/u).filter((word) => word !== '');

describe('the lists against a real catalogue', () => {
  it('no function that is said to compute is volatile', async () => {
    const volatile = new Set(await names("SELECT proname AS name FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile = 'v'"));
    assert.deepEqual(
      words(computingFunctions).filter((name) => volatile.has(name)),
      [],
    );
  });

  it('every volatile function that can be called was reviewed', async () => {
    const callable = await names(`
      SELECT DISTINCT proname AS name FROM pg_proc
      WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile = 'v' AND proname !~ 'handler$'
        AND NOT ('internal'::regtype = ANY (string_to_array(proargtypes::text, ' ')::oid[]))
        AND prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)`);
    const reviewed = new Set(reviewedFunctions.flatMap((entry) => words(entry.names)));
    assert.deepEqual(
      callable.filter((name) => !reviewed.has(name)),
      [],
    );
  });

  it('a function is reviewed once', () => {
    const all = reviewedFunctions.flatMap((entry) => words(entry.names));
    assert.deepEqual(
      all.filter((name, index) => all.indexOf(name) !== index),
      [],
    );
  });

  it('functions, operators and types of the server are known, others are not', async () => {
    const stable = await names("SELECT DISTINCT proname AS name FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile <> 'v' AND prokind <> 'p' AND NOT ('internal'::regtype = ANY (string_to_array(proargtypes::text, ' ')::oid[])) AND prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)");
    const unknownTo = (list: readonly string[], isKnown: (name: readonly string[]) => boolean) => list.filter((name) => !isKnown([name]) || !isKnown(['pg_catalog', name]) || isKnown(['public', name]));
    assert.deepEqual(
      unknownTo(stable, (name) => effectOfFunction(name) !== undefined).filter((name) => !name.endsWith('handler')),
      [],
    );
    assert.deepEqual(unknownTo(await names("SELECT DISTINCT oprname AS name FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace"), isBuiltInOperator), []);
    assert.deepEqual(unknownTo(await names("SELECT typname AS name FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm', 'p') AND typrelid = 0 AND typelem = 0"), isBuiltInType), []);
    assert.deepEqual((await names("SELECT DISTINCT proname AS name FROM pg_proc WHERE pronamespace = 'information_schema'::regnamespace AND provolatile <> 'v'")).filter((name) => effectOfFunction(['information_schema', name])?.class !== 'read' || effectOfFunction([name])), []);
    assert.equal(effectOfFunction(['information_schema', 'fw']), undefined);
    assert.equal(effectOfFunction(['fw']), undefined);
    assert.equal(effectOfFunction(['db', 'pg_catalog', 'lower']), undefined);
  });

  it('operators call no volatile function', async () => {
    assert.deepEqual(await names("SELECT oprname AS name FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND p.provolatile = 'v'"), []);
  });
});
