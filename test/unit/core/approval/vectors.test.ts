/** Team files, seals, effects and the small parts, against the vectors of the protocol. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { blobText, maxBlobBytes, parseBlob } from '../../../../src/core/approval/blob.ts';
import { b64u, concat, equalBytes, parseB64, parseB64u, utf8 } from '../../../../src/core/approval/bytes.ts';
import type { Bytes } from '../../../../src/core/approval/bytes.ts';
import { spkiPrefixes } from '../../../../src/core/approval/der.ts';
import { sixWords } from '../../../../src/core/approval/digest.ts';
import { isSafeEd25519 } from '../../../../src/core/approval/ed25519.ts';
import { compareEffects } from '../../../../src/core/approval/effectMatch.ts';
import { pae } from '../../../../src/core/approval/envelope.ts';
import { hkdf } from '../../../../src/core/approval/hkdf.ts';
import { parseJsonc } from '../../../../src/core/approval/jsonc.ts';
import { isReadToken, linkKeys, linkText, openBox, openFromSender, parseLink, readHash } from '../../../../src/core/approval/seal.ts';
import { selfTest } from '../../../../src/core/approval/selfTest.ts';
import { createDeflater } from '../../../../src/core/approval/streams.ts';
import { strictParse } from '../../../../src/core/approval/strictJson.ts';
import { compareTargets } from '../../../../src/core/approval/targetMatch.ts';
import { acceptTeam, teamFreshness } from '../../../../src/core/approval/teamChain.ts';
import type { SignedTeam } from '../../../../src/core/approval/teamChain.ts';
import { words } from '../../../../src/core/approval/words.ts';
import { crypto } from '../../../support/confirmation/keys.ts';

const read = (name: string): any => JSON.parse(readFileSync(new URL(`../../../vectors/confirmation/${name}.json`, import.meta.url), 'utf8'));
const [primitives, sealing, teams, effects] = [read('primitives'), read('sealing'), read('teams'), read('effects')];
const bytes = (text: string): Bytes => parseB64u(text) ?? new Uint8Array(0);
const hex = (text: string): Bytes => Uint8Array.from(Buffer.from(text, 'hex'));
const deflater = createDeflater(globalThis);

describe('published vectors', () => {
  test('the signature of the DSSE protocol verifies over our encoding', async () => {
    const { payloadType, payload, x, y, signature, pae: expected } = primitives.dsse;
    const signed = pae(payloadType, utf8(payload));
    assert.equal(new TextDecoder().decode(signed), expected);
    const coordinate = (number: string): Bytes => hex(BigInt(number).toString(16).padStart(64, '0'));
    const spki = concat(spkiPrefixes.p256, new Uint8Array([4]), coordinate(x), coordinate(y));
    assert.equal(await crypto.verify('p256', spki, parseB64(signature) ?? new Uint8Array(0), signed), true);
  });

  test('HKDF of RFC 5869', async () => {
    const { ikm, salt, info, okm } = primitives.hkdf;
    assert.deepEqual(await hkdf(crypto.hmac, { secret: hex(ikm), salt: hex(salt), info: hex(info) }, 42), hex(okm));
  });
});

describe('texts with one meaning', () => {
  for (const text of primitives.strictJson.accepted as string[]) test(`strict JSON: ${text.slice(0, 40)}`, () => assert.deepEqual(strictParse(utf8(text)), { value: JSON.parse(text) }));
  for (const text of primitives.strictJson.refused as string[]) test(`not strict JSON: ${text.slice(0, 40)}`, () => assert.equal(strictParse(utf8(text)), undefined));
  test('not strict JSON: nested 200 000 deep, longer than 1 MiB, not UTF-8', () => {
    assert.equal(strictParse(utf8('['.repeat(200_000) + ']'.repeat(200_000))), undefined);
    assert.equal(strictParse(utf8(JSON.stringify('x'.repeat(1024 * 1024)))), undefined);
    assert.equal(strictParse(new Uint8Array([0x22, 0xc0, 0x80, 0x22])), undefined);
  });
  for (const [text, value] of primitives.jsonc.accepted as [string, unknown][]) test(`with comments: ${text.trim()}`, () => assert.deepEqual(parseJsonc(utf8(text)), { value }));
  for (const text of primitives.jsonc.refused as string[]) test(`not with comments: ${text.slice(0, 30)}`, () => assert.equal(parseJsonc(utf8(text)), undefined));
  for (const [text, expected] of primitives.b64u.accepted as [string, string][]) {
    test(`base64url ${text}`, () => assert.deepEqual([parseB64u(text), b64u(hex(expected))], [hex(expected), text]));
  }
  for (const text of primitives.b64u.refused as string[]) test(`not base64url: ${JSON.stringify(text)}`, () => assert.equal(parseB64u(text), undefined));
});

describe('six words', () => {
  test('2048 different words, told apart by four letters', () => assert.deepEqual([new Set(words).size, new Set(words.map((word) => word.slice(0, 4))).size], [2048, 2048]));
  for (const { purpose, digest, words: expected } of primitives.words) {
    test(`of a ${purpose}`, async () => {
      assert.deepEqual(await sixWords(crypto, purpose, digest), expected);
      assert.equal(expected.length, 6);
    });
  }
});

describe('text for a chat', () => {
  const { content, text, refused } = primitives.blob;
  const spoiled: readonly [string, string][] = [['as it was sent', text], ['with words around it', `Please look: ${text} thanks`], ['broken into lines', (text as string).replaceAll(/.{60}/g, '$&\n  ')]];
  for (const [name, given] of spoiled) test(name, async () => assert.deepEqual(await parseBlob(deflater, given), content));
  for (const given of refused as string[]) test(`not a blob: ${given}`, async () => assert.equal(await parseBlob(deflater, given), undefined));
  test('there and back', async () => assert.deepEqual(await parseBlob(deflater, await blobText(deflater, content)), content));
  test('what unpacks to more than it may is not unpacked', async () => {
    const bomb = await deflater.deflate(new Uint8Array(64 * 1024 * 1024));
    assert.ok(bomb.length < 100_000);
    assert.equal(await deflater.inflate(bomb, maxBlobBytes), undefined);
  });
});

describe('seals', () => {
  test('the link and what its secret stands for', async () => {
    const { id, secret, link, server, key, readToken, readHash: hash } = sealing;
    assert.equal(linkText({ server, id, secret: bytes(secret) }), link);
    assert.deepEqual(parseLink(` ${link}\n`), { server, id, secret: bytes(secret) });
    assert.deepEqual(await linkKeys(crypto, id, bytes(secret)), { key: bytes(key), readToken: bytes(readToken) });
    assert.equal(await readHash(crypto, bytes(readToken)), hash);
    assert.deepEqual(await Promise.all([readToken, key, '', hash].map(async (token) => await isReadToken(crypto, token, hash))), [true, false, false, false]);
  });
  for (const link of sealing.notLinks as string[]) test(`not a link: ${link}`, () => assert.equal(parseLink(link), undefined));
  for (const { name, kind, id, secret, box, plain } of sealing.boxes) {
    test(`box: ${name as string}`, async () => {
      const { key } = await linkKeys(crypto, id, bytes(secret));
      assert.deepEqual(await openBox(crypto, key, { kind, id }, bytes(box)), plain === null ? undefined : bytes(plain));
    });
  }
  for (const { name, id, sealed, plain } of sealing.inbox) {
    test(`inbox: ${name as string}`, async () => {
      const own = await crypto.importKey('agree', bytes(sealing.member.pkcs8), bytes(sealing.member.spki));
      assert.deepEqual(await openFromSender(crypto, own, id, bytes(sealed)), plain === null ? undefined : bytes(plain));
      assert.equal(bytes(sealed).length === 32 + 81 || plain === null, true);
    });
  }
});

describe('team files', () => {
  const step = ({ file, signatures }: any): SignedTeam => ({ file: utf8(file), signatures });
  for (const { name, pinned, steps, accepts, code } of teams.cases) {
    test(name, async () => {
      const before = pinned.length === 0 ? undefined : await acceptTeam(crypto, undefined, pinned.map(step));
      assert.notEqual(before?.kind, 'refused');
      const state = await acceptTeam(crypto, before?.kind === 'accepted' ? before.team : undefined, steps.map(step));
      assert.deepEqual(state.kind === 'refused' ? state.code : state.team.body.version, code ?? accepts);
    });
  }

  test('they expire, after a warning', async () => {
    const state = await acceptTeam(crypto, undefined, [step(teams.cases[0].steps[0])]);
    assert.ok(state.kind === 'accepted');
    const end = Date.parse(state.team.body.expires);
    const day = 24 * 60 * 60 * 1000;
    assert.deepEqual([end - 31 * day, end - 29 * day, end].map((now) => teamFreshness(state.team, now)), ['fresh', 'expires-soon', 'expired']);
  });
});

test('the platform gives the known answers, and a broken one is found out', async () => {
  assert.deepEqual(await selfTest(crypto), []);
  assert.deepEqual(await selfTest({ ...crypto, verify: async () => await Promise.resolve(true) }), ['ECDSA']);
  assert.deepEqual(await selfTest({ ...crypto, hmac: async () => await Promise.reject(new Error('no')), derive: async () => await Promise.reject(new Error('no')) }), ['HKDF']);
});

describe('targets', () => {
  const target = { engine: 'postgresql', system: '7431/16384', database: 'shop', role: 'app', host: 'db-1:5432', profile: 'shop' } as const;
  const session = { search_path: 'public', TimeZone: 'UTC' };
  const rows: readonly [name: string, target: object, session: object, differs: string[]][] = [
    ['the same', {}, {}, []],
    ['a replica: same system, another host', { host: 'db-2:5432' }, {}, ['host']],
    ['another server behind the same name', { system: '9999/16384' }, {}, ['system']],
    ['another role', { role: 'admin' }, {}, ['role']],
    ['another search_path', {}, { search_path: 'evil, public' }, ['search_path']],
    ['a setting that was not there', {}, { session_replication_role: 'replica' }, ['session_replication_role']],
  ];
  for (const [name, change, settings, differs] of rows) test(name, () => assert.deepEqual(compareTargets({ target, session }, { ...target, ...change }, { ...session, ...settings }).map(({ what }) => what), differs));
  test('a setting that is missing now', () => assert.deepEqual(compareTargets({ target, session }, target, { TimeZone: 'UTC' }), [{ what: 'search_path', approved: 'public', actual: '' }]));
});

describe('effects', () => {
  for (const { name, approved, measured, ...expected } of effects.cases) {
    test(name, () => {
      const found = Object.fromEntries((['exact', 'counts', 'atMost'] as const).map((match) => [match, compareEffects(approved, measured, match).kind]));
      assert.deepEqual(found, expected);
    });
  }

  test('the difference names the table and both counts', () => {
    const [approved, measured] = [{ name: 'a', ins: 0, upd: 1, del: 0 }, { name: 'a', ins: 0, upd: 2, del: 0 }];
    const effect = { rows: null, complete: true };
    assert.deepEqual(compareEffects({ ...effect, tables: [approved], count: 1 }, { ...effect, tables: [measured] }, 'exact'), { kind: 'drifted', differences: [{ table: 'a', approved, measured }] });
  });
});

test('every point of small order is refused, however it is written', () => {
  // y of the points whose order divides eight, from the curve equation -x² + y² = 1 + d x² y².
  const p = 2n ** 255n - 19n;
  const power = (base: bigint, exponent: bigint): bigint => (exponent === 0n ? 1n : (power((base * base) % p, exponent / 2n) * (exponent % 2n === 1n ? base : 1n)) % p);
  const d = ((p - 121665n) * power(121666n, p - 2n)) % p;
  const double = ([x, y]: readonly [bigint, bigint]): readonly [bigint, bigint] => {
    const product = (d * x * x * y * y) % p;
    return [(2n * x * y * power(1n + product, p - 2n)) % p, (((y * y + x * x) % p) * power((1n - product + p * p) % p, p - 2n)) % p];
  };
  const xOf = (y: bigint): bigint | undefined => {
    const square = (((y * y - 1n + p) % p) * power((d * y * y + 1n) % p, p - 2n)) % p;
    const root = power(square, (p + 3n) / 8n);
    const other = (root * power(2n, (p - 1n) / 4n)) % p;
    return [root, other].find((x) => (x * x) % p === square);
  };
  const isSmall = (y: bigint): boolean => {
    const x = xOf(y % p);
    if (x === undefined) return false;
    const eight = double(double(double([x, y % p])));
    return eight[0] === 0n && eight[1] === 1n;
  };
  const little = (y: bigint): Bytes => hex(y.toString(16).padStart(64, '0')).reverse();
  const order8 = ['26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'].map((text) => BigInt(`0x${Buffer.from(hex(text).reverse()).toString('hex')}`));
  const small = [0n, 1n, p - 1n, p, p + 1n, ...order8];
  assert.deepEqual(small.map(isSmall), small.map(() => true));
  for (const y of small) {
    const encoded = little(y);
    const withSign = encoded.map((byte, index) => (index === 31 ? byte | 0x80 : byte));
    assert.deepEqual([isSafeEd25519(encoded), isSafeEd25519(withSign)], [false, false], String(y));
  }
  assert.equal(isSafeEd25519(little(4n * power(5n, p - 2n) % p)), true, 'the base point');
  assert.equal(equalBytes(little(1n), little(2n)), false);
});
