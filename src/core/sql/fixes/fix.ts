/** Safer ways to write a statement, as edits of its text that a person sees and may take back. */
import type { ClassifiedStatement, Dialect } from '../verdict.ts';
import type { OuterWord } from '../words.ts';

/** Replaces a half-open range of the statement's own text; UTF-16. */
export type FixEdit = { readonly start: number; readonly end: number; readonly text: string };

export type Fix = {
  /** Kebab-case, stable. */
  readonly code: string;
  /** For a menu. */
  readonly title: string;
  /** The risk it answers; absent when it only makes things easier. */
  readonly risk?: string;
  readonly edit: FixEdit;
  /** Words of the new text that the person has to replace. */
  readonly blanks?: readonly string[];
};

/** What the makers of fixes are given. */
export type FixContext = {
  readonly statement: ClassifiedStatement;
  readonly dialect: Dialect;
  readonly words: readonly OuterWord[];
  /** Makes names of things put aside unique, e.g. `20260101T0915`. */
  readonly stamp: string;
};

export function insertion(at: number, text: string): FixEdit {
  return { start: at, end: at, text };
}

export function hasReason({ reasons }: ClassifiedStatement, ...codes: readonly string[]): boolean {
  return reasons.some(({ code }) => codes.includes(code));
}

export function find(words: readonly OuterWord[], ...wanted: readonly string[]): OuterWord | undefined {
  return words.find(({ word }) => wanted.includes(word));
}

export function holds(words: readonly OuterWord[], ...wanted: readonly string[]): boolean {
  return find(words, ...wanted) !== undefined;
}
