import { test } from 'node:test';
import { describeEffects } from './effects.contract.ts';
import { mysqlEffects } from './effectsMysql.ts';

const subject = await mysqlEffects('mysql');
if ('skip' in subject) test('effects', { skip: subject.skip });
else describeEffects(subject);
