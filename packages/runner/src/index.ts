export { nothing } from './command.ts';
export type {
  Command,
  CommandContext,
  GuardContext,
  Parsed,
  ParseContext,
  ReleaseNeed,
  Streams,
} from './command.ts';
export { commandLine, releaseNeeds } from './run/command-line.ts';
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
export { operationOf } from './harm/operations.ts';
export type { PlannedInputs, PlannedSubcommand } from './harm/operations.ts';
export { planRefused } from './harm/plan-reasons.ts';
export { refuseHarm } from './harm/refuse-harm.ts';
export { plansOfCommand } from './harm/refuse-planned.ts';
export { devicesLeft } from './output/devices-left.ts';
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
} from './errors/errors.ts';
export type { PloopErrorCode } from './errors/errors.ts';
export type { RunFacts } from './errors/run-facts.ts';
export type { Among, Exclusive } from './lock/exclusive.ts';
export { requireFileLock } from './lock/hold-lock.ts';
export type { LockOptions } from './lock/hold-lock.ts';
export type { LoadedModule } from './tool/load-modules.ts';
export type { LockRetry } from './lock/lock-retry.ts';
export type { LogEntry, LogLevel } from './log/log.ts';
export { quoteCommand, quoteWord } from './log/quote.ts';
export { localExec } from './exec/exec.ts';
export type { Exec, ExecOutcome, ExecRequest, OutputStream } from './exec/exec.ts';
export { ExitCode, exitMeanings, exitNameOf } from './errors/exit-codes.ts';
export type { ExitName } from './errors/exit-codes.ts';
export type { Environment } from './exec/environment.ts';
export type { FileKind, Look } from './tool/files.ts';
export { reportedFiles } from './output/reported-files.ts';
export type { ReportedFiles } from './output/reported-files.ts';
export { availability, compareVersions } from './release/release.ts';
export type { Release } from './release/release.ts';
export type { Releases, Since, Version } from '@ploop/descriptor/releases';
export { isExit, isNotMounted } from './output/is-exit.ts';
export { refusals } from './errors/refusals.ts';
export type { Refusal } from './errors/refusals.ts';
export { createRunner } from './runner.ts';
export type { Runner, RunnerMethods } from './runner.ts';
export type { Completed, RunEvent, RunnerOptions, RunOptions } from './run/runner-options.ts';
export { settledLook } from './output/settled-look.ts';
export type { SettledLook } from './output/settled-look.ts';
export { sshExec } from './transports/ssh.ts';
export type { SshOptions } from './transports/ssh.ts';
export { sudoExec } from './transports/sudo.ts';
export type { SudoOptions } from './transports/sudo.ts';
export type { StopLimits } from './exec/stop.ts';
export type { Tail } from './exec/tail.ts';
export type { ToolError } from './errors/tool-errors.ts';
