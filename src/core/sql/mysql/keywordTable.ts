/** Finds the keyword in a stretch of text without cutting the stretch out of the text first. */

import { reservedInBoth, reservedInMariadb, reservedInMysql, steeringWords } from './keywords.data.ts';

const slotCount = 4096;
const slots: string[] = Array.from({ length: slotCount }, () => '');
let longest = 0;

for (const word of [...reservedInBoth, ...reservedInMysql, ...reservedInMariadb, ...steeringWords]) {
  let hash = 0;
  for (let at = 0; at < word.length; at++) hash = nextHash(hash, word.charCodeAt(at));
  let slot = hash & (slotCount - 1);
  while (slots[slot] !== '') slot = (slot + 1) & (slotCount - 1);
  slots[slot] = word;
  longest = Math.max(longest, word.length);
}

/** Hash of a word, one UTF-16 unit at a time; upper and lower case of ASCII letters agree. */
export function nextHash(hash: number, unit: number): number {
  return (Math.imul(hash, 31) + (unit | 0x20)) | 0;
}

/** The upper-case keyword written at `start`..`end`, or ''. `hash` is `nextHash` over exactly these units. */
export function keywordAt(text: string, start: number, end: number, hash: number): string {
  const length = end - start;
  if (length > longest) return '';
  for (let slot = hash & (slotCount - 1); ; slot = (slot + 1) & (slotCount - 1)) {
    const word = slots[slot] as string;
    if (word === '') return '';
    if (word.length === length && matches(text, start, word)) return word;
  }
}

function matches(text: string, start: number, word: string): boolean {
  for (let at = 0; at < word.length; at++) {
    const unit = text.charCodeAt(start + at);
    const upper = unit >= 0x61 && unit <= 0x7a ? unit - 0x20 : unit;
    if (upper !== word.charCodeAt(at)) return false;
  }
  return true;
}
