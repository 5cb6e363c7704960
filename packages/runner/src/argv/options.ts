/** `-x value`, or nothing where there is no value. */
export function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}

/** `-x` where it is asked for. */
export function flag(name: string, isSet: boolean | undefined): readonly string[] {
  return isSet === true ? [name] : [];
}
