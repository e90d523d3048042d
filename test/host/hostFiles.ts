/** What runs inside the extension host, relative to the repository. */
import { readdirSync } from 'node:fs';

export const hostFiles = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.host.ts'))
  .map((name) => `test/host/${name}`);
