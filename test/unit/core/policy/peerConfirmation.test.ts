/** Who has to confirm: every wish, every state of the team, every environment, every class; and attempts to get around it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Rule } from '../../../../src/core/approval/terms.ts';
import type { ConfirmationPolicy, ConfirmationWish, TeamRules } from '../../../../src/core/policy/confirmation.ts';
import { decide } from '../../../../src/core/policy/decide.ts';
import { peerDemand, peerTerms } from '../../../../src/core/policy/peerConfirmation.ts';
import type { ClassifiedStatement, StatementClass } from '../../../../src/core/sql/verdict.ts';
import { statement, verdict } from '../../../fakes/statements.ts';

const rule = (match: Rule['match'], facts: Partial<Rule> = {}): Rule => ({ match, approvals: 1, roles: [], assurance: 'software', effectMatch: 'exact', ttlMinutes: 30, audit: 'spool', breakGlass: false, ...facts });
const usual = rule({ env: 'production', class: ['destructive', 'privilege', 'admin', 'unknown'] });
const teams = {
  none: { kind: 'none' },
  refused: { kind: 'refused', code: 'team-unsigned' },
  edited: { kind: 'refused', code: 'team-unsigned', rules: [rule({ env: 'staging', class: ['ddl'] }), rule({ class: ['write'] })] },
  usual: { kind: 'accepted', rules: [usual] },
  silent: { kind: 'accepted', rules: [] },
  writes: { kind: 'accepted', rules: [rule({ env: 'production', class: ['write'] })] },
  staging: { kind: 'accepted', rules: [rule({ env: 'staging', class: ['ddl'] })] },
  everything: { kind: 'accepted', rules: [rule({})] },
} as const satisfies Record<string, TeamRules>;

const places = {
  production: { name: 'shop', environment: 'production', protected: true },
  staging: { name: 'shop', environment: 'staging', protected: false },
  guarded: { name: 'shop', environment: 'staging', protected: true },
  development: { name: 'shop', environment: 'development', protected: false },
} as const;

type Row = readonly [team: keyof typeof teams, wish: ConfirmationWish | undefined, where: keyof typeof places, classes: string, expected: 'none' | 'asked' | 'refused'];

const rows: readonly Row[] = [
  ['none', undefined, 'production', 'destructive', 'none'],
  ['none', 'never', 'production', 'destructive', 'none'],
  ['none', 'destructive', 'production', 'destructive', 'refused'],
  ['none', 'destructive', 'production', 'privilege', 'refused'],
  ['none', 'destructive', 'production', 'admin', 'refused'],
  ['none', 'destructive', 'production', 'unknown', 'refused'],
  ['none', 'destructive', 'production', 'write', 'none'],
  ['none', 'destructive', 'production', 'ddl', 'none'],
  ['none', 'allWrites', 'production', 'write', 'refused'],
  ['none', 'allWrites', 'production', 'ddl', 'refused'],
  ['none', 'allWrites', 'guarded', 'destructive', 'none'],
  ['none', 'allWrites', 'development', 'destructive', 'none'],
  ['usual', undefined, 'production', 'destructive', 'asked'],
  ['usual', undefined, 'production', 'unknown', 'asked'],
  ['usual', undefined, 'production', 'write', 'none'],
  ['usual', undefined, 'production', 'write destructive', 'asked'],
  ['usual', 'never', 'production', 'destructive', 'asked'],
  ['usual', 'allWrites', 'production', 'write', 'asked'],
  ['usual', 'allWrites', 'production', 'ddl', 'asked'],
  ['usual', 'allWrites', 'guarded', 'destructive', 'none'],
  ['silent', undefined, 'production', 'destructive', 'asked'],
  ['silent', undefined, 'production', 'ddl', 'none'],
  ['silent', 'destructive', 'production', 'admin', 'asked'],
  ['silent', 'never', 'production', 'destructive', 'none'],
  ['silent', 'allWrites', 'production', 'write', 'asked'],
  ['writes', 'never', 'production', 'write', 'asked'],
  ['writes', undefined, 'production', 'destructive', 'asked'],
  ['writes', 'never', 'production', 'destructive', 'none'],
  ['writes', 'never', 'development', 'write', 'none'],
  ['staging', undefined, 'staging', 'ddl', 'asked'],
  ['staging', 'never', 'staging', 'ddl', 'asked'],
  ['staging', undefined, 'staging', 'destructive', 'none'],
  ['staging', undefined, 'development', 'ddl', 'none'],
  ['everything', 'never', 'production', 'write', 'asked'],
  ['everything', 'never', 'guarded', 'ddl', 'asked'],
  ['everything', undefined, 'development', 'destructive', 'none'],
  ['refused', undefined, 'production', 'write', 'refused'],
  ['refused', 'never', 'production', 'destructive', 'refused'],
  ['refused', 'never', 'guarded', 'ddl', 'refused'],
  ['refused', 'allWrites', 'development', 'destructive', 'none'],
  ['edited', 'never', 'staging', 'ddl', 'refused'],
  ['edited', undefined, 'staging', 'write ddl', 'refused'],
  ['edited', undefined, 'staging', 'write', 'none'],
  ['edited', undefined, 'development', 'ddl', 'none'],
  ...Object.keys(teams).flatMap((team) => (['read', 'session', 'txn', 'read session txn'] as const).map((classes): Row => [team as keyof typeof teams, 'allWrites', 'production', classes, 'none'])),
];

const classesOf = (text: string) => text.split(' ') as StatementClass[];

describe('who has to confirm', () => {
  for (const [team, wish, where, classes, expected] of rows) {
    test(`${classes} on ${where}, team ${team}, wish ${wish ?? 'unset'}: ${expected}`, () => {
      assert.equal(peerDemand(classesOf(classes), places[where], { team: teams[team], ...(wish === undefined ? {} : { wish }) }).kind, expected);
    });
  }
  test('where nobody knows of a team, nobody is asked', () => {
    assert.equal(peerDemand(['destructive'], places.production, undefined).kind, 'none');
  });
});

describe('on which terms', () => {
  const two = rule({ env: 'production', class: ['privilege'] }, { approvals: 2, assurance: 'uv', ttlMinutes: 5 });
  const terms = (rules: readonly Rule[], classes: string) => {
    const { groups, assurance, ttlMinutes, audit } = peerTerms(rules, places.production, classesOf(classes));
    return [groups.map(({ approvals }) => approvals).join('+'), assurance, String(ttlMinutes), audit].join(' ');
  };
  const cases: readonly [name: string, rules: readonly Rule[], classes: string, expected: string][] = [
    ['of the rule that speaks of it', [usual, two], 'destructive', '1 software 30 spool'],
    ['the strictest of all classes', [two, usual], 'destructive privilege', '1+2 uv 5 spool'],
    ['a dangerous class without a rule: the strictest there are', [two], 'destructive', '1 uv 15 receipt'],
    ['a bounded write beside a ruled class adds nothing', [usual], 'write destructive', '1 software 30 spool'],
    ['a dangerous class beside a ruled write does', [rule({ class: ['write'] })], 'write destructive', '1 uv 15 receipt'],
    ['a write nobody rules', [usual], 'write', '1 uv 15 receipt'],
    ['reads count for nothing', [usual], 'read session destructive', '1 software 30 spool'],
    ['the first rule that matches', [usual, rule({}, { approvals: 3 })], 'destructive', '1 software 30 spool'],
  ];
  for (const [name, rules, classes, expected] of cases) test(name, () => assert.equal(terms(rules, classes), expected));
  test('the wish decides whether, never on which terms', () => {
    const of = (wish: ConfirmationWish) => peerDemand(['destructive'], places.production, { wish, team: teams.usual });
    assert.deepEqual(of('allWrites'), of('destructive'));
    assert.deepEqual(of('never'), of('destructive'));
  });
});

describe('what is decided', () => {
  const of = (cls: StatementClass, facts?: Partial<ClassifiedStatement>): ClassifiedStatement => statement(`${cls} …`, cls, facts);
  const vacuum = of('admin', { canPreview: false, canRunInTransaction: false });
  const decided = (statements: readonly ClassifiedStatement[], confirmation: ConfirmationPolicy, where: keyof typeof places = 'production', access: 'preview' | 'readOnly' | 'blocked' = 'preview'): string => {
    const decision = decide({ verdict: verdict(...statements), connection: places[where], policy: { access, elevated: false, typedConfirmation: true, confirmation }, mode: 'run' });
    if (decision.effect === 'deny') return `deny ${decision.reasons.map(({ code }) => code).join('+')}`;
    return [decision.path, ...('obligations' in decision ? decision.obligations.map(({ kind }) => kind) : [])].join(' ');
  };
  const cases: readonly [name: string, statements: readonly ClassifiedStatement[], confirmation: ConfirmationPolicy, expected: string, where?: keyof typeof places, access?: 'readOnly' | 'blocked'][] = [
    ['a peer instead of typing', [of('destructive')], { team: teams.usual }, 'change consent peer-confirmation'],
    ['what cannot be rolled back as well', [vacuum], { team: teams.usual }, 'consent-first consent peer-confirmation'],
    ['without a team: typed, as ever', [of('destructive')], { team: teams.none }, 'change consent typed-confirmation'],
    ['without a team and with a wish', [of('destructive')], { team: teams.none, wish: 'destructive' }, 'deny needs-confirmation'],
    ['a team that is not believed', [of('write')], { team: teams.refused, wish: 'never' }, 'deny needs-confirmation'],
    ['a team that is not believed, and a read', [of('read')], { team: teams.refused }, 'read'],
    ['a rule about an unprotected place', [of('ddl')], { team: teams.staging }, 'change consent peer-confirmation', 'staging'],
    ['a rule about an unprotected place where it cannot be rolled back', [of('ddl', { canPreview: false, canRunInTransaction: false })], { team: teams.staging }, 'consent-first consent peer-confirmation', 'staging'],
    ['a rule about an unprotected place, hidden behind COMMIT', [of('txn'), of('ddl')], { team: teams.staging }, 'deny transaction-control', 'staging'],
    ['a rule about an unprotected place, behind a setting', [of('session'), of('ddl')], { team: teams.staging }, 'deny session-setting', 'staging'],
    ['a peer does not open what is read-only', [of('destructive')], { team: teams.usual }, 'deny needs-elevation', 'production', 'readOnly'],
    ['nor what is blocked', [of('destructive')], { team: teams.usual }, 'deny blocked', 'production', 'blocked'],
  ];
  for (const [name, statements, confirmation, expected, where, access] of cases) test(name, () => assert.equal(decided(statements, confirmation, where, access), expected));

  test('the refusal says what to do', () => {
    const says = (confirmation: ConfirmationPolicy): string => {
      const decision = decide({ verdict: verdict(of('destructive')), connection: places.production, policy: { access: 'preview', elevated: false, typedConfirmation: true, confirmation }, mode: 'run' });
      return decision.effect === 'deny' ? (decision.reasons[0]?.message ?? '') : '';
    };
    assert.match(says({ team: teams.none, wish: 'destructive' }), /no team to ask\. Use “Set Up a Team” first/);
    assert.match(says({ team: teams.refused }), /not enough administrators signed the team file.*so none is run; reads go on/);
  });
});
