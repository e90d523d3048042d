/** Tells whether a script was started itself or imported by another one. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param {string} url `import.meta.url` of the asking module */
export function isMain(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(fileURLToPath(url));
}
