/** The line to the extension host. */

/** What VS Code puts into every webview, once. */
declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};

export type Host<ToHost> = {
  post(message: ToHost): void;
  /** What the page remembered before it was hidden; `undefined` the first time. */
  recall(): unknown;
  /** Keeps a small value for when the page is made again. Never text a person typed to confirm something. */
  remember(state: unknown): void;
};

/**
 * Connects the page. May be called once per page: VS Code gives the line out only once.
 *
 * @param receive - gets every message of the host, in order
 */
export function connectHost<ToPage extends { readonly type: string }, ToHost>(receive: (message: ToPage) => void): Host<ToHost> {
  const api = acquireVsCodeApi();
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (isMessage(event.data)) receive(event.data as ToPage);
  });
  return {
    post: (message) => api.postMessage(message),
    recall: () => api.getState(),
    remember: (state) => api.setState(state),
  };
}

function isMessage(value: unknown): value is { readonly type: string } {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
