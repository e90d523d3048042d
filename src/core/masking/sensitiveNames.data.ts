/** Names that columns with sensitive values usually have. Matched against words in lower case with one space between them. */
import type { TypeKind } from './columnWords.ts';
import type { Strategy } from './strategy.ts';

export type SensitiveName = {
  readonly code: string;
  readonly words: RegExp;
  /** Kinds of types that can hold such a value: a count of tokens is no token. */
  readonly kinds: readonly TypeKind[];
  readonly strategy: Strategy;
};

const written = ['text', 'uuid'] as const;
const numbered = ['text', 'number'] as const;

/** The first that fits counts. */
export const sensitiveNames: readonly SensitiveName[] = [
  {
    code: 'password',
    words: /\b(?:\w*passwords?|\w*passwd|\w*passphrases?|passcodes?|pwd|pw|pass|passwort|kennwort|contrasena|mot de passe|(?:password|passwd)\w+|pw hash)\b/u,
    kinds: ['text'],
    strategy: 'hide',
  },
  { code: 'pin', words: /\b(?:pin|pins|pin codes?|pincode|puk|cvv|cvc|cvv 2|cvc 2|card verification)\b/u, kinds: numbered, strategy: 'hide' },
  { code: 'one-time-code', words: /\b(?:otp|totp|hotp|mfa|one time (?:code|password)|(?:recovery|backup|verification|confirmation|login|reset|auth) codes?|security answers?)\b/u, kinds: numbered, strategy: 'hide' },
  {
    code: 'secret',
    words: /\b(?:\w*secrets?|credentials?|creds|salt|cookies?|jwt|bearer|(?:api|access|auth|secret|private|session|encryption|decryption|signing|master|ssh|license|licence|service|webhook|client|hmac|aes|rsa|gpg|pgp) keys?|(?:api|access|auth|secret|private)keys?)\b/u,
    kinds: written,
    strategy: 'hide',
  },
  { code: 'token', words: /\b\w*tokens?\b/u, kinds: written, strategy: 'hide' },
  { code: 'session', words: /\b(?:session (?:id|key|data)|sessionid|sid)\b/u, kinds: written, strategy: 'pseudonym' },
  { code: 'hash', words: /^(?:hash|digest|(?:user|auth|login) hash)$/u, kinds: ['text'], strategy: 'pseudonym' },
  {
    code: 'government-id',
    words: /\b(?:ssn|social security|sin number|national id|nationalid|id card|identity card|passports?|nino|national insurance|svnr|sozialversicherungsnummer|dni|nif|cpf|curp|aadhaar|pesel|bsn|personnummer|codice fiscale|driv(?:er|ers|ing) licen[cs]e)\b/u,
    kinds: numbered,
    strategy: 'hide',
  },
  { code: 'tax-id', words: /\b(?:tax (?:id|number|no)|taxid|tin|steuernummer|steuer id)\b/u, kinds: ['text'], strategy: 'partial' },
  { code: 'account', words: /\b(?:iban|ibans|bank accounts?|account (?:number|no|nr)|accountnumber|kontonummer|sort code|routing (?:number|no))\b/u, kinds: numbered, strategy: 'partial' },
  { code: 'card', words: /\b(?:(?:credit|debit|payment) ?cards?|cards? ?(?:number|no|nr|pan)|creditcard ?(?:number|no|nr)|cc ?(?:number|no|nr|num))\b/u, kinds: numbered, strategy: 'partial' },
  { code: 'email', words: /\b(?:\w*emails?|e mails?|email(?:address|addresses|adresse|adr|addr)|mail (?:address|addr|adresse)|correo)\b/u, kinds: ['text'], strategy: 'partial' },
  {
    code: 'phone',
    words: /\b(?:phones?|telephones?|telefon|telefono|tel|mobile|mobiles|msisdn|fax|whatsapp|handy|(?:cell|tele|mobile|home|work)phones?|cell (?:phone|number|no)|phone(?:number|no|nr|num)|telefonnummer|handynummer)\b/u,
    kinds: numbered,
    strategy: 'partial',
  },
  { code: 'birth', words: /\b(?:birth|birth ?dates?|date of birth|birthdays?|birth ?years?|dob|geburtsdatum|geburtstag|born)\b/u, kinds: ['text', 'time', 'number'], strategy: 'hide' },
];

/** What follows a sensitive word and makes the whole name that of something else: `email_verified`, `token_count`, `password_policy`. */
export const harmlessAfter = new Set(
  `count counts counter total totals verified confirmed validated valid invalid enabled disabled required optional allowed sent opened bounced subscribed unsubscribed
  status state type types kind kinds class format policy policies length len size attempts attempt tries retries failures limit limits quota version versions revision algorithm
  algo alg method methods channel expiry expires expired expiration ttl lifetime at on since until date time order sort score strength template templates subject subjects body usage used uses provider providers
  frequency preference preferences setting settings option options flag flags name names brand scheme language lang locale country weight rate cost price
  budget balance placeholder column field table group category model place city`.split(/\s+/u),
);

/** What stands before one and does the same: `has_password`, `max_tokens`. */
export const harmlessBefore = new Set('is has have had can may must should needs need require requires allow allows enable enabled num number n nr no count max min total avg sum use uses using wants want accepts'.split(' '));

/** What a column is called that says nothing by itself: the table does, as in `api_tokens.value`. */
export const saidByTable = new Set('value values key keys hash digest code codes number numbers address addresses data content contents plain plaintext text'.split(' '));
