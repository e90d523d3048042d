/** Everything that runs inside the extension host, in one editor. */
import { hostFiles } from './hostFiles.ts';
import { runHostSuite } from '../support/hostSuite.ts';

await runHostSuite('host', hostFiles, { files: { 'query.sql': 'SELECT 1;\n' } });
