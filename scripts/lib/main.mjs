/** Tells whether a script was started itself or imported by another one. */
import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param {string} url `import.meta.url` of the asking module */
export function isMain(url) {
  const [, started] = process.argv;
  // The test runner may have been started with a pattern.
  return started !== undefined && existsSync(started) && realpathSync(started) === realpathSync(fileURLToPath(url));
}
