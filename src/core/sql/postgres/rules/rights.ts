/** Who may do what: roles, grants, owners, policies, and what makes code run with other rights. */
import type { StatementTag } from '../../verdict.ts';
import { fact, type Finding, type StatementFacts } from '../findings.ts';
import { effectOfFunction } from '../functions.ts';
import { kindOf, listNames, objectName } from '../objects.ts';
import { secretFinding } from '../secrets.ts';
import { effectOfSetting } from '../settings.ts';
import { booleanOption, flag, has, inline, locationOf, many, names, one, option, text, type PgNode, type TypedNode } from '../tree.ts';

export function describeGrant(node: PgNode): StatementFacts {
  const isGrant = flag(node, 'is_grant');
  const privileges = many(node, 'privileges').map(({ node: privilege }) => text(privilege, 'priv_name').toUpperCase());
  const what = privileges.length === 0 ? 'all rights' : listNames(privileges);
  const kind = isGrant ? 'grant' : 'revoke';
  return { kind, findings: [fact(kind, 'privilege', `${isGrant ? 'Gives' : 'Takes'} ${what} ${isGrant ? 'to' : 'from'} ${roleNames(node, 'grantees')}`)] };
}

export function describeGrantRole(node: PgNode): StatementFacts {
  const isGrant = flag(node, 'is_grant');
  const roles = listNames(many(node, 'granted_roles').map(({ node: role }) => text(role, 'priv_name')));
  const kind = isGrant ? 'grant' : 'revoke';
  const message = isGrant ? `Makes ${roleNames(node, 'grantee_roles')} a member of ${roles}` : `Ends the membership of ${roleNames(node, 'grantee_roles')} in ${roles}`;
  return { kind, findings: [fact(kind, 'privilege', message)] };
}

export function describeDefaultPrivileges(): StatementFacts {
  return { kind: 'alter-default-privileges', findings: [fact('alter-default-privileges', 'privilege', 'Changes who may use objects that are created later')] };
}

export function describeCreateRole(node: PgNode): StatementFacts {
  return roleStatement('create-role', `Creates the role ${text(node, 'role')}`, node);
}

export function describeAlterRole(node: PgNode): StatementFacts {
  return roleStatement('alter-role', `Changes the role ${roleName(inline(node, 'role'))}`, node);
}

function roleStatement(kind: string, message: string, node: PgNode): StatementFacts {
  const password = option(many(node, 'options'), 'password');
  const findings: Finding[] = [fact(kind, 'privilege', message)];
  if (password && has(password, 'arg')) findings.push(secretFinding(locationOf(password)));
  return { kind, findings };
}

/** ALTER ROLE … SET, ALTER DATABASE … SET: a setting for every later session. */
export function describeStoredSetting(kind: 'alter-role' | 'alter-database', node: PgNode): StatementFacts {
  const setting = inline(node, 'setstmt') ?? {};
  const name = text(setting, 'name');
  const effect = name === '' ? { tags: [] as readonly StatementTag[], message: 'Resets settings' } : effectOfSetting(name);
  return { kind, findings: [fact(kind, kind === 'alter-role' ? 'privilege' : 'admin', `${effect.message.replace(' for this session', '')}, for later sessions`, effect.tags)] };
}

export function describeDropRole(node: PgNode): StatementFacts {
  return { kind: 'drop-role', findings: [fact('drop-role', 'privilege', `Drops the role ${roleNames(node, 'roles')}`)] };
}

export function describeOwner(node: PgNode): StatementFacts {
  const object = objectName(text(node, 'objectType'));
  const kind = kindOf('alter', object);
  return { kind, findings: [fact('alter-owner', 'privilege', `Makes ${roleName(inline(node, 'newowner'))} the owner of a ${object}`)] };
}

export function describeReassignOwned(node: PgNode): StatementFacts {
  return { kind: 'reassign-owned', findings: [fact('reassign-owned', 'privilege', `Makes ${roleName(inline(node, 'newrole'))} the owner of everything ${roleNames(node, 'roles')} owns`)] };
}

export function describePolicy(kind: 'create-policy' | 'alter-policy', node: PgNode): StatementFacts {
  return { kind, findings: [fact(kind, 'privilege', `${kind === 'create-policy' ? 'Creates' : 'Changes'} a policy that decides who sees which rows of ${text(inline(node, 'table') ?? {}, 'relname')}`)] };
}

export function describeSecurityLabel(): StatementFacts {
  return { kind: 'security-label', findings: [fact('security-label', 'privilege', 'Changes a security label')] };
}

export function describeUserMapping(kind: string, node: PgNode): StatementFacts {
  return { kind, findings: [fact(kind, 'privilege', `Changes which login is used on the server ${text(node, 'servername')}`)] };
}

export function describeCast(): StatementFacts {
  return { kind: 'create-cast', findings: [fact('create-cast', 'privilege', 'Creates a cast, whose function then runs unseen in statements of others')] };
}

/** CREATE FUNCTION and CREATE PROCEDURE. */
export function describeRoutine(node: PgNode): StatementFacts {
  const kind = flag(node, 'is_procedure') ? 'create-procedure' : 'create-function';
  const word = flag(node, 'is_procedure') ? 'procedure' : 'function';
  const name = many(node, 'funcname').at(-1);
  const head = fact(kind, 'ddl', `${flag(node, 'replace') ? 'Creates or replaces' : 'Creates'} the ${word} ${name ? text(name.node, 'sval') : ''}`);
  return { kind, findings: [head, ...shadowing(many(node, 'funcname')), ...routineRights(many(node, 'options'))] };
}

/** A better fitting function of the same name wins over the built-in one, in statements of everybody. */
function shadowing(name: readonly TypedNode[]): readonly Finding[] {
  const local = names(name).at(-1) ?? '';
  if (!effectOfFunction([local])) return [];
  return [{ class: 'ddl', code: 'shadows-built-in', message: `It has the name of the built-in function ${local}, and may run in its place` }];
}

/** ALTER FUNCTION, PROCEDURE, ROUTINE. */
export function describeAlterRoutine(node: PgNode): StatementFacts {
  const kind = kindOf('alter', objectName(text(node, 'objtype')));
  return { kind, findings: [fact(kind, 'ddl', `Changes a ${objectName(text(node, 'objtype'))}`), ...routineRights(many(node, 'actions'))] };
}

const trustedLanguages = new Set(['sql', 'plpgsql', 'plperl', 'pltcl', 'plv8', 'pltclmod', 'plpgsql_check', 'plrust', 'plls', 'plcoffee']);

function routineRights(options: Parameters<typeof option>[0]): readonly Finding[] {
  const findings: Finding[] = [];
  const security = option(options, 'security');
  if (security && booleanOption(security) !== false) {
    findings.push({ class: 'privilege', code: 'security-definer', message: 'It will run with the rights of its owner, whoever calls it', location: locationOf(security) });
  }
  const leakproof = option(options, 'leakproof');
  if (leakproof && booleanOption(leakproof) !== false) {
    findings.push({ class: 'privilege', code: 'leakproof', message: 'LEAKPROOF lets it see rows that row security hides', location: locationOf(leakproof) });
  }
  findings.push(...options.flatMap(({ node: each }) => (text(each, 'defname') === 'set' ? settingWhileRunning(each) : [])));
  const language = option(options, 'language');
  const argument = language && one(language, 'arg');
  if (argument && !trustedLanguages.has(text(argument.node, 'sval').toLowerCase())) {
    findings.push({ class: 'admin', code: 'untrusted-language', message: `Its language ${text(argument.node, 'sval')} can reach the server itself`, location: locationOf(language) });
  }
  return findings;
}

/** A fixed search path protects a function; other settings with a meaning are worth a look. */
function settingWhileRunning(defElem: PgNode): readonly Finding[] {
  const name = text(one(defElem, 'arg')?.node ?? {}, 'name');
  const effect = effectOfSetting(name);
  if (effect.class === 'session' || name.toLowerCase() === 'search_path') return [];
  return [{ class: effect.class === 'txn' ? 'ddl' : effect.class, code: 'set', message: `${effect.message}, whenever it runs`, tags: effect.tags, location: locationOf(defElem) }];
}

function roleNames(node: PgNode, field: string): string {
  return listNames(many(node, field).map(({ node: role }) => roleName(role)));
}

function roleName(role: PgNode | undefined): string {
  if (!role) return 'a role';
  const type = text(role, 'roletype');
  return text(role, 'rolename') || (type === 'ROLESPEC_PUBLIC' ? 'everyone' : type.replace('ROLESPEC_', '').toLowerCase().replaceAll('_', ' '));
}
