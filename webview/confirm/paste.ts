/** Requests that come as a text, because there is no server both sides reach. */
import { blobText, parseBlob } from '../../src/core/approval/blob.ts';
import type { Deflater } from '../../src/core/approval/blob.ts';
import { parseB64u } from '../../src/core/approval/bytes.ts';
import type { Crypto } from '../../src/core/approval/crypto.ts';
import { isEnvelope } from '../../src/core/approval/envelope.ts';
import { openMailbox } from '../../src/core/approval/openMailbox.ts';
import type { RequestRefusal } from '../../src/core/approval/refusal.ts';
import { el } from '../lib/dom.ts';
import type { Channel, Opened } from './open.ts';

type Refused = { readonly kind: 'refused'; readonly code: RequestRefusal | 'no-blob' | 'no-team' };

/** The same checks as for a link; the team file is the one that came along. */
export async function openText(crypto: Crypto, deflater: Deflater, text: string, now: number): Promise<Opened | Refused> {
  const content = await parseBlob(deflater, text);
  if (content === undefined) return { kind: 'refused', code: 'no-blob' };
  if (content.team === undefined) return { kind: 'refused', code: 'no-team' };
  const { file, signatures } = content.team;
  const mailbox = await openMailbox(crypto, { envelope: content.envelope, team: { file: parseB64u(file) ?? new Uint8Array(0), signatures }, now });
  return mailbox.kind === 'request' || mailbox.kind === 'invitation' ? { ...mailbox, channel: byHand(deflater), seq: 0, skewMs: 0 } : mailbox;
}

/** What would be posted becomes a text; sightings go nowhere. */
function byHand(deflater: Deflater): Channel {
  return {
    deliver: async (_, content) => (isEnvelope(content) ? { text: await blobText(deflater, { envelope: content }) } : {}),
    follow: () => undefined,
  };
}

export function pasteView(onOpen: (text: string) => void): HTMLElement {
  const area = el('textarea', { rows: 8, class: 'link', 'aria-label': 'Request as text', placeholder: 'cfm1.\u2026', spellcheck: 'false' });
  const open = el('button', { type: 'button', class: 'primary' }, 'Open');
  open.addEventListener('click', () => onOpen(area.value));
  return el('section', { class: 'enrol' }, el('h1', {}, 'Open a request that came as text'), el('p', {}, 'Paste all of it. It is opened in this browser and sent nowhere.'), area, el('div', { class: 'actions' }, open));
}
