/** A process that opens a change and holds it, so that a test can kill it. Argument: the test database as JSON. */
import { open } from '../contract/session.contract.ts';
import { openTestSession } from './postgresSession.ts';

const session = await openTestSession(JSON.parse(process.argv[2] ?? ''));
await open(session, ["UPDATE a SET v = 'held'"]);
console.log('open');
