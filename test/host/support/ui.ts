/** The person in front of the editor, for tests inside the extension host. */
import type { Workbench } from '../../support/workbench.ts';

/** What can cross the bridge: arguments and results are plain data. */
type Remote = {
  readonly [Name in keyof Workbench as Workbench[Name] extends (...args: never[]) => Promise<string | string[] | void | object> ? Name : never]: Workbench[Name];
} & { readonly screenshot: (name: string) => Promise<string> };

/**
 * Presses, types and reads in the real window. Do not await a command that asks something before it was answered here:
 *
 *     const run = vscode.commands.executeCommand('countersign.bindDocument');
 *     await ui.pick('Connection', 'shop-staging');
 *     await run;
 */
export const ui = new Proxy({}, { get: (_target, op: string) => (...args: unknown[]) => call(op, args) }) as Remote;

async function call(op: string, args: readonly unknown[]): Promise<unknown> {
  const bridge = process.env['COUNTERSIGN_BRIDGE'] ?? '';
  const response = await fetch(bridge, { method: 'POST', body: JSON.stringify({ op, args }) });
  const answer = (await response.json()) as { ok: boolean; value?: unknown; error?: string };
  if (!answer.ok) throw new Error(answer.error);
  return answer.value;
}
