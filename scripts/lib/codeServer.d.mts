export type CodeServer = {
  readonly port: number;
  readonly pid: number;
  /** The last lines it printed. */
  readonly log: () => string;
  /** The address that opens a folder. */
  readonly url: (folder: string) => string;
  readonly stop: () => Promise<void>;
};
export const quietSettings: Readonly<Record<string, unknown>>;
export function startCodeServer(options: {
  readonly home: string;
  readonly extensions: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly version?: string;
  readonly port?: number;
}): Promise<CodeServer>;
