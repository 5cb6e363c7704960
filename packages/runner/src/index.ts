export { nothing } from './command.ts';
export type {
  Command,
  CommandContext,
  GuardContext,
  Parsed,
  ParseContext,
  Streams,
} from './command.ts';
export { commandLine } from './command-line.ts';
export { commands } from './commands/index.ts';
export type { CommandInput, CommandName, CommandResult } from './commands/index.ts';
export { check } from './commands/check.ts';
export type { CheckInput, CheckResult } from './commands/check.ts';
export { info } from './commands/info.ts';
export type { InfoInput, InfoResult } from './commands/info.ts';
export { init } from './commands/init.ts';
export type { FileSystem, ImageFormat, InitInput } from './commands/init.ts';
export type { MountInput } from './commands/mount.ts';
export { snapshotDelete } from './commands/snapshot-delete.ts';
export type { SnapshotDeleteInput, SnapshotDeleteResult } from './commands/snapshot-delete.ts';
export { snapshotList } from './commands/snapshot-list.ts';
export type { SnapshotListInput, SnapshotListRow } from './commands/snapshot-list.ts';
export { snapshotMerge } from './commands/snapshot-merge.ts';
export type { SnapshotMergeInput } from './commands/snapshot-merge.ts';
export { snapshotSwitch } from './commands/snapshot-switch.ts';
export type { SnapshotSwitchInput } from './commands/snapshot-switch.ts';
export { snapshot } from './commands/snapshot.ts';
export type { SnapshotInput, SnapshotResult } from './commands/snapshot.ts';
export { planRefused } from './harm/plan-reasons.ts';
export { refuseHarm } from './harm/refuse-harm.ts';
export { devicesLeft } from './devices-left.ts';
export {
  AbortedError,
  ConnectionError,
  ExitError,
  isPloopError,
  OutcomeError,
  OutputError,
  PloopError,
  RefusedError,
  SignalError,
  SpawnError,
  TimeoutError,
} from './errors.ts';
export type { PloopErrorCode } from './errors.ts';
export type { RunFacts } from './run-facts.ts';
export type { Among, Exclusive } from './exclusive.ts';
export { requireFileLock } from './hold-lock.ts';
export type { LockOptions } from './hold-lock.ts';
export type { LoadedModule } from './load-modules.ts';
export type { LockRetry } from './lock-retry.ts';
export type { LogEntry, LogLevel } from './log.ts';
export { quoteCommand, quoteWord } from './quote.ts';
export { localExec } from './exec.ts';
export type { Exec, ExecOutcome, ExecRequest, OutputStream } from './exec.ts';
export { ExitCode, exitMeanings, exitNameOf } from './exit-codes.ts';
export type { ExitName } from './exit-codes.ts';
export type { Environment } from './environment.ts';
export type { FileKind, Look } from './files.ts';
export { filesTold } from './files-told.ts';
export type { FilesTold } from './files-told.ts';
export { availability, compareVersions } from './release.ts';
export type { Release } from './release.ts';
export type { Releases, Since, Version } from '@ploop/descriptor/releases';
export { isExit, isNotMounted } from './is-exit.ts';
export { refusals } from './refusals.ts';
export type { Refusal } from './refusals.ts';
export { createRunner } from './runner.ts';
export type { Runner, RunnerMethods } from './runner.ts';
export type { Completed, RunEvent, RunnerOptions, RunOptions } from './runner-options.ts';
export { settledLook } from './settled-look.ts';
export type { SettledLook } from './settled-look.ts';
export { sshExec } from './transports/ssh.ts';
export type { SshOptions } from './transports/ssh.ts';
export { sudoExec } from './transports/sudo.ts';
export type { SudoOptions } from './transports/sudo.ts';
export type { StopLimits } from './stop.ts';
export type { Tail } from './tail.ts';
export type { ToolError } from './tool-errors.ts';
