/** On PostgreSQL and MySQL. */
import { describeBreakGlass } from './breakGlass.suite.ts';
import { mysqlSubject, postgresSubject } from './subjects.ts';

const { skip, open } = await mysqlSubject('mysql');
describeBreakGlass('PostgreSQL', postgresSubject, { skip: false, everything: false });
describeBreakGlass('MySQL', open, { skip, everything: false });
