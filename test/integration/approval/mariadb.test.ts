/** On MariaDB. */
import { describeApproved } from './approved.suite.ts';
import { describeFacts } from './facts.suite.ts';
import { mysqlSubject } from './subjects.ts';
import { describeUntransactional } from './untransactional.suite.ts';

const { skip, open } = await mysqlSubject('mariadb');
describeApproved('MariaDB', open, skip);
describeFacts('MariaDB', open, skip);
describeUntransactional('MariaDB', open, skip);
