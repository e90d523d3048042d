/** Reads the fields of one object that came from outside, and keeps what is wrong with them. */
import type { FieldRule } from './fields.ts';
import { problemError, problemWarning } from './problem.ts';
import type { ProfileProblem, ValuePath } from './problem.ts';
import { findSecrets, secretMessage } from './secretLike.ts';

/** Every read returns `undefined` when the field is not usable, and says why in `problems`. */
export interface Reader {
  readonly problems: readonly ProfileProblem[];
  hasErrors(): boolean;
  has(key: string): boolean;
  text(key: string, rule: FieldRule): string | undefined;
  number(key: string, rule: FieldRule): number | undefined;
  boolean(key: string): boolean | undefined;
  oneOf<Allowed extends string>(key: string, allowed: readonly Allowed[], fallback?: Allowed): Allowed | undefined;
  /** A reader of the object below; its problems end up here too. */
  object(key: string, explanation: string): Reader | undefined;
  fail(key: string, message: string): void;
  warn(key: string, message: string): void;
  /** Secrets at any depth are errors. */
  refuseSecrets(): void;
  warnUnknown(known: readonly string[]): void;
}

export function createReader(record: Readonly<Record<string, unknown>>, path: ValuePath, problems: ProfileProblem[] = []): Reader {
  const has = (key: string): boolean => Object.hasOwn(record, key);
  /** The place of a missing key is the object that lacks it. */
  const at = (key: string): ValuePath => (has(key) ? [...path, key] : path);
  const fail = (key: string, message: string): void => void problems.push(problemError(at(key), message));
  const warn = (key: string, message: string): void => void problems.push(problemWarning(at(key), message));
  const check = (key: string, rule: FieldRule): unknown => {
    const value = has(key) ? record[key] : undefined;
    const problem = rule(value);
    if (problem === undefined) return value;
    fail(key, has(key) ? problem : `“${key}” is missing. ${problem}`);
    return undefined;
  };
  return {
    problems,
    hasErrors: () => problems.some(({ severity }) => severity === 'error'),
    has,
    text: (key, rule) => check(key, rule) as string | undefined,
    number: (key, rule) => check(key, rule) as number | undefined,
    boolean: (key) => check(key, booleanProblem) as boolean | undefined,
    oneOf: <Allowed extends string>(key: string, allowed: readonly Allowed[], fallback?: Allowed) =>
      !has(key) && fallback !== undefined ? fallback : (check(key, oneOfProblem(allowed)) as Allowed | undefined),
    object: (key, explanation) => {
      const value = record[key];
      if (isObject(value)) return createReader(value, [...path, key], problems);
      fail(key, explanation);
      return undefined;
    },
    fail,
    warn,
    refuseSecrets: () => {
      for (const secret of findSecrets(record)) problems.push(problemError([...path, ...secret], secretMessage));
    },
    warnUnknown: (known) => {
      const secrets = new Set(findSecrets(record).map(([key]) => key));
      const unknown = Object.keys(record).filter((key) => !known.includes(key) && !secrets.has(key));
      for (const key of unknown) warn(key, unknownKeyMessage(key));
    },
  };
}

const booleanProblem: FieldRule = (value) => (typeof value === 'boolean' ? undefined : 'Write true or false.');

function oneOfProblem(allowed: readonly string[]): FieldRule {
  return (value) => (allowed.some((entry) => entry === value) ? undefined : `Use one of: ${allowed.join(', ')}.`);
}

export function unknownKeyMessage(key: string): string {
  return `“${key}” is not known here and does nothing.`;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
