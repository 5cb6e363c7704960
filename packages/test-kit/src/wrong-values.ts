/** What a caller without a compiler may pass in the place of anything. */
const WRONG: readonly unknown[] = [
  null,
  true,
  5,
  0,
  -1,
  1.5,
  NaN,
  Infinity,
  1e300,
  5n,
  '',
  '5',
  'x',
  '\0',
  'half \uD800',
  Symbol('s'),
  [],
  ['x'],
  {},
  () => undefined,
  Object.create(null) as unknown,
];

/** Arguments of which one value, at any depth, has been replaced. */
export interface WrongCall {
  readonly args: readonly unknown[];
  /** Where the value is, such as `[1].signal`. */
  readonly place: string;
  readonly value: unknown;
  /** Whether it is of another type than the right one: such a call has to be refused. */
  readonly isOfOtherType: boolean;
}

const LEVELS = 4;

/** All calls with one wrong value that come of one right call. Functions and instances of classes are replaced as a whole. */
export function wrongCalls(args: readonly unknown[]): readonly WrongCall[] {
  return args.flatMap((arg, index) =>
    wrongValues(arg, LEVELS).map(({ place, whole, value, isOfOtherType }) => ({
      args: args.map((one, at) => (at === index ? whole : one)),
      place: `[${String(index)}]${place}`,
      value,
      isOfOtherType,
    })),
  );
}

/** All calls that come of one right call by leaving one argument or one member of it out, as `undefined`. */
export function absentCalls(
  args: readonly unknown[],
): readonly { readonly args: readonly unknown[]; readonly path: readonly string[] }[] {
  return args.flatMap((arg, index) =>
    absent(arg, LEVELS).map(({ whole, path }) => ({
      args: args.map((one, at) => (at === index ? whole : one)),
      path: [String(index), ...path],
    })),
  );
}

function absent(
  right: unknown,
  levels: number,
): readonly { readonly whole: unknown; readonly path: readonly string[] }[] {
  const itself = { whole: undefined, path: [] };
  if (levels === 0 || kindOf(right) !== 'object' || typeof right !== 'object' || right === null)
    return [itself];
  const within = Object.entries(right).flatMap(([name, member]) =>
    absent(member, levels - 1).map(({ whole, path }) => ({
      whole: { ...right, [name]: whole },
      path: [name, ...path],
    })),
  );
  return [itself, ...within];
}

interface WrongValue {
  readonly whole: unknown;
  readonly place: string;
  readonly value: unknown;
  readonly isOfOtherType: boolean;
}

function wrongValues(right: unknown, levels: number): readonly WrongValue[] {
  const replaced = WRONG.filter((value) => value !== right).map((value) => ({
    whole: value,
    place: '',
    value,
    isOfOtherType: kindOf(value) !== kindOf(right),
  }));
  return [...replaced, ...(levels === 0 ? [] : inside(right, levels - 1))];
}

function inside(right: unknown, levels: number): readonly WrongValue[] {
  if (Array.isArray(right)) {
    const [first, ...rest] = right as readonly unknown[];
    return right.length === 0
      ? []
      : wrongValues(first, levels).map((one) => ({
          ...one,
          whole: [one.whole, ...rest],
          place: `[0]${one.place}`,
        }));
  }
  if (kindOf(right) !== 'object' || typeof right !== 'object' || right === null) return [];
  return Object.entries(right).flatMap(([name, member]) =>
    wrongValues(member, levels).map((one) => ({
      ...one,
      whole: { ...right, [name]: one.whole },
      place: `.${name}${one.place}`,
    })),
  );
}

/** Plain objects, lists, and each class are kinds of their own. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value !== 'object') return typeof value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return 'object';
  return `instance of ${value.constructor.name}`;
}
