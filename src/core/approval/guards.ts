/** Closed schemas: each guard says exactly what may stand there, and an object has no member that its schema does not name. */

export type Guard<Value> = (value: unknown) => value is Value;
/** What a guard lets through. */
export type Guarded<Any> = Any extends Guard<infer Value> ? Value : never;
type Shape = Readonly<Record<string, Guard<unknown>>>;

/** Where a value stops fitting its guard: the way there, and what is wrong with what is there. */
export type Fault = { readonly at: readonly (string | number)[]; readonly why: 'missing' | 'unknown' | 'wrong' };

/** How guards of lists and objects look into them. */
const inside = new WeakMap<object, (value: unknown) => Fault | undefined>();

/** For people who wrote it by hand; `undefined` when it fits. */
export function faultIn(guard: Guard<unknown>, value: unknown): Fault | undefined {
  const deeper = guard(value) ? undefined : inside.get(guard)?.(value);
  return guard(value) ? undefined : (deeper ?? { at: [], why: 'wrong' });
}

function faultAt(step: string | number, guard: Guard<unknown>, value: unknown): Fault | undefined {
  const fault = faultIn(guard, value);
  return fault && { ...fault, at: [step, ...fault.at] };
}
type Members<Required extends Shape, Optional extends Shape> = { readonly [Key in keyof Required]: Guarded<Required[Key]> } & {
  readonly [Key in keyof Optional]?: Guarded<Optional[Key]>;
};

/** Text of at most `max` UTF-16 units. */
export function text(max: number): Guard<string> {
  return (value): value is string => typeof value === 'string' && value.length <= max;
}

/** Text of at least one and at most `max` units, without control characters: a name, a label. */
export function name(max: number): Guard<string> {
  return (value): value is string => typeof value === 'string' && value.length > 0 && value.length <= max && !/\p{Cc}/u.test(value);
}

export function pattern(expression: RegExp): Guard<string> {
  return (value): value is string => typeof value === 'string' && expression.test(value);
}

/** base64url of exactly `bytes` bytes. Its last letter has no stray bits when the text is decoded; this only looks at the letters. */
export function b64uOf(bytes: number): Guard<string> {
  return pattern(new RegExp(`^[\\w-]{${String(Math.ceil((bytes * 4) / 3))}}$`));
}

/** base64url of at most `max` letters. */
export function b64uText(max: number): Guard<string> {
  return (value): value is string => typeof value === 'string' && value.length > 0 && value.length <= max && /^[\w-]+$/.test(value);
}

export function whole(min: number, max: number): Guard<number> {
  return (value): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
}

/** Milliseconds since 1970. */
export const time = whole(0, 8_640_000_000_000_000);

export function oneOf<const Value extends string | number | boolean | null>(...values: readonly Value[]): Guard<Value> {
  return (value): value is Value => values.some((allowed) => allowed === value);
}

export const flag = oneOf(true, false);

export function listOf<Value>(guard: Guard<Value>, max: number, min = 0): Guard<readonly Value[]> {
  const isList = (value: unknown): value is readonly Value[] => Array.isArray(value) && value.length >= min && value.length <= max && value.every(guard);
  inside.set(isList, (value) => (Array.isArray(value) ? firstOf(value.map((item, index) => () => faultAt(index, guard, item))) : undefined));
  return isList;
}

export function either<A, B>(a: Guard<A>, b: Guard<B>): Guard<A | B> {
  return (value): value is A | B => a(value) || b(value);
}

export function nullable<Value>(guard: Guard<Value>): Guard<Value | null> {
  return (value): value is Value | null => value === null || guard(value);
}

/** An object used as a table of texts. */
export function table(key: RegExp, guard: Guard<string>, max: number): Guard<Readonly<Record<string, string>>> {
  return (value): value is Readonly<Record<string, string>> =>
    isObject(value) && Object.keys(value).length <= max && Object.entries(value).every(([at, member]) => key.test(at) && guard(member));
}

/** An object with all members of `required`, perhaps some of `optional`, and no other. */
export function closed<const Required extends Shape, const Optional extends Shape = Record<never, never>>(
  required: Required,
  optional?: Optional,
): Guard<Members<Required, Optional>> {
  const known = new Map<string, Guard<unknown>>([...Object.entries(required), ...Object.entries(optional ?? {})]);
  const isClosed = (value: unknown): value is Members<Required, Optional> =>
    isObject(value) &&
    Object.keys(required).every((key) => Object.hasOwn(value, key)) &&
    Object.entries(value).every(([key, member]) => known.get(key)?.(member) === true);
  inside.set(isClosed, (value) => {
    if (!isObject(value)) return undefined;
    const missing = Object.keys(required).find((key) => !Object.hasOwn(value, key));
    const members = Object.entries(value).map(([key, member]) => (): Fault | undefined => {
      const guard = known.get(key);
      return guard === undefined ? { at: [key], why: 'unknown' } : faultAt(key, guard, member);
    });
    return firstOf(members) ?? (missing === undefined ? undefined : { at: [missing], why: 'missing' });
  });
  return isClosed;
}

function firstOf(looks: readonly (() => Fault | undefined)[]): Fault | undefined {
  for (const look of looks) {
    const fault = look();
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Anything an object can be; for parts that another parser reads. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
