/** Ends an exhaustive `switch`: a new variant breaks the build here instead of falling through at run time. */
export function unreachable(value: never): never {
  throw new TypeError(`unexpected variant: ${JSON.stringify(value)}`);
}
