import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PeerCertificate } from 'node:tls';
import { addressOf } from '../../../src/adapters/address.ts';
import type { TlsMode } from '../../../src/core/profile/connection.ts';
import { testProfile } from '../../support/postgresSession.ts';

const forLocalhost = { subject: { CN: 'localhost' }, subjectaltname: 'DNS:localhost' } as unknown as PeerCertificate;
const forAddress = { subject: { CN: 'db' }, subjectaltname: 'IP Address:10.0.0.1' } as unknown as PeerCertificate;

describe('the name in a certificate', () => {
  const rows: readonly { mode: TlsMode; host: string; certificate: PeerCertificate; accepted: boolean }[] = [
    { mode: 'verify-full', host: '10.0.0.1', certificate: forLocalhost, accepted: false },
    { mode: 'verify-full', host: '10.0.0.1', certificate: forAddress, accepted: true },
    { mode: 'verify-full', host: 'localhost', certificate: forLocalhost, accepted: true },
    { mode: 'verify-ca', host: '10.0.0.1', certificate: forLocalhost, accepted: true },
  ];
  for (const { mode, host, certificate, accepted } of rows) {
    test(`${mode} to ${host} ${accepted ? 'accepts' : 'refuses'} ${certificate.subjectaltname ?? ''}`, async () => {
      const profile = testProfile({ host, port: 1, user: 'u', database: 'd' }, { tls: { mode } });
      const found = await addressOf(profile, undefined);
      assert.ok('address' in found && found.address.tls !== false);
      // What a driver passes for an IP address.
      assert.equal(found.address.tls.checkServerIdentity?.('localhost', certificate) === undefined, accepted);
    });
  }
});
