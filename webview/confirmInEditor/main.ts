/** The reviewer's page inside the editor: the same page, with the extension host for a server. There are no keys and no network here. */
import '../confirm/confirm.css';
import type { ConfirmToHost, ConfirmToPage } from '../../src/protocol/confirmPage.ts';
import { connectHost } from '../lib/host.ts';
import { say, startPage } from '../confirm/chrome.ts';
import { messageFor } from '../confirm/messages.ts';
import { showRequest } from '../confirm/requestPage.ts';

const host = connectHost<ConfirmToPage, ConfirmToHost>((message) => receive(message));
type Sent = { readonly text?: string } | undefined;
/** The answer that was pressed and not told yet what became of it. */
let pressed: { resolve(sent: Sent): void; reject(problem: Error): void } | undefined;
let tellEvent: ((event: { readonly kind: 'claimed' | 'closed' | 'expired' }) => void) | undefined;

startPage();

function receive(message: ConfirmToPage): void {
  switch (message.type) {
    case 'show':
      return show(message);
    case 'say':
      return say(messageFor(message.code, message.detail));
    case 'over':
      return tellEvent?.({ kind: message.kind });
    case 'sent':
      pressed?.resolve(message.text === undefined ? {} : { text: message.text });
      pressed = undefined;
      return;
    case 'not-sent':
      // Without a reason the person thought better of it.
      if (message.message === '') pressed?.resolve(undefined);
      else pressed?.reject(new Error(message.message));
      pressed = undefined;
  }
}

function show({ shown, reviewer, browser, now }: Extract<ConfirmToPage, { type: 'show' }>): void {
  const skewMs = now - Date.now();
  const mayAnswer = reviewer !== undefined && reviewer.refused === undefined;
  const why = reviewer === undefined ? 'Nobody of this team works in this editor, so it cannot sign here.' : reviewer.refused;
  showRequest({
    shown: { ...shown, place: 'editor' },
    now: () => Date.now() + skewMs,
    ...(why === undefined ? {} : { why }),
    answerers: mayAnswer ? [{ id: '', name: reviewer.name, note: 'this editor', approveLabel: 'Approve\u2026' }] : [],
    remembered: 0,
    ...(browser ? { elsewhere: { label: mayAnswer ? 'Use a Passkey in the Browser' : 'Answer with a Passkey in the Browser', onPress: () => host.post({ type: 'open-browser' }) } } : {}),
    async send(_, answer) {
      return await new Promise<Sent>((resolve, reject) => {
        pressed = { resolve, reject };
        host.post({ type: 'decide', ...answer });
      });
    },
    follow: (onEvent) => (tellEvent = onEvent),
    onFirstSign: () => host.post({ type: 'seen' }),
    copy: async (text) => await Promise.resolve(host.post({ type: 'copy', text })),
  });
}

host.post({ type: 'ready' });
