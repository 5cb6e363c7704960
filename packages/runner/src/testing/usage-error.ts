import { ExitCode } from '../errors/exit-codes.ts';
import { ToolExit } from './tool-exit.ts';

/** A call whose arguments the tool answers with its usage. */
export class UsageError extends ToolExit {
  constructor(text = '') {
    super(ExitCode.PARAM, text);
  }
}
