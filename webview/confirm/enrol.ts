/** Joining a team on the page itself: a new key, proof of holding it, and six words to say to an administrator. */
import { b64u } from '../../src/core/approval/bytes.ts';
import type { Crypto } from '../../src/core/approval/crypto.ts';
import { enrolmentWords, proposeMemberId } from '../../src/core/approval/enrolment.ts';
import type { EnrolmentBody } from '../../src/core/approval/enrolment.ts';
import { bodyBytes, payloadTypes, signBody } from '../../src/core/approval/envelope.ts';
import type { Team } from '../../src/core/approval/team.ts';
import { el } from '../lib/dom.ts';
import { problemText } from './decide.ts';
import type { Channel } from './open.ts';
import { textToSend } from './textToSend.ts';
import { takesPasskeys } from './passkeySites.ts';
import { newPasskey, newSoftwareKey } from './signers.ts';

export type EnrolOptions = { readonly channel: Channel; readonly team: Team; /** Name the invitation is for, if it said one. */ readonly name: string; readonly administrators: readonly string[] };

export function createEnrolment(crypto: Crypto, { channel, team, name, administrators }: EnrolOptions): HTMLElement {
  const person = el('input', { type: 'text', maxlength: 80, autocomplete: 'name', value: name, id: 'enrol-name' });
  const passkey = el('button', { type: 'button', class: 'primary' }, 'Create a Passkey\u2026');
  const software = el('button', { type: 'button', class: 'secondary' }, 'Use a Browser Key Instead');
  const canHavePasskey = takesPasskeys(location.hostname);
  const hint = el('div', { class: 'hint', role: 'status' }, canHavePasskey ? '' : 'Browsers make no passkeys at an address of numbers. Ask for a link that begins with a name.');
  const buttons = canHavePasskey ? [passkey, software] : [software];
  const form = el(
    'div',
    {},
    el('h1', {}, 'Join the team ', el('code', {}, team.body.team)),
    el('p', {}, 'You make a key on this device. An administrator adds it to the team file after you have told them six words. Until then it approves nothing.'),
    el('label', { class: 'field', for: 'enrol-name' }, 'Your name', person),
    el('div', { class: 'actions' }, ...buttons),
    hint,
    el('p', { class: 'sub' }, 'A passkey asks for your finger, face or PIN each time. A browser key does not, so many teams do not let it approve changes to production.'),
  );
  const root = el('section', { class: 'enrol', 'aria-label': 'Join the team' }, form);

  const enrol = async (make: typeof newPasskey): Promise<void> => {
    const who = { id: proposeMemberId(person.value), name: person.value.trim().toWellFormed() };
    if (who.name === '' || who.id === '') {
      hint.textContent = 'Write your name first.';
      person.focus();
      return;
    }
    for (const button of buttons) button.setAttribute('disabled', '');
    try {
      hint.textContent = 'Your device may ask twice: once to make the key, once to prove that it works.';
      const { record, signer } = await make(crypto, who);
      const body: EnrolmentBody = { v: 1, team: team.body.team, member: who, key: record, time: Date.now(), nonce: b64u(crypto.random(32)) };
      const envelope = await signBody(payloadTypes.enrolment, bodyBytes(body), [signer]);
      const { text } = await channel.deliver('enrolment', envelope);
      root.replaceChildren(wordsView(await enrolmentWords(crypto, signer.keyid, undefined), administrators), ...(text === undefined ? [] : [textToSend(text, async (copied) => await navigator.clipboard.writeText(copied))]));
    } catch (error) {
      for (const button of buttons) button.removeAttribute('disabled');
      hint.textContent = problemText(error);
    }
  };
  person.addEventListener('input', () => (hint.textContent = ''));
  passkey.addEventListener('click', () => void enrol(newPasskey));
  software.addEventListener('click', () => void enrol(async () => await newSoftwareKey(crypto)));
  return root;
}

function wordsView(words: readonly string[], administrators: readonly string[]): HTMLElement {
  const whom = administrators.length === 0 ? 'an administrator' : administrators.join(' or ');
  return el(
    'div',
    { role: 'status' },
    el('h1', {}, 'Tell these six words'),
    el('p', {}, `Call ${whom}, or go there, and say them. Do not send them through the chat the link came from: whoever could change the link could change them too.`),
    el('ol', { class: 'words' }, ...words.map((word) => el('li', {}, word))),
    el('p', { class: 'sub' }, 'When you were added, ask for a new link: what was asked before is bound to the team as it was.'),
  );
}
