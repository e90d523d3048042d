import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseRiskPolicy } from '../../../../src/core/profile/parseRiskPolicy.ts';
import { joinPolicies, riskRulesFor } from '../../../../src/core/sql/riskRules.ts';
import { findRisks, type RiskScope } from '../../../../src/core/sql/risks.ts';
import type { ClassifiedStatement, Target } from '../../../../src/core/sql/verdict.ts';
import { statement } from '../../../fakes/statements.ts';

const own = { code: 'own-rule', severity: 'medium', message: 'Orders are billed', remedy: 'Cancel them instead', tables: ['orders'] };

describe('what is no rule is said, and not loaded', () => {
  const rows: readonly (readonly [what: string, value: unknown, ...paths: string[]])[] = [
    ['nothing', undefined],
    ['an empty list', []],
    ['a rule', [own]],
    ['a rule with a link', [{ ...own, link: 'https://wiki.example.com/orders?x=1' }]],
    ['no list', { own }, ''],
    ['no object', ['x'], '0'],
    ['no code', [{ ...own, code: undefined }], '0.code'],
    ['a code with spaces', [{ ...own, code: 'Own Rule' }], '0.code'],
    ['a severity nobody knows', [{ ...own, severity: 'none' }], '0.severity'],
    ['no message', [{ ...own, message: ' ' }], '0.message'],
    ['a message of two lines', [{ ...own, message: 'a\nb' }], '0.message'],
    ['a message that hides what it says', [{ ...own, message: 'a\u202eb' }], '0.message'],
    ['no remedy', [{ ...own, remedy: 5 }], '0.remedy'],
    ['no place', [{ ...own, tables: undefined, kinds: [] }], '0.kinds', '0.tables'],
    ['nowhere at all', [{ code: 'own', severity: 'low', message: 'a', remedy: 'b' }], '0.code'],
    ['a class nobody knows', [{ ...own, classes: ['write', 'harmless'] }], '0.classes'],
    ['a tag nobody knows', [{ ...own, tags: ['x'] }], '0.tags'],
    ['an empty word', [{ ...own, kinds: [''] }], '0.kinds'],
    ['a link that is none', [{ ...own, link: 'javascript:alert(1)' }], '0.link'],
    ['a link with a name in it', [{ ...own, link: 'https://a@b.example' }], '0.link'],
    ['a key nobody knows', [{ ...own, unless: 'x' }], '0.unless'],
    ['the right one beside a wrong one', [own, { code: 'x' }], '1', '1.severity'],
    ['a severity for a rule there is', [{ code: 'row-locks', severity: 'high' }]],
    ['other words for a rule there is', [{ ...own, code: 'no-where' }], '0.tables', '0.message', '0.remedy'],
    ['too many', Array.from({ length: 201 }, () => own), ''],
  ];
  for (const [what, value, ...paths] of rows) {
    test(what, () => {
      const { problems, rules, raised } = parseRiskPolicy(value, []);
      const places = problems.map(({ path }) => path.join('.'));
      assert.deepEqual(new Set(places.map((place) => (place === '1' ? '1.severity' : place))), new Set(paths.filter((path) => path !== '1')));
      assert.ok(problems.every(({ severity }) => severity === 'error'));
      const entries = Array.isArray(value) ? value.length : 0;
      const wrong = new Set(places.filter((place) => place !== '').map((place) => place.split('.')[0]));
      assert.equal(rules.length + raised.length, places.includes('') ? 0 : entries - wrong.size);
    });
  }
});

describe('a rule applies where all of its conditions hold', () => {
  const target = (table: string, schema?: string): Target => ({ table, access: 'write', ...(schema === undefined ? {} : { schema }) });
  const of = (facts: Partial<ClassifiedStatement>) => statement('delete from x', 'write', { kind: 'delete', ...facts });
  const rows: readonly (readonly [where: RiskScope, facts: Partial<ClassifiedStatement>, applies: boolean])[] = [
    [{ tables: ['orders'] }, { targets: [target('orders')] }, true],
    [{ tables: ['orders'] }, { targets: [target('orders', 'archive')] }, true],
    [{ tables: ['orders'] }, { targets: [target('orders_old')] }, false],
    [{ tables: ['ORD*'] }, { targets: [target('Orders_old')] }, true],
    [{ tables: ['audit.*'] }, { targets: [target('log', 'audit')] }, true],
    [{ tables: ['audit.*'] }, { targets: [target('log', 'public')] }, false],
    [{ tables: ['audit.log'] }, { targets: [target('log')] }, true],
    [{ tables: ['audit.log'] }, { targets: [target('logs')] }, false],
    [{ tables: ['*'] }, { targets: [] }, false],
    [{ kinds: ['delete', 'update'] }, {}, true],
    [{ kinds: ['alter-*'] }, {}, false],
    [{ kinds: ['delete'], tables: ['orders'] }, { targets: [target('users')] }, false],
    [{ classes: ['write'], kinds: ['delete'], tables: ['users'] }, { targets: [target('users')] }, true],
    [{ tags: ['audit', 'secret'] }, { tags: ['secret'] }, true],
    [{ tags: ['audit'], classes: ['write'] }, { tags: ['secret'] }, false],
  ];
  for (const [where, facts, applies] of rows) {
    test(`${JSON.stringify(where)}: ${JSON.stringify(facts)}`, () => {
      const { rules, problems } = parseRiskPolicy([{ code: 'own', severity: 'high', message: 'm', remedy: 'r', ...where }], []);
      assert.deepEqual(problems, []);
      assert.equal(findRisks(of(facts), rules).length, applies ? 1 : 0);
    });
  }
});

describe('a policy adds and raises', () => {
  const locking = statement('select 1 for update', 'write', { reasons: [{ code: 'row-locks', message: 'Locks rows' }] });
  const severityWith = (...policies: readonly unknown[]) => findRisks(locking, riskRulesFor('postgresql', joinPolicies(policies.map((each) => parseRiskPolicy(each, []))))).map(({ code, severity }) => `${severity} ${code}`);
  const raise = (severity: string) => [{ code: 'row-locks', severity }];
  const rows: readonly (readonly [what: string, policies: readonly unknown[], expected: readonly string[]])[] = [
    ['nothing', [], ['low row-locks']],
    ['a higher severity', [raise('high')], ['high row-locks']],
    ['a lower one is ignored', [raise('high'), raise('low')], ['high row-locks']],
    ['a rule of its own beside it', [[{ code: 'own', severity: 'medium', message: 'm', remedy: 'r', classes: ['write'] }]], ['medium own', 'low row-locks']],
  ];
  for (const [what, policies, expected] of rows) test(what, () => assert.deepEqual(severityWith(...policies), expected));
});

test('every rule says what to do, and where to read more', () => {
  for (const dialect of ['postgresql', 'mysql', 'mariadb'] as const) {
    const lacking = riskRulesFor(dialect).filter(({ message, remedy, link }) => message === '' || remedy === '' || link?.startsWith('https://') !== true);
    assert.deepEqual(lacking.map(({ code }) => `${dialect} ${code}`), []);
  }
});
