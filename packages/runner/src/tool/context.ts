import type { CommandContext } from '../command.ts';
import type { Tool } from './tool.ts';

/**
 * Does work that may look at the release of the tool. Whether it does is only found out when it does; if the release is
 * not known by then, it is found out, and the work done again: it must change nothing.
 */
export async function withRelease<Result>(
  tool: Tool,
  work: (context: CommandContext) => Result | Promise<Result>,
): Promise<Result> {
  const state = { hasMissed: false };
  const context: CommandContext = {
    get release() {
      const known = tool.known();
      state.hasMissed ||= known === undefined;
      return known?.release;
    },
  };
  try {
    const result = await work(context);
    if (!state.hasMissed) return result;
  } catch (error) {
    if (!state.hasMissed) throw error;
  }
  return work({ release: await tool.release() });
}
