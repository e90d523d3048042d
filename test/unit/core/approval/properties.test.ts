/** Random texts and random team files, against what must always hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '../../../../src/core/approval/bytes.ts';
import { parseJsonc } from '../../../../src/core/approval/jsonc.ts';
import { strictParse } from '../../../../src/core/approval/strictJson.ts';
import type { Team, TeamBody } from '../../../../src/core/approval/team.ts';
import { acceptTeam } from '../../../../src/core/approval/teamChain.ts';
import { missingApprovals } from '../../../../src/core/approval/terms.ts';
import { createChance } from '../../../support/confirmation/chance.ts';
import type { Chance } from '../../../support/confirmation/chance.ts';
import { crypto, softwareKey } from '../../../support/confirmation/keys.ts';
import { signedTeam, teamBody } from '../../../support/confirmation/people.ts';

const pieces = ['{', '}', '[', ']', ',', ':', '"', '"a"', '"b"', '1', '0', '-', '.5', 'e3', 'null', 'true', ' ', '\n', '\\', 'u0041', '\\u0041', '__proto__', '/*', '*/', '//', '\ufeff', '\u202e', '9007199254740993'];

function randomValue(chance: Chance, depth = 0): unknown {
  switch (chance.below(depth > 5 ? 4 : 6)) {
    case 0: return null;
    case 1: return chance.below(2) === 0;
    case 2: return chance.below(1_000_000) - 500_000;
    case 3: return Array.from({ length: chance.below(5) }, () => chance.pick(['a', '"', '\\', '/', '\n', 'é', '\u2028', '😀', ':', ',', '//', '{'])).join('');
    case 4: return Array.from({ length: chance.below(4) }, () => randomValue(chance, depth + 1));
    default: return Object.fromEntries(Array.from({ length: chance.below(4) }, (_, n) => [`${chance.pick(['k', ':', '"', '//'])}${String(n)}`, randomValue(chance, depth + 1)]));
  }
}

test('whatever strict JSON accepts has one spelling, and everything written is accepted', () => {
  const chance = createChance(1);
  let accepted = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const text = chance.below(2) === 0 ? JSON.stringify(randomValue(chance)) : Array.from({ length: chance.below(8) }, () => chance.pick(pieces)).join('');
    const cut = chance.below(text.length + 1);
    // Half characters cannot be written in UTF-8; they have rows of their own in the vectors.
    const given = (chance.below(3) === 0 ? text.slice(0, cut) + chance.pick(pieces) + text.slice(cut) : text).toWellFormed();
    const parsed = strictParse(utf8(given));
    if (parsed === undefined) continue;
    accepted += 1;
    assert.equal(JSON.stringify(parsed.value), given);
  }
  assert.ok(accepted > 3000, String(accepted));
  for (let round = 0; round < 2000; round += 1) {
    const value = randomValue(chance);
    assert.deepEqual(strictParse(utf8(JSON.stringify(value))), { value });
  }
});

test('comments, line breaks and trailing commas change nothing in a team file; broken ones are refused, never misread', () => {
  const chance = createChance(2);
  for (let round = 0; round < 3000; round += 1) {
    const value = randomValue(chance);
    const text = JSON.stringify(value, undefined, chance.below(3));
    // Between tokens only: a line of pretty JSON ends with one.
    const decorated = text.replaceAll(/\n/g, () => chance.pick(['\n', ' // "x": 1,\n', '/* } */\n', '\r\n'])).replaceAll(/(?<=[\]}"\dle])\n(\s*[\]}])/g, chance.below(2) === 0 ? '\n$1' : ',\n$1');
    assert.deepEqual(parseJsonc(utf8(decorated)), { value }, decorated);
    const cut = chance.below(text.length + 1);
    const broken = text.slice(0, cut) + chance.pick(pieces) + text.slice(cut);
    assert.doesNotThrow(() => parseJsonc(utf8(broken)));
    assert.equal(parseJsonc(utf8(`${text}${chance.pick(['}', ',', '/*', '"', ':'])}`)), undefined);
  }
});

test('random team files are accepted exactly when both sets of administrators signed the next version', async () => {
  const chance = createChance(3);
  const keys = await Promise.all(Array.from({ length: 4 }, async (_, n) => await softwareKey(`key ${String(n)}`)));
  const people = keys.map((key, n) => ({ id: `p${String(n)}`, keys: [key] }));
  let current: Team | undefined;
  let taken = 0;
  for (let round = 0; round < 150; round += 1) {
    const adminKeys = chance.shuffled(keys).slice(0, 1 + chance.below(3));
    const admins: TeamBody['admins'] = { threshold: 1 + chance.below(adminKeys.length), keyids: adminKeys.map(({ keyid }) => keyid) };
    const step = chance.pick([1, 1, 1, 0, -1, 2]);
    const version: number = current === undefined ? 1 : Math.max(1, current.body.version + step);
    const prev: string | null = version === 1 ? null : chance.below(5) === 0 ? 'A'.repeat(43) : (current?.digest ?? null);
    const signers = chance.shuffled(keys).slice(0, chance.below(5));
    const next = await signedTeam(teamBody(people, { version, prev, admins, issued: `2026-01-01T00:00:${String(round % 60).padStart(2, '0')}Z` }), signers);
    const state = await acceptTeam(crypto, current, [next]);

    const enough = (of: TeamBody['admins'] | undefined): boolean => of === undefined || signers.filter(({ keyid }) => of.keyids.includes(keyid)).length >= of.threshold;
    const isNext: boolean = current === undefined ? version === 1 : version === current.body.version + 1 && prev === current.digest;
    assert.equal(state.kind === 'accepted', isNext && enough(current?.body.admins) && enough(admins), `round ${String(round)}`);
    if (state.kind === 'accepted') {
      current = state.team;
      taken += 1;
    }
  }
  assert.ok(taken > 10, String(taken));
});

test('groups share persons as well as they can: as many seats are filled as trying every order fills', () => {
  const chance = createChance(4);
  const roles = ['a', 'b', 'c'];
  for (let round = 0; round < 2000; round += 1) {
    const groups = Array.from({ length: 1 + chance.below(3) }, () => ({ approvals: 1 + chance.below(2), roles: chance.shuffled(roles).slice(0, chance.below(3)) }));
    const persons = Array.from({ length: chance.below(5) }, (_, n) => ({ id: String(n), roles: chance.shuffled(roles).slice(0, chance.below(4)) }));
    const seats = groups.flatMap(({ approvals, roles: allowed }) => Array.from({ length: approvals }, () => allowed));
    const most = (at: number, left: readonly (typeof persons)[number][]): number => {
      const allowed = seats[at];
      if (allowed === undefined) return 0;
      const fits = left.filter((person) => allowed.length === 0 || allowed.some((role) => person.roles.includes(role)));
      return Math.max(most(at + 1, left), ...fits.map((person) => 1 + most(at + 1, left.filter((other) => other !== person))));
    };
    assert.equal(missingApprovals(groups, persons), seats.length - most(0, persons));
  }
});
