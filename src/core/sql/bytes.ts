/** UTF-8 offsets of a text, and the texts that no parser may see. Shared by all dialects. */

/** A script is not analysed beyond this many UTF-8 bytes. */
export const maxScriptBytes = 2 * 1024 * 1024;
/** A single statement is not analysed beyond this many UTF-8 bytes. */
export const maxStatementBytes = 256 * 1024;

/** Why a text is refused before it is parsed. `offset` is a UTF-8 byte offset. */
export type TextRefusal = { readonly message: string; readonly offset?: number };

/**
 * Finds what would make a parser here and the server read different texts: a NUL ends the text for one of them, half a
 * surrogate pair has no UTF-8 form, and a byte order mark is part of the first word. Over-long texts are refused too.
 *
 * @returns `undefined` when the text may be parsed
 */
export function refuseText(text: string): TextRefusal | undefined {
  // Every UTF-16 unit takes at least one byte, so this spares encoding a huge text.
  if (text.length > maxScriptBytes || utf8Length(text) > maxScriptBytes) {
    return { message: `the text is longer than ${formatBytes(maxScriptBytes)}` };
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) return { message: 'it contains a NUL character', offset: utf8Length(text.slice(0, nul)) };
  if (text.startsWith('\uFEFF')) return { message: 'it begins with a byte order mark', offset: 0 };
  if (!text.isWellFormed()) {
    const broken = firstIllFormed(text);
    return { message: 'it contains half of a surrogate pair, which is not valid Unicode', offset: utf8Length(text.slice(0, broken)) };
  }
  return undefined;
}

/** Number of UTF-8 bytes of a well-formed text. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // The second half of a pair has been counted as one unit already: 2 units, 4 bytes.
    if (unit >= 0xd800 && unit <= 0xdbff) {
      bytes += 2;
      index++;
    } else bytes += unit < 0x800 ? 1 : 2;
  }
  return bytes;
}

/** Translates between UTF-16 indices and UTF-8 byte offsets of one text. Offsets inside a character round down to its begin. */
export type ByteMap = {
  readonly bytes: number;
  toByte(index: number): number;
  toIndex(byte: number): number;
};

/** One remembered position every so many UTF-16 units. */
const stride = 512;

/** Takes one pass over the text; a look-up then scans at most a few hundred characters. */
export function createByteMap(text: string): ByteMap {
  const bytes = utf8Length(text);
  if (bytes === text.length) return { bytes, toByte: clampTo(bytes), toIndex: clampTo(bytes) };
  const marks = markPositions(text);
  return {
    bytes,
    toByte(index) {
      const clamped = Math.min(Math.max(index, 0), text.length);
      const mark = Math.floor(clamped / stride);
      return walk(text, marks, mark, (at) => at + 1 > clamped).byte;
    },
    toIndex(byte) {
      const clamped = Math.min(Math.max(byte, 0), bytes);
      return walk(text, marks, lastMarkAt(marks, clamped), (_, after) => after > clamped).index;
    },
  };
}

function clampTo(length: number): (offset: number) => number {
  return (offset) => Math.min(Math.max(offset, 0), length);
}

/** Byte offset at every multiple of `stride`; where that splits a pair, of the pair's begin. */
function markPositions(text: string): Uint32Array {
  const marks = new Uint32Array(Math.floor(text.length / stride) + 1);
  let byte = 0;
  for (let index = 0; index < text.length; ) {
    const next = index + unitsAt(text, index);
    const after = byte + bytesAt(text, index);
    for (let mark = Math.ceil((index + 1) / stride); mark * stride <= next; mark++) marks[mark] = mark * stride === next ? after : byte;
    index = next;
    byte = after;
  }
  return marks;
}

function lastMarkAt(marks: Uint32Array, byte: number): number {
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((marks[middle] ?? 0) <= byte) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Goes on from a mark, character by character, until the next one would go too far. */
function walk(text: string, marks: Uint32Array, mark: number, isTooFar: (index: number, byteAfter: number) => boolean) {
  let index = mark * stride;
  if (index > 0 && isLowSurrogate(text, index) && isHighSurrogate(text, index - 1)) index--;
  let byte = marks[mark] ?? 0;
  while (index < text.length) {
    const units = unitsAt(text, index);
    const after = byte + bytesAt(text, index);
    if (isTooFar(index + units - 1, after)) break;
    index += units;
    byte = after;
  }
  return { index, byte };
}

function unitsAt(text: string, index: number): 1 | 2 {
  return isHighSurrogate(text, index) && isLowSurrogate(text, index + 1) ? 2 : 1;
}

function bytesAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return unitsAt(text, index) === 2 ? 4 : 3;
}

function isHighSurrogate(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800;
}

function isLowSurrogate(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xdc00;
}

function firstIllFormed(text: string): number {
  for (let index = 0; index < text.length; index += unitsAt(text, index)) {
    if ((text.charCodeAt(index) & 0xf800) === 0xd800 && unitsAt(text, index) === 1) return index;
  }
  return text.length;
}

/** e.g. `256 KB`. */
export function formatBytes(bytes: number): string {
  const kilobytes = bytes / 1024;
  return kilobytes >= 1024 ? `${String(Math.round(kilobytes / 1024))} MB` : `${String(Math.round(kilobytes))} KB`;
}
