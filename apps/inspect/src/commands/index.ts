import type { InspectCommand } from '../command.ts';
import { show } from './show.ts';
import { tree } from './tree.ts';

/** Every subcommand, in the order of the help. */
export const commands: readonly InspectCommand[] = [show, tree];
