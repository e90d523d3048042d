import type { Dialect } from './sql/verdict.ts';

/** Where something failed. Closed, so that every caller can decide what each one means for the data. */
export type FailureCode = 'sql' | 'connection' | 'credentials' | 'audit' | 'internal';

/** A failure as data. `message` never holds parameters, row values or secrets. */
export type Failure = {
  readonly code: FailureCode;
  /** What happened and what to do, for a person. */
  readonly message: string;
  /** SQLSTATE, when the server sent one. */
  readonly sqlState?: string;
  readonly detail?: string;
  readonly hint?: string;
  /** What the server is, when a connection was refused because it said something else. */
  readonly serverDialect?: Dialect;
  /** Where in the sent statement the server points: 0-based UTF-16 index. */
  readonly position?: number;
};

/** The one exception class of Countersign: thrown where the caller could not foresee the end, turned into data by `toFailure`. */
export class AppError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.name = 'AppError';
    this.failure = failure;
  }
}

/** Turns anything thrown into data. Foreign errors keep their message only. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof AppError) return thrown.failure;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'internal', message };
}
