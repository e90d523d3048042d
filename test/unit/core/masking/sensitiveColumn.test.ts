/** What names and types of columns say, and what rules make of it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kindOfType, wordsOf } from '../../../../src/core/masking/columnWords.ts';
import { isMaskingRule, strategyOf, type MaskingPolicy, type MaskingRule } from '../../../../src/core/masking/rules.ts';
import { sensitiveStrategy } from '../../../../src/core/masking/sensitiveColumn.ts';
import { stricter, strategies, type Strategy } from '../../../../src/core/masking/strategy.ts';

/** `table.column type`, the table `t` where it is left out. */
function strategyFor(text: string): Strategy {
  const [, table = 't', name = '', type = 'text'] = /^(?:([^.\s]+)\.)?(\S+)(?: (.+))?$/u.exec(text) ?? [];
  return sensitiveStrategy(table, { name, type });
}

const expected: Readonly<Record<Strategy, readonly string[]>> = {
  hide: [
    'password', 'password varchar(255)', 'Password', 'USER_PASSWORD', 'encrypted_password', 'passwordHash', 'password_digest bytea', 'passwd', 'pwd', 'user_passwd', 'pw_hash', 'passphrase', 'new_passwords text[]',
    'secret', 'client_secret', 'clientSecret', 'totp_secret', 'secret jsonb', 'api_key', 'apiKey', 'APIKey', 'apikey', 'api_keys text[]', 'private_key bytea', 'privatekey', 'ssh_key', 'credentials jsonb', 'salt bytea', 'jwt', 'session_key',
    'token', 'access_token', 'accessToken', 'refreshtoken', 'token uuid', 'reset_password_token', 'csrf_tokens text[]', 'token_hash', 'api_token_sha256', 'tokens json',
    'pin int', 'pin_code', 'cvv smallint', 'cvc2', 'otp', 'mfa_recovery_codes', 'backup_codes text[]', 'security_answer', 'one_time_code integer',
    'ssn', 'ssn bigint', 'userSSN', 'social_security_number', 'passport', 'passport_no', 'passport_id', 'national_id bigint', 'national_id', 'drivers_license', 'cpf',
    'birth_date date', 'birthdate date', 'date_of_birth', 'dob date', 'birthday date', 'birth_year int', 'born_on date', 'birthTime timestamp', 'geburtsdatum date',
    'api_keys.key', 'ApiKeys.Value', 'user_tokens.hash', 'secrets.value', 'password_resets.code', 'secrets.data bytea',
  ],
  partial: [
    'email', 'Email', 'e_mail', 'eMail', 'user_email', 'userEmail', 'emails text[]', 'email_address', 'emailaddress', 'contactemail', 'mail_address', 'email_id', 'email citext', 'backup_email',
    'phone', 'phone_number', 'phoneNumber bigint', 'phonenumber', 'mobile', 'mobile_no', 'cell_phone', 'telephone', 'tel', 'fax', 'phone2', 'telefonnummer',
    'iban', 'IBAN varchar(34)', 'bank_account', 'account_number', 'card_number', 'cardNumber', 'card_number bigint', 'credit_card', 'creditcard', 'cc_num', 'tax_id', 'tax_number',
    'emails.address', 'user_emails.value', 'phones.number bigint', 'cards.number',
  ],
  pseudonym: ['session_id', 'sessionid', 'session_id uuid', 'hash', 'digest', 'user_hash'],
  shape: [],
  show: [
    'id', 'id bigint', 'customer_id', 'name', 'total numeric(10,2)', 'state', 'created_at timestamptz', '',
    'token_count', 'token_count int', 'tokenCount', 'tokens_used int', 'tokens bigint', 'max_tokens', 'max_tokens int', 'num_tokens int', 'token_type', 'token_expires_at timestamp with time zone', 'token_expiry', 'token_id bigint', 'token_id', 'token_id uuid', 'token_name', 'token_limit',
    'email_verified boolean', 'email_verified', 'email_verified tinyint(1)', 'emailVerified bit(1)', 'email_verified_at timestamp', 'email_status', 'email_id bigint', 'email_count', 'has_email', 'is_email_valid', 'email_template', 'email_templates.content', 'email_subject', 'email datetime',
    'password_changed_at timestamptz', 'password_policy', 'password_attempts int', 'password_expired boolean', 'has_password', 'password_algorithm', 'password_strength', 'requires_password', 'password_version', 'password int',
    'phone_verified', 'phone_type', 'phone_id bigint', 'mobile bool', 'is_mobile', 'microscope', 'hotel', 'telemetry', 'pinned', 'pinned_at timestamp', 'spinach', 'opinion', 'shipping', 'mailing_list_id int',
    'access_key_id', 'secret_name', 'secret_id', 'key', 'settings.key', 'settings.value', 'primary_key', 'foreign_key', 'sort_key', 'keyboard',
    'card_type', 'credit_card_brand', 'card_id bigint', 'discard_number', 'business_card', 'tax_id int', 'tax_rate', 'iban_country', 'account_id', 'account_number_format', 'caliban',
    'birth_place', 'births int', 'bassno', 'commit_hash', 'content_hash', 'file_hash', 'git_digest', 'session_count int', 'session_expires_at timestamp', 'orders.number', 'orders.hash_bucket int', 'passenger', 'compass', 'passed_on', 'address', 'female', 'snail_mail_cost',
  ],
};

for (const strategy of strategies) {
  for (const column of expected[strategy]) {
    test(`${column} → ${strategy}`, () => assert.equal(strategyFor(column), strategy));
  }
}

describe('words and kinds', () => {
  for (const [name, words] of [['userEmail', 'user email'], ['USER_EMAIL', 'user email'], ['APIKeyV2', 'api key v 2'], ['Contraseña', 'contrasena'], ['$$', ''], ['e-mail address', 'e mail address']] as const) {
    test(`${name} is “${words}”`, () => assert.equal(wordsOf(name), words));
  }
  const kinds = {
    boolean: ['boolean', 'bool', 'tinyint(1)', 'bit(1)', 'TINYINT(1) unsigned'],
    time: ['date', 'timestamp(3) with time zone', 'timestamptz', 'time', 'interval', 'year', 'datetime(6)'],
    number: ['integer', 'int', 'int(11) unsigned', 'bigint', 'int8', 'numeric(10,2)', 'decimal(4)', 'double precision', 'real', 'float8', 'money', 'tinyint', 'smallserial'],
    uuid: ['uuid'],
    text: ['text', 'character varying(20)', 'jsonb', 'bytea', 'integer[]', 'date[]', 'point', 'my_domain', 'int_domain', 'daterange', "enum('a')", '', 'bit varying(8)', 'tsvector'],
  } as const;
  for (const [kind, types] of Object.entries(kinds)) for (const type of types) test(`${type} is ${kind}`, () => assert.equal(kindOfType(type), kind));
});

const column = (policy: Partial<MaskingPolicy>, name = 'email', schema = 'public', table = 'users') => strategyOf({ team: [], hidden: [], ...policy }, { schema, table }, { name, type: 'text' });
const rule = (strategy: Strategy, ...columns: readonly string[]): MaskingRule => ({ columns, strategy });

describe('rules', () => {
  test('of the team come before names, and the first that fits counts', () => {
    assert.equal(column({ team: [rule('show', 'public.users.email'), rule('hide', '*.*.*')] }), 'show');
    assert.equal(column({ team: [rule('hide', '*.*.*'), rule('show', 'public.users.email')] }), 'hide');
    assert.equal(column({ team: [rule('shape', '*.*.note')] }, 'note'), 'shape');
    assert.equal(column({ team: [rule('show', '*.other.email')] }), 'partial', 'where no rule fits, names count');
  });
  test('fit part by part, in any case', () => {
    assert.equal(column({ team: [rule('hide', 'PUBLIC.Us?rs.NOTE')] }, 'note'), 'hide');
    assert.equal(column({ team: [rule('show', '*.users.*')] }, 'email', 'users', 'x'), 'partial');
    assert.equal(column({ team: [rule('show', 'public.*.email')] }, 'email', 'public.x', 'users'), 'partial', 'a star stops at the end of a name');
    assert.equal(column({ team: [rule('show', 'public.a?b.email')] }, 'email', 'public', 'a.b'), 'show');
  });
  test('of the person only hide', () => {
    assert.equal(column({ team: [rule('show', '*.*.*')], hidden: ['*.*.email'] }), 'hide');
    assert.equal(column({ hidden: ['*.*.note'] }, 'note'), 'hide');
    assert.equal(column({ hidden: ['*.*.note'] }), 'partial');
    assert.equal(column({ hidden: ['note'] }, 'other'), 'hide', 'one that is no glob hides everything');
  });
  test('the stricter tells less', () => {
    for (const a of strategies) for (const b of strategies) assert.equal(strategies.indexOf(stricter(a, b)), Math.max(strategies.indexOf(a), strategies.indexOf(b)));
  });
  for (const [value, isRule] of [
    [{ columns: ['public.users.email'], strategy: 'hide' }, true],
    [{ columns: ['*.*.email', 'a.b.c'], strategy: 'show' }, true],
    [{ columns: [], strategy: 'hide' }, false],
    [{ columns: ['email'], strategy: 'hide' }, false],
    [{ columns: ['users.email'], strategy: 'hide' }, false],
    [{ columns: ['a.b.c.d'], strategy: 'hide' }, false],
    [{ columns: ['a..c'], strategy: 'hide' }, false],
    [{ columns: ['*.*.email'], strategy: 'none' }, false],
    [{ columns: ['*.*.email'] }, false],
    [{ columns: ['*.*.email'], strategy: 'hide', why: '' }, false],
    [{ columns: ['*.*.\u0000'], strategy: 'hide' }, false],
  ] as const) {
    test(`${JSON.stringify(value)} is ${isRule ? 'a' : 'no'} rule`, () => assert.equal(isMaskingRule(value), isRule));
  }
});
