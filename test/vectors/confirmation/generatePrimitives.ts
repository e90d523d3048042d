/** The small parts: published vectors of others, and texts that must or must not be read. */
import { b64u, utf8 } from '../../../src/core/approval/bytes.ts';
import { blobText } from '../../../src/core/approval/blob.ts';
import { sixWords } from '../../../src/core/approval/digest.ts';
import { bodyBytes, payloadTypes, signBody } from '../../../src/core/approval/envelope.ts';
import { createDeflater } from '../../../src/core/approval/streams.ts';
import { crypto, softwareKey } from '../../support/confirmation/keys.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

export async function primitiveVectors(): Promise<object> {
  const envelope = await signBody(payloadTypes.decision, bodyBytes({ v: 1 }), [(await softwareKey()).signer]);
  const digest = b64u(new Uint8Array(32));
  return {
    dsse: {
      source: 'DSSE protocol, test vectors',
      payloadType: 'http://example.com/HelloWorld',
      payload: 'hello world',
      pae: 'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
      x: '46950820868899156662930047687818585632848591499744589407958293238635476079160',
      y: '5640078356564379163099075877009565129882514886557779369047442380624545832820',
      signature: 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==',
    },
    hkdf: {
      source: 'RFC 5869, A.1',
      ikm: '0b'.repeat(22),
      salt: '000102030405060708090a0b0c',
      info: 'f0f1f2f3f4f5f6f7f8f9',
      okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    },
    strictJson: {
      accepted: ['{}', 'null', '{"a":[1,-2,"é","\\n","\\u001f"]}', '{"b":1,"a":2}', nested(8), '9007199254740991'],
      refused: [
        '', ' {}', '{} ', '\uFEFF{}', '{"a":1,"a":2}', '{"a": 1}', '9007199254740993', '9007199254740992', '1.0', '1e2', '-0', '1.5', '{"2":1,"1":2}',
        '"\\u0041"', '"\\/"', '"\\u000a"', '"\\ud800"', '{"\\udc00":1}', '{"__proto__":1}', '{"a":{"__proto__":null}}', nested(9), '{"a":1', 'undefined', 'NaN',
      ],
    },
    jsonc: {
      accepted: [['{"a":1}', { a: 1 }], ['// x\n{"a":[1,/* , */2,],}\n', { a: [1, 2] }], ['{"a":"// no comment, }"}', { a: '// no comment, }' }], ['{"a":"\\",}"}', { a: '",}' }], ['{"a":":", "b":{"a":1}}', { a: ':', b: { a: 1 } }]],
      refused: ['', '{"a":1,"a":2}', '{"a":{"b":1,"b":1}}', '{,}', '[1,,]', '{"a":1}/*', '{"__proto__":1}', '{"\\u0061":1,"a":2}', "{'a':1}", '\uFEFF{}', nested(13)],
    },
    b64u: { accepted: [['', ''], ['AA', '00'], ['AAE', '0001'], ['_-8', 'ffef'], ['AAAA', '000000']], refused: ['A', 'AB', 'AAB', 'AA=', 'AA==', '+/8', 'AA\n', 'AAAAA', 'Ä'] },
    words: [
      { purpose: 'key', digest, words: await sixWords(crypto, 'key', digest) },
      { purpose: 'team', digest, words: await sixWords(crypto, 'team', digest) },
    ],
    blob: { content: { envelope }, text: await blobText(createDeflater(globalThis), { envelope }), refused: ['', 'cfm1.', 'cfm1.AAAA', 'cfm2.AAAA', `cfm1.${b64u(utf8('no deflate'))}`] },
  };
}
