/**
 * How the server would carry out a definition, as its manual says it ("Online DDL Operations", "InnoDB Online DDL"). Only what
 * does not depend on the types of columns or on how the table was made before: the rest is not known without trying.
 */
import type { AlterActions } from '../../sql/mysql/alterActions.ts';
import type { MysqlDialect } from '../../sql/mysql/tokens.ts';

/**
 * `instant`: only the definition changes. `inplace`: goes through the table while others read and write. `inplace-shared`: while
 * writers wait. `copy`: copies the table while writers wait.
 */
export type AlterWay = 'instant' | 'inplace' | 'inplace-shared' | 'copy';

const cheapestFirst: readonly AlterWay[] = ['instant', 'inplace', 'inplace-shared', 'copy'];

export type AlterServer = { readonly dialect: MysqlDialect; /** e.g. 80036 or 101119. */ readonly versionNumber: number };

/** The way of the most expensive action; `undefined` when one of them is not known. */
export function forecastAlter({ actions }: AlterActions, server: AlterServer): AlterWay | undefined {
  const rebuildsKey = actions.some(([first, second]) => first === 'DROP' && second === 'PRIMARY') && actions.some(([first, ...rest]) => first === 'ADD' && rest.includes('PRIMARY'));
  const ways = actions.map((action) => (rebuildsKey && action.includes('PRIMARY') ? 'inplace' : wayOf(action, server)));
  if (ways.length === 0 || ways.includes(undefined)) return undefined;
  return cheapestFirst.findLast((way) => ways.includes(way));
}

function wayOf(action: readonly string[], server: AlterServer): AlterWay | undefined {
  const [first = '', second = ''] = action;
  switch (first) {
    case 'ADD':
      return wayOfAdd(action, server);
    case 'DROP':
      return wayOfDrop(second);
    case 'RENAME':
      if (second === 'COLUMN') return server.dialect === 'mariadb' || server.versionNumber >= 80_028 ? 'instant' : 'inplace';
      if (second === 'INDEX' || second === 'KEY') return server.dialect === 'mariadb' ? 'instant' : 'inplace';
      return 'instant';
    case 'ALTER':
      return action.includes('DEFAULT') ? 'instant' : undefined;
    case 'CONVERT':
      return second === 'TO' ? 'copy' : undefined;
    case 'COMMENT': case 'AUTO_INCREMENT':
      // Options need no comma between them.
      return action.length > 3 ? undefined : server.dialect === 'mariadb' ? 'instant' : 'inplace';
    case 'FORCE':
      return 'inplace';
    default:
      return undefined;
  }
}

const indexWords: ReadonlySet<string> = new Set(['INDEX', 'KEY', 'UNIQUE']);
/** What makes a new column more than a definition. */
const computed: ReadonlySet<string> = new Set(['AUTO_INCREMENT', 'PRIMARY', 'UNIQUE', 'KEY', 'REFERENCES', 'CHECK', 'AS', 'GENERATED', 'STORED', 'PERSISTENT', 'VIRTUAL', 'INVISIBLE', '(']);

function wayOfAdd(action: readonly string[], server: AlterServer): AlterWay | undefined {
  const [, second = ''] = action;
  switch (second) {
    case 'FULLTEXT': case 'SPATIAL':
      return 'inplace-shared';
    case 'FOREIGN': case 'CHECK':
      return 'copy';
    case 'CONSTRAINT':
      if (action.includes('FOREIGN') || action.includes('CHECK')) return 'copy';
      return action.includes('UNIQUE') ? 'inplace' : undefined;
    case 'PRIMARY': case 'PARTITION': case 'SYSTEM': case 'PERIOD':
      return undefined;
    default:
      return indexWords.has(second) ? 'inplace' : wayOfColumn(second === 'COLUMN' ? action.slice(2) : action.slice(1), server);
  }
}

/** @param column - its name and what is said of it */
function wayOfColumn([name, ...facts]: readonly string[], { dialect, versionNumber }: AlterServer): AlterWay | undefined {
  // The parentheses of a length say nothing; those of a default are an expression.
  const telling = facts.filter((word, index) => word !== ')' && !(word === '(' && index === 1));
  // Several in parentheses are not looked at.
  if (name === '(' || facts.length === 0 || telling.some((word) => computed.has(word))) return undefined;
  const isPlaced = facts.includes('FIRST') || facts.includes('AFTER');
  if (dialect === 'mariadb') return isPlaced ? undefined : 'instant';
  return versionNumber >= 80_029 || (versionNumber >= 80_012 && !isPlaced) ? 'instant' : undefined;
}

function wayOfDrop(what: string): AlterWay | undefined {
  if (what === 'INDEX' || what === 'KEY' || what === 'FOREIGN') return 'inplace';
  return what === 'PRIMARY' ? 'copy' : undefined;
}

/** In words, without saying how it is known. */
export function describeWay(way: AlterWay): string {
  switch (way) {
    case 'instant':
      return 'At once: only the definition changes, no row is touched.';
    case 'inplace':
      return 'In place: it may go through the whole table, and others read and write meanwhile.';
    case 'inplace-shared':
      return 'In place, but whoever writes to the table waits until it is done; others can read.';
    case 'copy':
      return 'By copying the whole table: whoever writes to it waits until that is done; others can read.';
  }
}
