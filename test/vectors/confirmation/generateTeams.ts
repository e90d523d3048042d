/** Team files that follow each other, and those that only pretend to. */
import { b64u } from '../../../src/core/approval/bytes.ts';
import { teamDigest } from '../../../src/core/approval/digest.ts';
import type { TeamBody } from '../../../src/core/approval/team.ts';
import { crypto, passkey, softwareKey, sshKey } from '../../support/confirmation/keys.ts';
import { signedTeam, teamBody } from '../../support/confirmation/people.ts';
import type { Person } from '../../support/confirmation/people.ts';

export async function teamVectors(): Promise<object> {
  const [a, b, c, evil, hardware] = await Promise.all([softwareKey(), passkey(), sshKey(), softwareKey(), sshKey({ flags: 5 })]);
  const people: readonly Person[] = [{ id: 'alice', roles: ['admin'], keys: [a, hardware] }, { id: 'bob', keys: [b] }, { id: 'carol', keys: [c] }];
  const digest = async (signed: Awaited<ReturnType<typeof signedTeam>>): Promise<string> => await teamDigest(crypto, signed.file);
  const next = async (body: TeamBody, change: Partial<TeamBody> = {}): Promise<TeamBody> => ({ ...body, version: body.version + 1, prev: await digest(await signedTeam(body, [])), ...change });

  const body1 = teamBody(people);
  const body2 = await next(body1, { admins: { threshold: 2, keyids: [a.keyid, b.keyid, c.keyid] } });
  const body3 = await next(body2, { admins: { threshold: 1, keyids: [b.keyid] } });
  const one = await signedTeam(body1, [a]);
  const two = await signedTeam(body2, [a, b]);
  const three = await signedTeam(body3, [b, c]);
  const text = new TextDecoder().decode(one.file);
  const raw = async (file: string): Promise<typeof one> => ({ ...(await signedTeam(body1, [a])), file: new TextEncoder().encode(file) });
  const bad = async (change: object): Promise<typeof one> => await signedTeam({ ...body1, ...change }, [a]);
  const key = (pub: Uint8Array): object => ({ alg: 'sshsig', pub: b64u(Uint8Array.from(pub)), added: '2026-01-01T00:00:00Z', label: 'x' });
  const weak = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa', 'hex')]);
  const future = { alg: 'ml-dsa-65', pub: b64u(crypto.random(64)), added: '2026-01-01T00:00:00Z', label: 'of a later version' };

  const cases: readonly { name: string; pinned?: readonly (typeof one)[]; steps: readonly (typeof one)[]; accepts?: number; code?: string }[] = [
    { name: 'first use', steps: [one], accepts: 1 },
    { name: 'the same file again', pinned: [one], steps: [one], accepts: 1 },
    { name: 'one version after the other', steps: [one, two, three], accepts: 3 },
    { name: 'the next version', pinned: [one], steps: [two], accepts: 2 },
    { name: 'nothing new', pinned: [one, two], steps: [], accepts: 2 },
    { name: 'a key of a later version does not count and does no harm', steps: [await bad({ members: [...body1.members, { id: 'dora', name: 'Dora', roles: [], keys: [future] }] })], accepts: 1 },
    { name: 'nobody signed', steps: [await signedTeam(body1, [])], code: 'team-unsigned' },
    { name: 'a stranger signed', steps: [await signedTeam(body1, [evil])], code: 'team-unsigned' },
    { name: 'a member who is no administrator signed', steps: [await signedTeam(body1, [b])], code: 'team-unsigned' },
    { name: 'one byte was changed after it was signed', steps: [await raw(text.replace('Alice', 'Alicf'))], code: 'team-unsigned' },
    { name: 'one of two administrators signed', pinned: [one], steps: [await signedTeam(body2, [a])], code: 'team-unsigned' },
    { name: 'one administrator signed twice', pinned: [one], steps: [await signedTeam(body2, [a, a])], code: 'team-unsigned' },
    { name: 'one administrator signed with two keys', steps: [await bad({ admins: { threshold: 2, keyids: [a.keyid, hardware.keyid] } })], code: 'team-malformed' },
    { name: 'the new administrators signed, the old ones did not', pinned: [one], steps: [await signedTeam(await next(body1, { admins: { threshold: 1, keyids: [b.keyid] } }), [b])], code: 'team-unsigned' },
    { name: 'the old administrators signed, the new ones did not', pinned: [one], steps: [await signedTeam(await next(body1, { admins: { threshold: 1, keyids: [b.keyid] } }), [a])], code: 'team-unsigned' },
    { name: 'an old version', pinned: [one, two], steps: [one], code: 'team-rolled-back' },
    { name: 'another file with the same version', pinned: [one], steps: [await bad({ expires: '2028-01-01T00:00:00Z' })], code: 'team-forked' },
    { name: 'a version was left out', pinned: [one], steps: [three], code: 'team-gap' },
    { name: 'a next version of something else', pinned: [one], steps: [await signedTeam({ ...body2, prev: b64u(new Uint8Array(32)) }, [a, b])], code: 'team-previous' },
    { name: 'the file of another team', pinned: [one], steps: [await signedTeam({ ...body2, team: 'other' }, [a, b])], code: 'team-other' },
    { name: 'one key in two persons', steps: [await bad({ members: [...body1.members, { id: 'dora', name: 'Dora', roles: [], keys: [b.record] }] })], code: 'key-in-two-persons' },
    { name: 'one key twice in one person', steps: [await bad({ members: [{ ...body1.members[0], keys: [a.record, a.record] }] })], code: 'key-in-two-persons' },
    { name: 'an Ed25519 key of small order', steps: [await bad({ members: [...body1.members, { id: 'dora', name: 'Dora', roles: [], keys: [key(weak)] }] })], code: 'key-weak' },
    { name: 'a key that is none', steps: [await bad({ members: [...body1.members, { id: 'dora', name: 'Dora', roles: [], keys: [key(Buffer.from('none'))] }] })], code: 'key-weak' },
    { name: 'an administrator whose key was revoked', steps: [await bad({ members: [{ ...body1.members[0], keys: [{ ...a.record, revoked: '2026-02-01T00:00:00Z' }] }, ...body1.members.slice(1)] })], code: 'team-malformed' },
    { name: 'two persons with one name', steps: [await bad({ members: [...body1.members, { id: 'bob', name: 'Bob', roles: [], keys: [] }] })], code: 'team-malformed' },
    { name: 'a member nobody knows', steps: [await bad({ administrators: ['mallory'] })], code: 'team-malformed' },
    { name: 'a version that is none', steps: [await bad({ version: 1.5 })], code: 'team-malformed' },
    { name: 'a second version with nothing before it', steps: [await bad({ version: 2 })], code: 'team-malformed' },
    { name: 'a key that stands there twice', steps: [await raw(text.replace('"version": 1,', '"version": 1, "version": 1,'))], code: 'team-malformed' },
    { name: 'a comment that does not end', steps: [await raw(`${text}/* and so on`)], code: 'team-malformed' },
  ];
  const plain = ({ file, signatures }: typeof one): object => ({ file: new TextDecoder().decode(file), signatures });
  return { cases: cases.map(({ pinned = [], steps, ...rest }) => ({ ...rest, pinned: pinned.map(plain), steps: steps.map(plain) })) };
}
