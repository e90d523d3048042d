/** On MariaDB. */
import { describeApproved } from './approved.suite.ts';
import { describeFacts } from './facts.suite.ts';
import { mysqlSubject } from './subjects.ts';

const { skip, open } = await mysqlSubject('mariadb');
describeApproved('MariaDB', open, skip);
describeFacts('MariaDB', open, skip);
