import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportRead, type ExportRequest } from '../../../src/app/exportRead.ts';
import { createFakes, request as runRequest, type Script } from '../../fakes/ports.ts';
import { statement, verdict } from '../../fakes/statements.ts';

const sink = { columns: () => undefined, rows: () => undefined, notice: () => undefined };
const request: ExportRequest = { ...runRequest(), to: 'file, csv' };
const read = verdict(statement('select 1', 'read'));

const rows: readonly { readonly name: string; readonly script: Script; readonly end: string; readonly log: readonly string[]; readonly records?: readonly object[] }[] = [
  { name: 'a read is recorded before and after', script: { verdict: read, reads: [{ kind: 'done', rows: 7, commandTag: 'SELECT 7' }] }, end: 'done', log: ['acquire', 'audit:export', 'read', 'audit:export'], records: [{ to: 'file, csv', rows: undefined }, { to: 'file, csv', rows: 7 }] },
  { name: 'no record, no file', script: { verdict: read, failingRecords: ['export'] }, end: 'failed', log: ['acquire'] },
  { name: 'a write is not run again, and nothing is opened', script: { verdict: verdict(statement('delete from t', 'write')) }, end: 'refused', log: [] },
  { name: 'what nobody understood is not run', script: { verdict: verdict(statement('what', 'unknown')) }, end: 'refused', log: [] },
  { name: 'several statements are not one result', script: { verdict: { ...read, statements: [...read.statements, ...read.statements] } }, end: 'refused', log: [] },
  { name: 'cancelled with rows already written: how many is recorded', script: { verdict: read, reads: [{ kind: 'cancelled', rows: 3 }] }, end: 'cancelled', log: ['acquire', 'audit:export', 'read', 'audit:export'], records: [{ rows: undefined }, { rows: 3, outcome: 'cancelled' }] },
  { name: 'a row that cannot be read is no end of the result', script: { verdict: read, reads: [{ kind: 'done', rows: 3, commandTag: '', truncated: 'byte-limit' }] }, end: 'failed', log: ['acquire', 'audit:export', 'read', 'audit:export'] },
  { name: 'a server that refuses is recorded without its words', script: { verdict: read, reads: [{ kind: 'failed', failure: { code: 'sql', message: 'invalid: "secret"', sqlState: '22P02' } }] }, end: 'failed', log: ['acquire', 'audit:export', 'read', 'audit:export'], records: [{}, { outcome: 'failed', reason: 'the server refused it: SQLSTATE 22P02' }] },
  { name: 'without a session nothing is recorded as exported', script: { verdict: read, acquire: { kind: 'failed', failure: { code: 'connection', message: 'no' } } }, end: 'failed', log: ['acquire'] },
];

for (const { name, script, end, log, records = [] } of rows) {
  test(name, async () => {
    const fakes = createFakes(script);
    assert.equal((await exportRead(fakes.ports, request, sink)).kind, end);
    assert.deepEqual(fakes.log, log);
    for (const [index, facts] of records.entries()) {
      const record = fakes.records[index] as unknown as Record<string, unknown>;
      for (const [key, value] of Object.entries(facts)) assert.deepEqual(record[key], value, key);
    }
  });
}
