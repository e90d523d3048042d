/** Everything that runs inside the extension host, in one editor. */
import { readdirSync } from 'node:fs';
import { runHostSuite } from '../support/hostSuite.ts';

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.host.ts'));
await runHostSuite('host', files.map((name) => `test/host/${name}`), { files: { 'query.sql': 'SELECT 1;\n' } });
