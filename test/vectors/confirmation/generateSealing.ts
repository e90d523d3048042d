/** What a link's secret stands for, boxes it opens, and boxes it must not open. */
import { b64u, utf8 } from '../../../src/core/approval/bytes.ts';
import type { Bytes } from '../../../src/core/approval/bytes.ts';
import { linkKeys, linkText, newRequestId, newSecret, readHash, sealBox, sealToMember } from '../../../src/core/approval/seal.ts';
import { crypto } from '../../support/confirmation/keys.ts';

export async function sealingVectors(): Promise<object> {
  const [id, otherId, secret, plain] = [newRequestId(crypto), newRequestId(crypto), newSecret(crypto), utf8('{"v":1}')];
  const { key, readToken } = await linkKeys(crypto, id, secret);
  const box = await sealBox(crypto, key, { kind: 'request', id }, plain);
  const decision = await sealBox(crypto, key, { kind: 'decision', id }, plain);
  const member = await crypto.generate('agree', true);
  const sealed = await sealToMember(crypto, member.publicKey, id, secret);
  if (sealed === undefined) throw new Error('the key is on the curve');
  const flipped = (bytes: Bytes, at: number): Bytes => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
  const box64 = b64u(box);
  return {
    link: linkText({ server: 'https://confirm.example.com', id, secret }),
    server: 'https://confirm.example.com',
    id,
    secret: b64u(secret),
    key: b64u(key),
    readToken: b64u(readToken),
    readHash: await readHash(crypto, readToken),
    boxes: [
      { name: 'a request', kind: 'request', id, secret: b64u(secret), box: box64, plain: b64u(plain) },
      { name: 'a decision', kind: 'decision', id, secret: b64u(secret), box: b64u(decision), plain: b64u(plain) },
      { name: 'a decision served as a request', kind: 'request', id, secret: b64u(secret), box: b64u(decision), plain: null },
      { name: 'the box of another id', kind: 'request', id: otherId, secret: b64u(secret), box: box64, plain: null },
      { name: 'with another fragment', kind: 'request', id, secret: b64u(newSecret(crypto)), box: box64, plain: null },
      { name: 'a changed iv', kind: 'request', id, secret: b64u(secret), box: b64u(flipped(box, 0)), plain: null },
      { name: 'a changed byte', kind: 'request', id, secret: b64u(secret), box: b64u(flipped(box, 14)), plain: null },
      { name: 'a changed tag', kind: 'request', id, secret: b64u(secret), box: b64u(flipped(box, box.length - 1)), plain: null },
      { name: 'cut short', kind: 'request', id, secret: b64u(secret), box: b64u(box.slice(0, -1)), plain: null },
      { name: 'empty', kind: 'request', id, secret: b64u(secret), box: '', plain: null },
    ],
    member: { pkcs8: b64u(await crypto.exportKey(member)), spki: b64u(member.publicKey) },
    inbox: [
      { name: 'to a member', id, sealed: b64u(sealed), plain: b64u(secret) },
      { name: 'with another id', id: otherId, sealed: b64u(sealed), plain: null },
      { name: 'with a point that is not on the curve', id, sealed: b64u(flipped(sealed, 40)), plain: null },
      { name: 'with a changed byte', id, sealed: b64u(flipped(sealed, sealed.length - 1)), plain: null },
      { name: 'cut short', id, sealed: b64u(sealed.slice(0, 30)), plain: null },
    ],
    notLinks: [
      'https://confirm.example.com/r/r_AAAAAAAAAAAAAAAA',
      'https://confirm.example.com/r/r_AAAAAAAAAAAAAAAA#',
      'https://confirm.example.com/r/r_AAAAAAAAAAAAAAAA#1.AAAA',
      `https://confirm.example.com/r/r_AAAAAAAAAAAAAAAA#2.${b64u(secret)}`,
      `https://confirm.example.com/r/r_AAAA#1.${b64u(secret)}`,
      `ftp://confirm.example.com/r/r_AAAAAAAAAAAAAAAA#1.${b64u(secret)}`,
      `javascript:alert(1)//r/r_AAAAAAAAAAAAAAAA#1.${b64u(secret)}`,
    ],
  };
}
