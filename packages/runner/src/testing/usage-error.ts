import { ToolExit } from './tool-exit.ts';

const BAD_ARGUMENTS = 38;

/** A call whose arguments the tool answers with its usage. */
export class UsageError extends ToolExit {
  constructor(text = '') {
    super(BAD_ARGUMENTS, text);
  }
}
