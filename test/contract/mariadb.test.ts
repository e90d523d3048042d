import { test } from 'node:test';
import { mysqlSubject } from './mysqlSubject.ts';
import { describeSession } from './session.contract.ts';

const subject = await mysqlSubject('mariadb');
if ('skip' in subject) test('session contract', { skip: subject.skip });
else describeSession(subject);
