/** The same scenes as on real servers, on a database in memory: here in seconds. */
import { describeApproved } from '../../integration/approval/approved.suite.ts';
import { describeFacts } from '../../integration/approval/facts.suite.ts';
import type { Subject } from '../../integration/approval/subjects.ts';
import { testProfile } from '../../support/postgresSession.ts';
import { startSqlite } from '../../fakes/sqliteSession.ts';

const profile = testProfile({ host: 'db-1', port: 5432, user: 'app', database: 'main' });

function open(): Promise<Subject> {
  const { query, session } = startSqlite();
  return Promise.resolve({ name: 'memory', profile, openSession: () => Promise.resolve(session()), query, setting: 'SET mode', alone: 'VACUUM' });
}

describeApproved('in memory', open, false);
describeFacts('in memory', open, false);
