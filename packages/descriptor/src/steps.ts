/** One thing to do, in both of its forms. */
export interface Step<Result> {
  readonly sync: () => Result;
  readonly async: () => Promise<Result>;
}

/** A read written once, for both worlds: it yields steps and gets their results. */
export type Steps<Result> = Generator<Step<unknown>, Result, unknown>;

/** Inside steps: does one step and gives its result. */
export function* perform<Result>(step: Step<Result>): Steps<Result> {
  return (yield step) as Result;
}

/** A result that takes no step. */
// eslint-disable-next-line require-yield -- steps that are done have none
export function* done<Result>(result: Result): Steps<Result> {
  return result;
}

/** Runs steps to their end, blocking. */
export function runSync<Result>(steps: Steps<Result>): Result {
  let turn = steps.next();
  while (turn.done !== true) {
    let result: unknown;
    try {
      result = turn.value.sync();
    } catch (error) {
      turn = steps.throw(error);
      continue;
    }
    turn = steps.next(result);
  }
  return turn.value;
}

/** Runs steps to their end without blocking the event loop. */
export async function runAsync<Result>(steps: Steps<Result>): Promise<Result> {
  return finish(steps, steps.next());
}

/** {@link runAsync}, without a promise if nothing has to be waited for. */
export function runEagerly<Result>(steps: Steps<Result>): Result | Promise<Result> {
  const turn = steps.next();
  return turn.done === true ? turn.value : finish(steps, turn);
}

async function finish<Result>(
  steps: Steps<Result>,
  first: IteratorResult<Step<unknown>, Result>,
): Promise<Result> {
  let turn = first;
  while (turn.done !== true) {
    let result: unknown;
    try {
      result = await turn.value.async();
    } catch (error) {
      turn = steps.throw(error);
      continue;
    }
    turn = steps.next(result);
  }
  return turn.value;
}
