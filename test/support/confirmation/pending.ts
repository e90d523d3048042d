/** A request that waits, for tests of what keeps it. */
import type { PendingRequest } from '../../../src/app/approvalPorts.ts';
import { b64u, utf8 } from '../../../src/core/approval/bytes.ts';
import { payloadTypes } from '../../../src/core/approval/envelope.ts';
import { epochMs } from '../../../src/core/brand.ts';
import type { ConnectionId } from '../../../src/core/profile/connection.ts';

export function pendingRequest(change: Partial<PendingRequest> = {}): PendingRequest {
  return {
    id: 'r_AAAAAAAAAAAAAAAA',
    run: 'run-1',
    team: 'shop',
    body: utf8('the signed bytes \u0000 of a request'),
    envelope: { payloadType: payloadTypes.request, payload: b64u(utf8('x')), signatures: [] },
    secret: new Uint8Array(32).fill(7),
    connection: 'personal:shop' as ConnectionId,
    document: 'file:///shop.sql',
    text: 'DELETE FROM customers WHERE id = 42',
    fingerprint: null,
    images: [],
    decisions: [],
    seen: [],
    seq: 0,
    state: 'waiting',
    created: epochMs(1000),
    expires: epochMs(901_000),
    ...change,
  };
}
