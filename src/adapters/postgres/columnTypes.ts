/** Column types in words. What is not built in is asked once per session, on the metadata line. */
import type { Column } from '../../core/effect/preview.ts';
import type { ColumnNames } from '../rowStream.ts';
import type { Step } from './batch.ts';
import type { Line } from './line.ts';
import { builtInTypeName } from './typeNames.ts';
import type { Field } from './wire.ts';

/** A type that cannot be asked for is shown by its number. */
export interface ColumnTypes extends ColumnNames<Field> {
  /** Learns the types people make (enums, ranges, base types and arrays of them) ahead of need. Never rejects. */
  preload(): Promise<void>;
}

/** @param metadata - a line that is free to be asked; `undefined` when there is none */
export function createColumnTypes(metadata: () => Promise<Line | undefined>): ColumnTypes {
  const asked = new Map<string, string>();
  const nameOf = ({ dataTypeID, dataTypeModifier }: Field) =>
    builtInTypeName(dataTypeID, dataTypeModifier) ?? asked.get(keyOf(dataTypeID, dataTypeModifier));
  const learn = async (step: Step) => {
    const line = await metadata();
    const end = await line?.run([step], { deadlineMs: 5000 });
    if (end?.kind !== 'complete') return;
    for (const [oid, modifier, name] of end.results[0]?.rows ?? []) {
      if (oid != null && modifier != null && name != null) asked.set(`${oid}:${modifier}`, name);
    }
  };
  return {
    known: (fields) => (fields.every((field) => nameOf(field) !== undefined) ? fields.map((field) => toColumn(field, nameOf(field))) : undefined),
    async ask(fields) {
      const unknown = fields.filter((field) => nameOf(field) === undefined);
      if (unknown.length > 0) await learn(askFor(unknown));
      return fields.map((field) => toColumn(field, nameOf(field)));
    },
    preload: () => learn(everythingMadeByPeople),
  };
}

function toColumn({ name, dataTypeID }: Field, type: string | undefined): Column {
  return { name, type: type ?? `type ${String(dataTypeID)}` };
}

function keyOf(oid: number, modifier: number): string {
  return `${String(oid)}:${String(modifier)}`;
}

function askFor(fields: readonly Field[]): Step {
  return {
    text: 'SELECT t.o, t.m, format_type(t.o::oid, t.m::int4) FROM unnest($1::text[], $2::text[]) AS t(o, m)',
    values: [arrayOf(fields.map((field) => field.dataTypeID)), arrayOf(fields.map((field) => field.dataTypeModifier))],
  };
}

const everythingMadeByPeople: Step = {
  text: `SELECT t.oid, -1, format_type(t.oid, -1) FROM pg_type AS t LEFT JOIN pg_type AS e ON e.oid = t.typelem AND t.typcategory = 'A'
    WHERE t.oid >= 16384 AND coalesce(e.typtype, t.typtype) IN ('e', 'r', 'm', 'b') AND coalesce(e.typrelid, t.typrelid) = 0 LIMIT 2000`,
};

function arrayOf(numbers: readonly number[]): string {
  return `{${numbers.join(',')}}`;
}
