/**
 * Where the catalogue keeps what, one row for each of its tables: how a row is named, what it belongs to, and which of its
 * columns say something to a person. Only facts; the queries are made in `ddlSql.ts`, which names the row `x`.
 */

export type CatalogSource = {
  /** FROM, with the catalogue's own row as `x`; columns `id`, `part`, `object`, `name`, `own`, `parent` and `facts` follow. */
  readonly from: string;
  readonly where?: string;
  readonly id: string;
  readonly part?: string;
  readonly object: string;
  readonly name: string;
  readonly own: string;
  readonly parent?: string;
  /** Label and expression; a label that begins with `#` holds a digest, one with `=` is told of what came or went and not compared. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /**
   * Facts whose text cannot be had while somebody else has the table locked, with a digest that can: label, text, digest.
   */
  readonly locking?: readonly (readonly [label: string, value: string, digest: string])[];
  /** Whether a row with locking facts belongs to one of the tables `TABLES`. */
  readonly within?: string;
  /** Column that the object ids of the change are looked up in; `x.oid` when absent. */
  readonly oid?: string;
};

const yes = (condition: string): string => `CASE WHEN ${condition} THEN 'yes' END`;
const member = (catalog: string): string =>
  `(SELECT 'pg_extension:' || d.refobjid FROM pg_depend AS d WHERE d.classid = '${catalog}'::regclass AND d.objid = x.oid AND d.objsubid = 0 AND d.deptype = 'e')`;
const digest = (...without: readonly string[]): string => `md5((to_jsonb(x.*) - '{oid,${without.join(',')}}'::text[])::text)`;
const schema = ['schema', 'n.nspname'] as const;
const owner = (column: string) => ['owner', `pg_get_userbyid(x.${column})`] as const;
const privileges = (column: string) => ['privileges', `x.${column}::text`] as const;

/** Of a table, an index or a sequence; a partition has none: it may go alone. */
const relationParent = `CASE
    WHEN x.relkind IN ('i', 'I') THEN coalesce(
      (SELECT 'pg_constraint:' || k.oid FROM pg_constraint AS k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x')),
      (SELECT 'pg_class:' || i.indrelid FROM pg_index AS i WHERE i.indexrelid = x.oid))
    WHEN x.relkind = 'S' THEN coalesce(
      (SELECT 'pg_class:' || d.refobjid || '.' || d.refobjsubid FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = x.oid
        AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0), ${member('pg_class')})
    ELSE ${member('pg_class')} END`;

const sources: readonly CatalogSource[] = [
  {
    from: 'pg_class AS x JOIN pg_namespace AS n ON n.oid = x.relnamespace',
    where: "x.relkind IN ('r', 'p', 'v', 'm', 'f', 'i', 'I', 'S') AND n.nspname NOT LIKE 'pg\\_toast%'",
    id: "'pg_class:' || x.oid",
    object: "CASE x.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' ELSE 'table' END",
    name: "n.nspname || '.' || x.relname",
    own: 'x.relname',
    parent: relationParent,
    facts: [
      ['name', 'x.relname'],
      schema,
      owner('relowner'),
      privileges('relacl'),
      ['storage', "CASE x.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END"],
      ['row security', yes('x.relrowsecurity')],
      ['row security of the owner', yes('x.relforcerowsecurity')],
      ['replica identity', "CASE x.relreplident WHEN 'f' THEN 'full' WHEN 'n' THEN 'nothing' WHEN 'i' THEN 'index' END"],
      ['options', 'x.reloptions::text'],
      ['tablespace', '(SELECT t.spcname FROM pg_tablespace AS t WHERE t.oid = x.reltablespace)'],
      ['access method', '(SELECT a.amname FROM pg_am AS a WHERE a.oid = x.relam)'],
    ],
    within: '(x.oid = ANY (TABLES) OR x.oid IN (SELECT i.indexrelid FROM pg_index AS i WHERE i.indrelid = ANY (TABLES)))',
    locking: [
      ['partition', 'pg_get_expr(x.relpartbound, x.oid)', 'md5(x.relpartbound::text)'],
      // What it is made of does not change; the names in it do.
      ['=definition', "CASE WHEN x.relkind IN ('i', 'I') THEN pg_get_indexdef(x.oid) END", 'NULL'],
    ],
  },
  {
    from: 'pg_index AS x JOIN pg_class AS c ON c.oid = x.indexrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace',
    where: "n.nspname NOT LIKE 'pg\\_toast%'",
    id: "'pg_class:' || x.indexrelid",
    part: "'index'",
    object: "'index'",
    name: "n.nspname || '.' || c.relname",
    own: 'c.relname',
    parent: "'pg_class:' || x.indrelid",
    oid: 'x.indexrelid',
    facts: [['valid', yes('x.indisvalid')], ['unique', yes('x.indisunique')], ['primary', yes('x.indisprimary')], ['clustered', yes('x.indisclustered')], ['replica identity', yes('x.indisreplident')]],
  },
  {
    from: 'pg_sequence AS x JOIN pg_class AS c ON c.oid = x.seqrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace',
    id: "'pg_class:' || x.seqrelid",
    part: "'sequence'",
    object: "'sequence'",
    name: "n.nspname || '.' || c.relname",
    own: 'c.relname',
    oid: 'x.seqrelid',
    facts: [['type', 'format_type(x.seqtypid, NULL)'], ['start', 'x.seqstart::text'], ['increment', 'x.seqincrement::text'], ['minimum', 'x.seqmin::text'], ['maximum', 'x.seqmax::text'], ['cache', 'x.seqcache::text'], ['cycle', yes('x.seqcycle')]],
  },
  {
    from: 'pg_inherits AS x JOIN pg_class AS c ON c.oid = x.inhrelid AND NOT c.relispartition AND c.relkind NOT IN (\'i\', \'I\') JOIN pg_namespace AS n ON n.oid = c.relnamespace',
    id: "'pg_class:' || x.inhrelid",
    part: "'inherits:' || x.inhparent",
    object: "'table'",
    name: "n.nspname || '.' || c.relname",
    own: 'c.relname',
    oid: 'x.inhrelid',
    facts: [['parent', "(SELECT pn.nspname || '.' || p.relname FROM pg_class AS p JOIN pg_namespace AS pn ON pn.oid = p.relnamespace WHERE p.oid = x.inhparent)"]],
  },
  {
    from: 'pg_attribute AS x JOIN pg_class AS c ON c.oid = x.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace',
    where: "x.attnum > 0 AND NOT x.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND n.nspname NOT LIKE 'pg\\_toast%'",
    id: "'pg_class:' || x.attrelid || '.' || x.attnum",
    object: "CASE c.relkind WHEN 'c' THEN 'attribute' ELSE 'column' END",
    name: "n.nspname || '.' || c.relname || '.' || x.attname",
    own: 'x.attname',
    parent: "CASE c.relkind WHEN 'c' THEN 'pg_type:' || c.reltype ELSE 'pg_class:' || x.attrelid END",
    oid: 'x.attrelid',
    facts: [
      ['name', 'x.attname'],
      ['type', 'format_type(x.atttypid, x.atttypmod)'],
      ['not null', yes('x.attnotnull')],
      ['identity', "CASE x.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END"],
      ['generated', "CASE x.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END"],
      ['collation', '(SELECT l.collname FROM pg_collation AS l JOIN pg_type AS t ON t.oid = x.atttypid WHERE l.oid = x.attcollation AND x.attcollation <> t.typcollation)'],
      privileges('attacl'),
      ['options', 'x.attoptions::text'],
      ['statistics', "nullif(nullif(to_jsonb(x.*) ->> 'attstattarget', '-1'), '')"],
      ['storage', 'x.attstorage::text'],
    ],
  },
  {
    from: 'pg_attrdef AS x JOIN pg_attribute AS a ON a.attrelid = x.adrelid AND a.attnum = x.adnum JOIN pg_class AS c ON c.oid = x.adrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace',
    id: "'pg_class:' || x.adrelid || '.' || x.adnum",
    part: "'default'",
    object: "'column'",
    name: "n.nspname || '.' || c.relname || '.' || a.attname",
    own: 'a.attname',
    parent: "'pg_class:' || x.adrelid",
    oid: 'x.adrelid',
    facts: [],
    within: 'x.adrelid = ANY (TABLES)',
    locking: [['default', 'pg_get_expr(x.adbin, x.adrelid)', 'md5(x.adbin::text)']],
  },
  {
    // That a column is not null is said by the column.
    from: `pg_constraint AS x LEFT JOIN pg_class AS c ON c.oid = x.conrelid LEFT JOIN pg_type AS t ON t.oid = x.contypid
      JOIN pg_namespace AS n ON n.oid = coalesce(c.relnamespace, t.typnamespace)`,
    where: "x.contype <> 'n'",
    id: "'pg_constraint:' || x.oid",
    object: "CASE WHEN x.contype = 'f' THEN 'foreign key' WHEN x.contype = 'p' THEN 'primary key' ELSE 'constraint' END",
    name: "n.nspname || '.' || coalesce(c.relname, t.typname) || '.' || x.conname",
    own: 'x.conname',
    parent: "CASE WHEN x.conparentid <> 0 THEN 'pg_constraint:' || x.conparentid WHEN x.contypid <> 0 THEN 'pg_type:' || x.contypid ELSE 'pg_class:' || x.conrelid END",
    facts: [['name', 'x.conname'], ['key', "CASE WHEN x.contype = 'f' THEN pg_get_constraintdef(x.oid) END"]],
    within: 'x.conrelid = ANY (TABLES)',
    locking: [['definition', "CASE WHEN x.contype <> 'f' THEN pg_get_constraintdef(x.oid) END", "CASE WHEN x.contype <> 'f' THEN md5((to_jsonb(x.*) - 'conname')::text) END"]],
  },
  {
    from: 'pg_trigger AS x JOIN pg_class AS c ON c.oid = x.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace LEFT JOIN pg_constraint AS k ON k.oid = x.tgconstraint',
    id: "'pg_trigger:' || x.oid",
    object: "CASE WHEN x.tgisinternal AND k.oid IS NOT NULL THEN 'check of the foreign key' ELSE 'trigger' END",
    name: "n.nspname || '.' || c.relname || '.' || CASE WHEN x.tgisinternal AND k.oid IS NOT NULL THEN k.conname ELSE x.tgname END",
    own: 'CASE WHEN x.tgisinternal AND k.oid IS NOT NULL THEN k.conname ELSE x.tgname END',
    parent: "CASE WHEN x.tgisinternal AND k.oid IS NOT NULL THEN 'pg_constraint:' || k.oid WHEN x.tgparentid <> 0 THEN 'pg_trigger:' || x.tgparentid ELSE 'pg_class:' || x.tgrelid END",
    facts: [
      ['name', 'CASE WHEN NOT x.tgisinternal THEN x.tgname END'],
      ['enabled', "CASE x.tgenabled WHEN 'O' THEN 'yes' WHEN 'D' THEN 'no' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' END"],
    ],
    within: 'x.tgrelid = ANY (TABLES)',
    locking: [['definition', 'CASE WHEN NOT x.tgisinternal THEN pg_get_triggerdef(x.oid) END', "CASE WHEN NOT x.tgisinternal THEN md5((to_jsonb(x.*) - '{tgname,tgenabled}'::text[])::text) END"]],
  },
  {
    from: 'pg_proc AS x JOIN pg_namespace AS n ON n.oid = x.pronamespace',
    id: "'pg_proc:' || x.oid",
    object: "CASE x.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END",
    name: "n.nspname || '.' || x.proname || '(' || oidvectortypes(x.proargtypes) || ')'",
    own: 'x.proname',
    parent: member('pg_proc'),
    facts: [
      ['name', 'x.proname'],
      schema,
      owner('proowner'),
      privileges('proacl'),
      ['returns', 'format_type(x.prorettype, NULL)'],
      ['runs with the rights of its owner', yes('x.prosecdef')],
      ['settings', 'x.proconfig::text'],
      ['#definition', digest('proname', 'pronamespace', 'proowner', 'proacl', 'prosecdef', 'proconfig', 'prorettype')],
    ],
  },
  {
    from: 'pg_policy AS x JOIN pg_class AS c ON c.oid = x.polrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace',
    id: "'pg_policy:' || x.oid",
    object: "'policy'",
    name: "n.nspname || '.' || c.relname || '.' || x.polname",
    own: 'x.polname',
    parent: "'pg_class:' || x.polrelid",
    facts: [
      ['name', 'x.polname'],
      ['for', "CASE x.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END"],
      ['to', "(SELECT string_agg(CASE r.oid WHEN 0 THEN 'public' ELSE pg_get_userbyid(r.oid)::text END, ', ' ORDER BY r.oid) FROM unnest(x.polroles) AS r(oid))"],
      ['permissive', yes('x.polpermissive')],
    ],
    within: 'x.polrelid = ANY (TABLES)',
    locking: [
      ['using', 'pg_get_expr(x.polqual, x.polrelid)', 'md5(x.polqual::text)'],
      ['with check', 'pg_get_expr(x.polwithcheck, x.polrelid)', 'md5(x.polwithcheck::text)'],
    ],
  },
  {
    from: 'pg_rewrite AS x JOIN pg_class AS c ON c.oid = x.ev_class JOIN pg_namespace AS n ON n.oid = c.relnamespace',
    where: "x.rulename = '_RETURN'",
    id: "'pg_class:' || x.ev_class",
    part: "'query'",
    object: "CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END",
    name: "n.nspname || '.' || c.relname",
    own: 'c.relname',
    oid: 'x.ev_class',
    facts: [['#query', 'md5(x.ev_action::text)']],
  },
  {
    from: 'pg_rewrite AS x JOIN pg_class AS c ON c.oid = x.ev_class JOIN pg_namespace AS n ON n.oid = c.relnamespace',
    where: "x.rulename <> '_RETURN'",
    id: "'pg_rewrite:' || x.oid",
    object: "'rule'",
    name: "n.nspname || '.' || c.relname || '.' || x.rulename",
    own: 'x.rulename',
    parent: "'pg_class:' || x.ev_class",
    facts: [['name', 'x.rulename'], ['enabled', "CASE x.ev_enabled WHEN 'O' THEN 'yes' WHEN 'D' THEN 'no' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' END"], ['#definition', 'md5(x.ev_action::text || x.ev_qual::text)']],
  },
  {
    from: 'pg_type AS x JOIN pg_namespace AS n ON n.oid = x.typnamespace',
    where: "x.typtype <> 'm' AND x.typcategory <> 'A' AND (x.typrelid = 0 OR EXISTS (SELECT FROM pg_class AS c WHERE c.oid = x.typrelid AND c.relkind = 'c'))",
    id: "'pg_type:' || x.oid",
    object: "CASE x.typtype WHEN 'd' THEN 'domain' ELSE 'type' END",
    name: "n.nspname || '.' || x.typname",
    own: 'x.typname',
    parent: member('pg_type'),
    facts: [['name', 'x.typname'], schema, owner('typowner'), privileges('typacl'), ['based on', "CASE WHEN x.typtype = 'd' THEN format_type(x.typbasetype, x.typtypmod) END"], ['not null', yes('x.typnotnull')], ['default', 'x.typdefault']],
  },
  {
    from: 'pg_enum AS x JOIN pg_type AS t ON t.oid = x.enumtypid JOIN pg_namespace AS n ON n.oid = t.typnamespace',
    id: "'pg_enum:' || x.oid",
    object: "'value'",
    name: "n.nspname || '.' || t.typname || '.' || x.enumlabel",
    own: 'x.enumlabel',
    parent: "'pg_type:' || x.enumtypid",
    facts: [['name', 'x.enumlabel'], ['position', 'x.enumsortorder::text']],
  },
  {
    from: 'pg_namespace AS x',
    where: "x.nspname NOT LIKE 'pg\\_t%'",
    id: "'pg_namespace:' || x.oid",
    object: "'schema'",
    name: 'x.nspname',
    own: 'x.nspname',
    parent: member('pg_namespace'),
    facts: [['name', 'x.nspname'], owner('nspowner'), privileges('nspacl')],
  },
  {
    from: 'pg_database AS x',
    id: "'pg_database:' || x.oid",
    object: "'database'",
    name: 'x.datname',
    own: 'x.datname',
    facts: [['name', 'x.datname'], owner('datdba'), privileges('datacl'), ['connection limit', 'x.datconnlimit::text'], ['allows connections', yes('x.datallowconn')], ['template', yes('x.datistemplate')]],
  },
  {
    from: 'pg_db_role_setting AS x',
    id: "'settings:' || x.setdatabase || ':' || x.setrole",
    part: "'settings'",
    object: "'settings of'",
    name: "concat_ws(' in ', CASE WHEN x.setrole <> 0 THEN pg_get_userbyid(x.setrole)::text END, (SELECT d.datname::text FROM pg_database AS d WHERE d.oid = x.setdatabase))",
    own: "coalesce(nullif(pg_get_userbyid(x.setrole)::text, 'unknown (OID=0)'), (SELECT d.datname::text FROM pg_database AS d WHERE d.oid = x.setdatabase))",
    oid: 'x.setrole',
    facts: [['settings', 'x.setconfig::text']],
  },
  {
    from: 'pg_auth_members AS x',
    id: "'member:' || x.roleid || ':' || x.member || ':' || x.grantor",
    object: "'membership'",
    name: "pg_get_userbyid(x.member) || ' in ' || pg_get_userbyid(x.roleid)",
    own: 'pg_get_userbyid(x.member)',
    oid: 'x.roleid',
    facts: [['may pass it on', yes('x.admin_option')], ['#options', "md5((to_jsonb(x.*) - '{oid,admin_option}'::text[])::text)"]],
  },
  {
    from: 'pg_description AS x CROSS JOIN LATERAL pg_identify_object(x.classoid, x.objoid, x.objsubid) AS i',
    where: 'i.identity IS NOT NULL',
    id: "x.classoid::regclass::text || ':' || x.objoid || CASE WHEN x.objsubid > 0 THEN '.' || x.objsubid ELSE '' END",
    part: "'comment'",
    object: "CASE i.type WHEN 'table column' THEN 'column' ELSE i.type END",
    name: 'i.identity',
    own: "coalesce(i.name, regexp_replace(i.identity, '^.*[.]', ''))",
    oid: 'x.objoid',
    facts: [['comment', 'x.description']],
  },
  {
    from: 'pg_extension AS x',
    id: "'pg_extension:' || x.oid",
    object: "'extension'",
    name: 'x.extname',
    own: 'x.extname',
    facts: [['version', 'x.extversion'], owner('extowner')],
  },
];

/** Kinds of objects that few definitions touch: the server names them, and that one differs is all that is told. */
const others = `pg_am pg_cast pg_collation pg_conversion pg_default_acl pg_event_trigger pg_foreign_data_wrapper pg_foreign_server pg_language
  pg_opclass pg_operator pg_opfamily pg_publication pg_publication_rel pg_statistic_ext pg_transform pg_ts_config pg_ts_dict pg_ts_parser pg_ts_template`;

const otherSource = (catalog: string): CatalogSource => ({
  from: `${catalog} AS x CROSS JOIN LATERAL pg_identify_object('${catalog}'::regclass, x.oid, 0) AS i`,
  id: `'${catalog}:' || x.oid`,
  object: 'i.type',
  name: 'i.identity',
  own: 'coalesce(i.name, i.identity)',
  parent: member(catalog),
  facts: [['#definition', 'md5(to_jsonb(x.*)::text)']],
});

export const catalogSources: readonly CatalogSource[] = [...sources, ...others.split(/\s+/u).map(otherSource)];
