/** On MySQL. */
import { describeApproved } from './approved.suite.ts';
import { describeFacts } from './facts.suite.ts';
import { mysqlSubject } from './subjects.ts';
import { describeUntransactional } from './untransactional.suite.ts';

const { skip, open } = await mysqlSubject('mysql');
describeApproved('MySQL', open, skip);
describeFacts('MySQL', open, skip);
describeUntransactional('MySQL', open, skip);
