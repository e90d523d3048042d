/** Signed notes as https://c2sp.org/signed-note has them: a text, and lines of signatures below it. Reading and writing; no keys here. */
import { b64, concat, parseB64 } from '../approval/bytes.ts';
import type { Bytes } from '../approval/bytes.ts';

export type NoteSignature = {
  readonly name: string;
  /** Four bytes that tell keys of one name apart; no proof of anything. */
  readonly keyId: Bytes;
  readonly signature: Bytes;
};
/** `text` ends with a line end, and that is what is signed. */
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] };

const maxNote = 16 * 1024;
const maxSignatures = 32;
const marker = '\u2014 ';

export function formatNote({ text, signatures }: Note): string {
  return `${text}\n${signatures.map(({ name, keyId, signature }) => `${marker}${name} ${b64(concat(keyId, signature))}\n`).join('')}`;
}

/** `undefined` for whatever is not exactly one note. */
export function parseNote(note: string): Note | undefined {
  if (note.length > maxNote || !note.isWellFormed() || hasControls(note) || !note.endsWith('\n')) return undefined;
  const border = note.lastIndexOf('\n\n');
  if (border < 0) return undefined;
  const lines = note.slice(border + 2, -1).split('\n');
  const signatures = lines.flatMap((line) => parseSignature(line) ?? []);
  return signatures.length === lines.length && lines.length <= maxSignatures ? { text: note.slice(0, border + 1), signatures } : undefined;
}

function hasControls(text: string): boolean {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index)).some((code) => code < 0x20 && code !== 0x0a);
}

function parseSignature(line: string): NoteSignature | undefined {
  if (!line.startsWith(marker)) return undefined;
  const [name = '', base64 = '', ...rest] = line.slice(marker.length).split(' ');
  const bytes = parseB64(base64);
  if (name === '' || /[\s+]/u.test(name) || rest.length > 0 || bytes === undefined || bytes.length <= 4) return undefined;
  return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) };
}

/** The notes of a file that has one after the other. Texts of checkpoints have no empty lines, so each ends where its signatures do. */
export function splitNotes(text: string): readonly string[] {
  const notes: string[] = [];
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    const isSigned = lines.at(-1)?.startsWith(marker) === true;
    if (isSigned && !line.startsWith(marker)) {
      notes.push(`${lines.join('\n')}\n`);
      lines = [];
    }
    if (line !== '' || lines.length > 0) lines.push(line);
  }
  return lines.length === 0 ? notes : [...notes, lines.join('\n')];
}
