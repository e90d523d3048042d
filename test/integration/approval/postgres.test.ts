/** On PostgreSQL. */
import { describeApproved } from './approved.suite.ts';
import { postgresSubject } from './subjects.ts';

describeApproved('PostgreSQL', postgresSubject, false);
