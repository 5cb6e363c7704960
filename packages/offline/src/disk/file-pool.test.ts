import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createFilePool } from './file-pool.ts';

const numRuns = Number(process.env['PLOOP_RUNS'] ?? 150);
const seed = process.env['PLOOP_SEED'];
const params = { numRuns, ...(seed !== undefined && { seed: Number(seed) }) };

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};
const tooMany = (): Error => Object.assign(new Error('too many'), { code: 'EMFILE' });

/** How long one step of a use takes, in turns of the event loop. */
const delay = fc.nat({ max: 3 });
const uses = fc.array(
  fc.record({
    file: fc.nat({ max: 9 }),
    begin: fc.nat({ max: 12 }),
    work: delay,
    fails: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);
const scripts = fc.record({
  most: fc.integer({ min: 1, max: 4 }),
  uses,
  opening: fc.array(
    fc.record({ takes: delay, fails: fc.constantFrom(false, false, false, true) }),
    {
      minLength: 1,
      maxLength: 20,
    },
  ),
  closing: delay,
  /** Descriptors that the system has, which change while the pool is used. */
  system: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 6 }),
  closeAfter: fc.option(fc.nat({ max: 30 })),
});

test('a pool never has more files open than it may, and each use ends', async () => {
  await fc.assert(
    fc.asyncProperty(scripts, async ({ most, uses, opening, closing, system, closeAfter }) => {
      const open = new Set<object>();
      let [held, turn, isClosing] = [0, 0, false];
      const pool = createFilePool<{ readonly file: number }>({
        most,
        close: async (handle) => {
          expect(open.delete(handle)).toBe(true);
          await turns(closing);
          held -= 1;
          if (closing === 2) throw new Error('closing failed');
        },
      });
      const files = Array.from({ length: 10 }, (_, file) =>
        pool.add(
          async () => {
            const { takes, fails } = opening[turn % opening.length] ?? { takes: 0, fails: false };
            const limit = system[turn % system.length] ?? 0;
            turn += 1;
            held += 1;
            expect(held).toBeLessThanOrEqual(most);
            await turns(takes);
            if (fails || held > limit) {
              held -= 1;
              throw fails ? new Error('opening failed') : tooMany();
            }
            const handle = { file };
            open.add(handle);
            return handle;
          },
          () => new Error('closed'),
        ),
      );
      const done = uses.map(async ({ file, begin, work, fails }) => {
        await turns(begin);
        return files[file]?.use(async (handle) => {
          expect(open.has(handle)).toBe(true);
          expect(handle.file).toBe(file);
          await turns(work);
          expect(open.has(handle)).toBe(true);
          if (fails) throw new Error('work failed');
        });
      });
      const close = async (): Promise<void> => {
        await pool.close();
        expect([open.size, held]).toEqual([0, 0]);
      };
      const ended = Promise.allSettled(done);
      if (closeAfter !== null) {
        await turns(closeAfter);
        isClosing = true;
        await Promise.all([close(), close()]);
      }
      for (const one of await ended)
        if (one.status === 'rejected')
          expect(String(one.reason)).toMatch(
            isClosing
              ? /^Error: (?:opening failed|work failed|too many|closed)$/
              : /^Error: (?:opening failed|work failed|too many)$/,
          );
      await close();
      await expect(files[0]?.use(() => Promise.resolve())).rejects.toThrow('closed');
    }),
    params,
  );
});

test('a file that is open is used at once, and the one that was used longest ago makes room', async () => {
  const opened: number[] = [];
  const pool = createFilePool<number>({ most: 2, close: () => Promise.resolve() });
  const [a, b, c] = [1, 2, 3].map((file) =>
    pool.add(
      () => {
        opened.push(file);
        return Promise.resolve(file);
      },
      () => new Error('closed'),
    ),
  );
  for (const file of [a, b, a, a, c, a, b]) await file?.use((handle) => Promise.resolve(handle));
  expect(opened).toEqual([1, 2, 3, 2]);
  await pool.close();
});

test('uses wait for each other if the system allows fewer files, and fail if it allows none', async () => {
  let [free, held] = [1, 0];
  const pool = createFilePool<number>({
    most: 8,
    close: () => {
      held -= 1;
      return Promise.resolve();
    },
  });
  const open = (): Promise<number> => {
    if (held >= free) return Promise.reject(tooMany());
    held += 1;
    return Promise.resolve(held);
  };
  const files = Array.from({ length: 20 }, () => pool.add(open, () => new Error('closed')));
  const useAll = (): Promise<PromiseSettledResult<number>[]> =>
    Promise.allSettled(files.map((file) => file.use((handle) => turns(1).then(() => handle))));
  expect(new Set((await useAll()).map(({ status }) => status))).toEqual(new Set(['fulfilled']));
  free = 0;
  const failures = (await useAll()).flatMap((one) =>
    one.status === 'rejected' ? [String(one.reason)] : [],
  );
  expect(failures).toEqual(files.map(() => 'Error: too many'));
  await pool.close();
});
