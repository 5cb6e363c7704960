import type { Watch } from '../backup/watch.ts';
import type { Report, Surroundings } from '../command.ts';
import { answered, reportOf, type Answer } from '../output/answer.ts';
import { interrupted } from '../output/interrupted.ts';
import { progressBar } from '../output/progress-bar.ts';
import { created, type CreateRequest } from './backup-created.ts';
import { listed, restored, verified, type RestoreRequest } from './backup-stored.ts';

/** A subcommand of `backup` with its arguments. */
export type BackupRequest = { readonly repository: string; readonly json: boolean } & (
  | ({ readonly operation: 'create' } & CreateRequest)
  | { readonly operation: 'list' }
  | { readonly operation: 'verify'; readonly names: readonly string[] }
  | ({ readonly operation: 'restore' } & RestoreRequest)
);

const INTERRUPTED: Readonly<Record<BackupRequest['operation'], string>> = {
  create:
    'interrupted; images that were copied are kept, and the same call goes on with the others',
  list: 'interrupted',
  verify: 'interrupted',
  restore: 'interrupted; nothing is left of the new disk',
};

/** Does what a subcommand of `backup` asks for. */
export async function runBackup(
  request: BackupRequest,
  surroundings: Surroundings,
): Promise<Report> {
  const signal = surroundings.stopSignal?.();
  const bar = progressBar(surroundings.stderr);
  const watch: Watch = {
    signal,
    onProgress: (done, total) => {
      bar.show(done, total);
    },
  };
  const { repository, json, operation } = request;
  try {
    return reportOf(await answered({ repository }, () => answerTo(request, watch)), json);
  } catch (error) {
    const stopped = interrupted(error, signal, INTERRUPTED[operation]);
    if (stopped === undefined) throw error;
    return stopped;
  } finally {
    bar.end();
  }
}

async function answerTo(request: BackupRequest, watch: Watch): Promise<Answer> {
  switch (request.operation) {
    case 'create':
      return created(request, watch);
    case 'list':
      return listed(request.repository);
    case 'verify':
      return verified(request.repository, request.names, watch);
    case 'restore':
      return restored(request, watch);
  }
}
