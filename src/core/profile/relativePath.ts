/** Paths that files of others name: they must stay below the folder they belong to. */

/** True for a relative path that never leaves the folder it starts from, on any operating system. */
export function isInside(path: string): boolean {
  const parts = path.replaceAll('\\', '/').split('/');
  if (path === '' || path.includes('\u0000') || parts[0] === '' || /^[a-z]:/iu.test(path) || path.startsWith('~')) return false;
  let depth = 0;
  for (const part of parts) {
    depth += depthOf(part);
    if (depth < 0) return false;
  }
  return depth > 0;
}

function depthOf(part: string): number {
  if (part === '..') return -1;
  return part === '' || part === '.' ? 0 : 1;
}
