/** What is wrong with a description of connections, and where. */

/** Keys and indexes from the outermost value down: `['connections', 2, 'host']`. */
export type ValuePath = readonly (string | number)[];

export type ProfileProblem = {
  /** `error`: the connection (or the whole file, when the path does not lead into one) is not loaded. `warning`: it is. */
  readonly severity: 'error' | 'warning';
  /** What is wrong, what it means, what to do. Never quotes a secret. */
  readonly message: string;
  /** The closest value that exists; `[]` is the whole. */
  readonly path: ValuePath;
};

export function problemError(path: ValuePath, message: string): ProfileProblem {
  return { severity: 'error', path, message };
}

export function problemWarning(path: ValuePath, message: string): ProfileProblem {
  return { severity: 'warning', path, message };
}
