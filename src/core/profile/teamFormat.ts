/** Which kind of team file it is: only connections, or with people, keys and policy, which is signed. */
import { isObject } from './reader.ts';

/** `plain`: `version` is the format. `signed`: `v` is the format, and `version` counts the file's own versions. */
export type TeamFormat = 'plain' | 'signed';

const keysOf: Readonly<Record<TeamFormat, readonly string[]>> = {
  plain: ['$schema', 'version', 'connections', 'risks'],
  signed: ['$schema', 'v', 'team', 'version', 'prev', 'issued', 'expires', 'admins', 'members', 'policy', 'connections', 'risks', 'servers', 'audit'],
};

/** `undefined` for a format of another version of Countersign, which is not guessed at. */
export function teamFormatOf(file: unknown): TeamFormat | undefined {
  if (!isObject(file)) return undefined;
  if (Object.hasOwn(file, 'v')) return file['v'] === 1 && Number.isSafeInteger(file['version']) ? 'signed' : undefined;
  return file['version'] === 1 ? 'plain' : undefined;
}

/** What may stand at the top of such a file. Whether people and keys make sense is checked where they are trusted. */
export function teamFileKeys(format: TeamFormat): readonly string[] {
  return keysOf[format];
}
