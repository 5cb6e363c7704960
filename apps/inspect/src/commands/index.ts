import type { InspectCommand } from '../command.ts';
import { check } from './check.ts';
import { exportCommand } from './export.ts';
import { show } from './show.ts';
import { space } from './space.ts';
import { tree } from './tree.ts';

/** Every subcommand, in the order of the help. */
export const commands: readonly InspectCommand[] = [show, tree, check, space, exportCommand];
