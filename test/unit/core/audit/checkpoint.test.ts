/** Signed notes and checkpoints: the published ones hold, and nothing that was changed does. */
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { describe, it } from 'node:test';
import { b64, utf8 } from '../../../../src/core/approval/bytes.ts';
import { derEcdsa, rawEcdsa } from '../../../../src/core/approval/der.ts';
import { checkpointText, noteKeyId, openCheckpoint, parseCheckpoint } from '../../../../src/core/audit/checkpoint.ts';
import { formatNote, parseNote, splitNotes } from '../../../../src/core/audit/checkpointNote.ts';
import { createCheckpointSigner } from '../../../../src/server/audit/checkpointSigner.ts';
import { crypto } from '../../../support/confirmation/keys.ts';

/** From the tests of github.com/transparency-dev/formats: logs in use that sign with ECDSA over P-256. The material is the type, 2, and the SPKI. */
const published = [
  {
    name: 'rekor.sigstore.dev',
    keyId: 'c0d23d6a',
    material: 'AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC96l+smGNM7nwZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc=',
    note: 'Rekor\n798034\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n\n— rekor.sigstore.dev wNI9ajBEAiARInWIWyCdyG27CO6LPnPekyw20qO0YJfoaPaowGp/XgIgc+qEHS3+GKVClgqq20uDLet7MCoTURUCRdxwWBHHufk=\n',
    origin: 'Rekor',
    size: 798_034,
  },
  {
    name: 'pixel6_transparency_log',
    keyId: '91c16e30',
    material: 'AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABN+4x0Jk1yTwvLFI9A4NDdGZcX0aiWVdWM5XJVy0M4VWD3AvyW5Q6Hs9A0mcDkpUoYgn+KKPNzFC0H3nN3q6JQ8=',
    note: 'DEFAULT\n10\nbsWRucJU5xJPHb5eBdOm6+DM+VelCZBuvtI3sHERJ9Y=\n\n— pixel6_transparency_log kcFuMDBFAiEAhqMAP8P6qf6QxtUJhzMhbN+MbZ9dwfUHzGQJmffJHtoCIGD0cNe47dHWBoPwYdgBCepB06/+g5O1FmYjXl06owL4\n',
    origin: 'DEFAULT',
    size: 10,
  },
];
const pubOf = (material: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(material, 'base64').subarray(1));

/** The example of c2sp.org/signed-note. */
const poem = 'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n';
/** The example of c2sp.org/tlog-checkpoint. */
const behindTheSofa = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';

async function newLog() {
  const key = await crypto.generate('sign', false);
  const signer = await createCheckpointSigner(crypto, { keyid: 'k'.repeat(43), pub: key.publicKey, signRaw: async (bytes) => await crypto.sign(key, bytes) });
  const { origin } = signer.log('shop');
  return { signer, log: { origin, pub: key.publicKey } };
}
const root = Uint8Array.from(createHash('sha256').update('').digest());

describe('a signed note', () => {
  for (const { name, keyId, material, note, origin, size } of published) {
    it(`of ${name} holds`, async () => {
      const pub = pubOf(material);
      assert.equal(Buffer.from(await noteKeyId(crypto, pub)).toString('hex'), keyId);
      const opened = await openCheckpoint(crypto, { origin, pub }, note, name);
      assert.ok(opened.kind === 'signed');
      assert.deepEqual([opened.checkpoint.origin, opened.checkpoint.size], [origin, size]);
      assert.equal(note.startsWith(checkpointText(opened.checkpoint)), true);
    });

    it(`of ${name} does not hold with any letter changed`, async () => {
      const pub = pubOf(material);
      for (let index = 0; index < note.length; index += 1) {
        const letter = note.charAt(index) === 'A' ? 'B' : 'A';
        const opened = await openCheckpoint(crypto, { origin, pub }, note.slice(0, index) + letter + note.slice(index + 1), name);
        assert.equal(opened.kind, 'refused', `letter ${String(index)}`);
      }
    });
  }

  it('may have empty lines in its text, and signatures of keys nobody knows', () => {
    const parsed = parseNote(poem);
    assert.equal(parsed?.text.split('\n').length, 5);
    assert.equal(parsed?.signatures[0]?.name, 'quasimodo.example/salvatore');
    assert.equal(parsed && formatNote(parsed), poem);
    assert.equal(parseCheckpoint(parseNote(behindTheSofa)?.text ?? '')?.size, 20_852_163);
  });

  const malformed: readonly (readonly [string, string])[] = [
    ['without signatures', 'text\n'],
    ['without the empty line', poem.replace('\n\n—', '\n—')],
    ['without its last line end', poem.slice(0, -1)],
    ['with a control character', poem.replace('sole', 's\rle')],
    ['with a hyphen for the dash', poem.replace('—', '-')],
    ['with two spaces', poem.replace('salvatore ', 'salvatore  ')],
    ['with a plus in the name', poem.replace('quasimodo', 'quasi+modo')],
    ['with base64 of another alphabet', poem.replace('S+Z/', 'S-Z_')],
    ['with a signature that is a key id only', 'text\n\n— name NnugSw==\n'],
    ['with half a character', `\ud800${poem}`],
    ['that is endless', `${'x'.repeat(20_000)}\n\n— name NnugSzTj\n`],
  ];
  for (const [what, note] of malformed) it(`${what} is none`, () => assert.equal(parseNote(note), undefined));

  it('follows on another in one file', async () => {
    const { signer } = await newLog();
    const notes = [await signer.sign('shop', { size: 0, root }), behindTheSofa, await signer.sign('shop', { size: 7, root })];
    assert.deepEqual(splitNotes(notes.join('')), notes);
    assert.deepEqual(splitNotes(notes.join('\n')), notes);
    assert.deepEqual(splitNotes(''), []);
    assert.equal(splitNotes(`${behindTheSofa}cut off`).length, 2);
  });
});

describe('a checkpoint', () => {
  it('of our own log holds, and only as what it is', async () => {
    const { signer, log } = await newLog();
    const { log: other } = await newLog();
    const note = await signer.sign('shop', { size: 3, root });
    const opened = await openCheckpoint(crypto, log, note);
    assert.deepEqual(opened, { kind: 'signed', checkpoint: { origin: log.origin, size: 3, root } });
    assert.deepEqual(await openCheckpoint(crypto, { ...log, pub: other.pub }, note), { kind: 'refused', code: 'unsigned' });
    assert.deepEqual(await openCheckpoint(crypto, { ...log, origin: 'another' }, note, log.origin), { kind: 'refused', code: 'other-log' });
    assert.deepEqual(await openCheckpoint(crypto, log, note.replace('\n3\n', '\n4\n')), { kind: 'refused', code: 'unsigned' });
    assert.deepEqual(await openCheckpoint(crypto, log, ''), { kind: 'refused', code: 'malformed' });
  });

  it('is what other programs check: DER of ECDSA over the text, by Node and not by us', async () => {
    const { signer, log } = await newLog();
    const { text, signatures } = parseNote(await signer.sign('shop', { size: 3, root })) ?? assert.fail();
    const key = createPublicKey({ key: Buffer.from(log.pub), format: 'der', type: 'spki' });
    assert.equal(verify('sha256', Buffer.from(text), key, signatures[0]?.signature ?? new Uint8Array()), true);
    assert.equal(verify('sha256', Buffer.from(`${text}x`), key, signatures[0]?.signature ?? new Uint8Array()), false);
  });

  it('keeps a witness beside the log, and is refused when its own signature is wrong besides', async () => {
    const { signer, log } = await newLog();
    const note = await signer.sign('shop', { size: 3, root });
    const line = `${note.split('\n\n')[1] ?? ''}`;
    assert.equal((await openCheckpoint(crypto, log, `${note}— witness.example NnugSzTj\n`)).kind, 'signed');
    const parsed = parseNote(note);
    const wrong = line.replace(/ [^ ]+\n$/u, ` ${b64(new Uint8Array([...(parsed?.signatures[0]?.keyId ?? []), 1, 2, 3]))}\n`);
    assert.equal((await openCheckpoint(crypto, log, note + wrong)).kind, 'refused');
  });

  const texts: readonly (readonly [string, string])[] = [
    ['a size with a zero before it', `log\n03\n${b64(root)}\n`],
    ['a size that no number holds', `log\n9999999999999999\n${b64(root)}\n`],
    ['a negative size', `log\n-1\n${b64(root)}\n`],
    ['a short head', `log\n3\n${b64(root.slice(1))}\n`],
    ['no origin', `\n3\n${b64(root)}\n`],
    ['no line end', `log\n3\n${b64(root)}`],
    ['an empty line of extension', `log\n3\n${b64(root)}\n\n`],
  ];
  for (const [what, text] of texts) it(`with ${what} is none`, () => assert.equal(parseCheckpoint(text), undefined));

  it('has a signature in DER that is read back, whatever its numbers begin with', async () => {
    const key = await crypto.generate('sign', false);
    for (let round = 0; round < 300; round += 1) {
      const raw = await crypto.sign(key, utf8(String(round)));
      assert.deepEqual(rawEcdsa(derEcdsa(raw)), raw);
    }
    const small = new Uint8Array(64);
    small[31] = 1;
    small[63] = 0x80;
    assert.deepEqual(rawEcdsa(derEcdsa(small)), small);
  });
});
