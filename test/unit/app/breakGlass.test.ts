/** The same scenes as on real servers, on a database in memory: here in seconds. */
import { describeBreakGlass } from '../../integration/approval/breakGlass.suite.ts';
import type { Subject } from '../../integration/approval/subjects.ts';
import { testProfile } from '../../support/postgresSession.ts';
import { startSqlite } from '../../fakes/sqliteSession.ts';

const profile = testProfile({ host: 'db-1', port: 5432, user: 'app', database: 'main' });

describeBreakGlass('a database in memory', () => {
  const { query, session } = startSqlite();
  const subject: Subject = { name: 'memory', profile, openSession: () => Promise.resolve(session()), query, setting: 'SET mode', alone: 'VACUUM' };
  return Promise.resolve(subject);
}, { skip: false, everything: true });
