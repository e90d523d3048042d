/**
 * A text without what is plainly a secret in it: passwords in addresses, values beside words for secrets, arguments of functions that
 * encrypt. The classifiers know which statements are about passwords; this is for all the places that are in no grammar, comments
 * among them. Only values are replaced, and each in place, so that the text still says what was done. Pure.
 */

/** Takes the place of a secret. */
export const secretMark = '[secret]';

/** A quoted text; inside of another one its quotes are doubled. */
const quoted = String.raw`(?:'(?:[^'\\]|\\.|'')+'(?!')|(?:''){1,2}[^']*(?:''){1,2}|"(?:[^"\\]|\\.)+")`;
/** May be the end of a longer name: `user_password_hash`, `app.jwt_secret`. */
const secretWord = String.raw`[\w.]{0,64}(?:passw(?:or)?d|passphrase|passcode|secret|token|api_?key|private_?key|auth_?key|authentication_string|sst_auth|credentials?)\w{0,64}`;

const address = /([a-z][a-z0-9+.-]{1,30}:\/\/[^\s/@:'"]{0,200}:)[^\s@'"]{1,500}@/giu;
/** `password = 'x'`, `"token": "x"`, `'api_key', 'x'`, `PASSWORD 'x'`, `password_hash = crypt('x'`. */
const besideWord = new RegExp(
  String.raw`(\b${secretWord}(?:["']{1,2}\s{0,9},\s{0,9}|["'\x60\]]{0,2}\s{0,9}(?:=>|:=|<>|!=|=|:|\blike\b|\bto\b|\bby\b)\s{0,9}(?:\w{1,64}\s{0,9}\(\s{0,9}){0,3}|\s{1,9}))${quoted}`,
  'giu',
);
/** Where it is in no statement: in what one server runs and another takes for a comment. */
const identified = new RegExp(String.raw`(\bidentified\s{1,9}(?:by|with|via)\b[^';]{0,200})${quoted}`, 'giu');
/** What is no code: only there a word without quotes can be a secret. */
const outsideOfCode = /--[^\n]*|#[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/|'(?:[^'\\]|\\.|'')*'/gu;
/** `host=db password=x`, and `-u user:password` as command lines have it. */
const bare = [new RegExp(String.raw`(\b${secretWord}\s?[=:]\s?)(?!\[secret\])[^\s'",;&)=]+`, 'giu'), /((?:^|\s)-u\s{1,9}[^\s:'"]{1,200}:)[^\s'"]{1,500}/giu] as const;
/** All texts in their arguments are keys, or are to be hidden. */
const secretCall = /\b(?:crypt|pgp_(?:sym|pub)_\w+|hmac|encrypt(?:_iv)?|decrypt(?:_iv)?|(?:aes|des)_(?:en|de)crypt|password|\w*create_aws_credentials)\s*\(/giu;
/** Columns of an INSERT, of which one is for secrets: then nobody can tell which value is which. */
const secretInsert = new RegExp(String.raw`\b(?:insert|replace)\b[^()';]{0,400}\([^()';]{0,4000}\b${secretWord}[^()';]{0,4000}\)`, 'giu');
const anyQuoted = new RegExp(quoted, 'gu');

export function withoutSecrets(text: string): string {
  const beside = text
    .replaceAll(address, `$1${secretMark}@`)
    .replaceAll(identified, `$1'${secretMark}'`)
    .replaceAll(besideWord, `$1'${secretMark}'`)
    .replaceAll(outsideOfCode, (part) => bare.reduce((rest, pattern) => rest.replaceAll(pattern, `$1${secretMark}`), part));
  return hideAfter(hideAfter(beside, secretCall, endOfCall), secretInsert, endOfStatement);
}

/** Every quoted text between what was found and its end. */
function hideAfter(text: string, start: RegExp, endOf: (text: string, from: number) => number): string {
  let kept = '';
  let at = 0;
  for (const found of text.matchAll(start)) {
    const from = found.index + found[0].length;
    if (from < at) continue;
    const end = endOf(text, from);
    kept += text.slice(at, from) + text.slice(from, end).replaceAll(anyQuoted, `'${secretMark}'`);
    at = end;
  }
  return kept + text.slice(at);
}

function endOfCall(text: string, from: number): number {
  let depth = 1;
  return endWhere(text, from, (character) => {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    return depth === 0;
  });
}

function endOfStatement(text: string, from: number): number {
  return endWhere(text, from, (character) => character === ';');
}

/** What is in quotes ends nothing. */
function endWhere(text: string, from: number, isEnd: (character: string) => boolean): number {
  let isInside = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "'") isInside = !isInside;
    else if (!isInside && isEnd(character)) return at;
  }
  return text.length;
}
