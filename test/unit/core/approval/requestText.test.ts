/** What a request would do, as a title. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRequest } from '../../../../src/core/approval/requestText.ts';
import type { RequestBody } from '../../../../src/core/approval/request.ts';

type Class = RequestBody['statements'][number]['class'];
const statements = (...classes: readonly Class[]): RequestBody['statements'] => classes.map((each) => ({ sql: 'x', params: [], class: each }));
const effect = (...counts: readonly (readonly [name: string, ins: number, upd: number, del: number])[]): RequestBody['effect'] => ({ tables: counts.map(([name, ins, upd, del]) => ({ name, ins, upd, del, why: 'statement' })), rows: null, count: 0, complete: true });

const rows: readonly (readonly [RequestBody['statements'], RequestBody['effect'], string])[] = [
  [statements('destructive'), effect(['public.customers', 0, 0, 3]), 'Deletes 3 rows from customers'],
  [statements('privilege'), effect(), 'Changes who may do what, and no rows'],
  [statements('ddl'), effect(), 'Changes definitions, and no rows'],
  [statements('ddl'), effect(['public.customers', 0, 0, 0]), 'Changes definitions, and no rows'],
  [statements('write'), effect(), 'Changes no rows'],
  [statements('admin'), null, 'Runs a statement that cannot be tried first'],
  [statements('ddl', 'ddl'), null, 'Runs 2 statements that cannot be tried first'],
];
for (const [asked, found, title] of rows) test(`${title} (${asked.map((each) => each.class).join(', ')})`, () => assert.equal(describeRequest({ statements: asked, effect: found }), title));
