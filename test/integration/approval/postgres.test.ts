/** On PostgreSQL. */
import { describeApproved } from './approved.suite.ts';
import { describeFacts } from './facts.suite.ts';
import { postgresSubject } from './subjects.ts';

describeApproved('PostgreSQL', postgresSubject, false);
describeFacts('PostgreSQL', postgresSubject, false);
