import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from '../../../../src/adapters/address.ts';
import { connectFailure } from '../../../../src/adapters/postgres/connectFailure.ts';

const address: Address = { host: 'db-1', port: 5432, user: 'ann', database: 'shop', password: 'hunter2', tls: {} };

type Case = readonly [thrown: object, code: string, words: RegExp];

const cases: readonly Case[] = [
  [{ code: '28P01', message: 'password authentication failed' }, 'credentials', /refused the password of ann/],
  [{ code: '28000', message: 'no pg_hba.conf entry for host' }, 'credentials', /pg_hba\.conf/],
  [{ code: '28000', message: 'role "ann" does not exist' }, 'credentials', /role "ann" does not exist/],
  [{ code: '3D000', message: 'database "shop" does not exist' }, 'connection', /no database shop/],
  [{ code: '42501', message: 'permission denied for database' }, 'credentials', /CONNECT/],
  [{ code: '53300', message: 'sorry, too many clients already' }, 'connection', /no free connection/],
  [{ code: '57P03', message: 'the database system is starting up' }, 'connection', /starting up/],
  [{ code: 'ECONNREFUSED' }, 'connection', /nothing listens at db-1:5432/],
  [{ message: '', errors: [{ code: 'ECONNREFUSED' }, { code: 'ECONNREFUSED' }] }, 'connection', /nothing listens/],
  [{ code: 'ENOTFOUND' }, 'connection', /name db-1 cannot be resolved/],
  [{ code: 'ETIMEDOUT' }, 'connection', /cannot be reached/],
  [{ code: 'ECONNRESET' }, 'connection', /hung up/],
  [{ message: 'Connection terminated unexpectedly' }, 'connection', /hung up/],
  [{ message: 'The server does not support SSL connections' }, 'connection', /does not offer TLS/],
  [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'connection', /not signed by an authority/],
  [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'connection', /for another name/],
  [{ code: 'CERT_HAS_EXPIRED' }, 'connection', /expired/],
  [{ code: 'ERR_SSL_WRONG_VERSION_NUMBER', message: 'wrong version' }, 'connection', /no secure line/],
  [{ message: 'SCRAM-SERVER-FINAL-MESSAGE: server signature does not match' }, 'credentials', /may not be the server/],
  [{ message: 'what is this' }, 'connection', /db-1:5432: what is this/],
];

for (const [thrown, code, words] of cases) {
  test(`a failure to connect is put into words: ${words.source}`, () => {
    const failure = connectFailure(thrown, address);
    assert.equal(failure.code, code);
    assert.match(failure.message, words);
    assert.doesNotMatch(failure.message, /hunter2/);
  });
}
