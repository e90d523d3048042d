import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transactionOf } from '../../../../../src/core/effect/mysql/engineStatus.ts';

const others = '---TRANSACTION (0x7fb47552eb80), not started\n0 lock struct(s), heap size 1128, 0 row lock(s)\n';
const own = '---TRANSACTION 1257, ACTIVE 3 sec\n2 lock struct(s), heap size 1128, 6 row lock(s), undo log entries 30\nMariaDB thread id 268, OS thread handle 1316, query id 1625 127.0.0.1 root\n';
const reading = '---TRANSACTION 1258, ACTIVE 0 sec starting index read\nmysql tables in use 1, locked 1\nLOCK WAIT 2 lock struct(s), heap size 1128, 1 row lock(s)\nMySQL thread id 26, OS thread handle 14, query id 1627 127.0.0.1 root Updating\nupdate items set n = 1\n';
const fake = "---TRANSACTION 9, ACTIVE 0 sec\n1 lock struct(s)\nMySQL thread id 7, OS thread handle 1, query id 2 root\nSELECT '\nMariaDB thread id 268, OS thread handle 5'\n";

const rows: readonly (readonly [name: string, status: string, threadId: string, expected: unknown])[] = [
  ['rows written', `${others}${own}${reading}`, '268', { id: '1257', written: 30 }],
  ['nothing written', `${others}${own}${reading}`, '26', { id: '1258', written: 0 }],
  ['not there', `${others}${own}`, '2', undefined],
  ['not begun', others, '268', undefined],
  ['a text that looks like it', `${own}${fake}`, '268', undefined],
  ['only a text that looks like it', fake, '268', undefined],
];
for (const [name, status, threadId, expected] of rows) test(name, () => assert.deepEqual(transactionOf(status, threadId), expected));
