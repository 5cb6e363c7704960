/** A one that is a number, a text, a list of one and data whose members are ones, whatever is asked of it. */
const one: unknown = new Proxy(
  {},
  {
    get: (_none, name) => {
      if (name === Symbol.toPrimitive) return () => '1';
      if (name === Symbol.iterator) return () => [one].values();
      if (name === 'length') return 1;
      if (name === 'slice' || name === 'toString' || name === 'find') return () => one;
      const ofList = Reflect.get([one], name) as unknown;
      if (typeof ofList === 'function') return ofList.bind([one]) as unknown;
      const ofText = Reflect.get(Object('1') as object, name) as unknown;
      return typeof ofText === 'function' ? (ofText.bind('1') as unknown) : one;
    },
  },
);

/** What is made of data of which every number is one: with all members, and without each of those that are asked for. */
export function textsOfOnes(textOf: (data: never) => string): readonly string[] {
  const names = new Set<string | symbol | undefined>([undefined]);
  const texts: string[] = [];
  for (const absent of names) {
    const get = (_none: object, name: string | symbol): unknown => {
      names.add(name);
      return name === absent ? undefined : one;
    };
    try {
      // Joined, as a text may be a member itself.
      texts.push([textOf(new Proxy({}, { get }) as never)].join());
    } catch {
      // Another one that is never absent.
    }
  }
  return texts;
}
