/** Lets tests inside the extension host press real buttons: each call of `ui` there is a call of the workbench here. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Editor } from './editor.ts';

export type HostResult = { readonly title: string; readonly milliseconds: number; readonly error?: string };
export type HostOutcome = { readonly results: readonly HostResult[]; readonly problem?: string };

export type Bridge = {
  readonly url: string;
  /** From now on calls go to this editor; those that came earlier waited. */
  readonly connect: (editor: Editor) => void;
  /** What the suite reported at its end. */
  readonly outcome: Promise<HostOutcome>;
  readonly stop: () => Promise<void>;
};

export async function startBridge(): Promise<Bridge> {
  const connected = Promise.withResolvers<Editor>();
  const outcome = Promise.withResolvers<HostOutcome>();

  async function call({ op, args }: { op: string; args: unknown[] }): Promise<unknown> {
    if (op === 'done') {
      outcome.resolve(args[0] as HostOutcome);
      return undefined;
    }
    const editor = await connected.promise;
    if (op === 'screenshot') return editor.screenshot(String(args[0]));
    const action = editor.ui[op as keyof Editor['ui']];
    if (typeof action !== 'function') throw new Error(`There is no '${op}' in the workbench`);
    return (action as (...values: unknown[]) => unknown).apply(editor.ui, args);
  }

  const server = createServer((request, response) => {
    void answer(request).then((body) => response.end(JSON.stringify(body)));
  });
  async function answer(request: IncomingMessage): Promise<object> {
    try {
      return { ok: true, value: await call(JSON.parse(await text(request)) as { op: string; args: unknown[] }) };
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    connect: connected.resolve,
    outcome: outcome.promise,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
