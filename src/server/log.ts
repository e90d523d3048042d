/** One line of JSON for each thing worth knowing. No headers, no bodies, no tokens: only what the caller names. */

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** @param write - takes one whole line */
export function createLog(write: (line: string) => void, now: () => number = Date.now): Log {
  const line = (level: string) => (message: string, fields: LogFields = {}): void => write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, message, ...fields })}\n`);
  return { info: line('info'), warn: line('warn'), error: line('error') };
}
