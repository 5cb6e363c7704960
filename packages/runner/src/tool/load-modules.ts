import type { Environment } from '../exec/environment.ts';
import type { Exec } from '../exec/exec.ts';
import { compareVersions, type Release } from '../release/release.ts';

/** What came of loading a kernel module. */
export interface LoadedModule {
  readonly module: string;
  readonly isLoaded: boolean;
  /** What modprobe said, or why it could not be run; empty where there is nothing to say. */
  readonly message: string;
}

interface Row {
  readonly since: Release['from'];
  readonly modules: readonly string[];
}

/** Latest first. */
const rows: readonly Row[] = [
  { since: '8', modules: ['ploop', 'dm_qcow2', 'dm_tracking'] },
  {
    since: '1',
    modules: ['ploop', 'pfmt_ploop1', 'pfmt_raw', 'pio_direct', 'pio_nfs', 'pio_kaio'],
  },
];

/** The kernel modules that a release works with. */
export function modulesOf(release: Release | undefined): readonly string[] {
  const from = release?.from ?? '1';
  return rows.find(({ since }) => compareVersions(from, since) >= 0)?.modules ?? [];
}

/** Loads modules one after the other, as later ones may need earlier ones. */
export async function loadEach(
  modules: readonly string[],
  exec: Exec,
  env: Environment,
): Promise<readonly LoadedModule[]> {
  const loaded: LoadedModule[] = [];
  for (const module of modules) {
    const outcome = await exec({ file: 'modprobe', argv: ['--', module], env });
    const { exitCode, stderr, spawnError, connectionError } = outcome;
    const problem = spawnError ?? connectionError;
    const isLoaded = exitCode === 0;
    const message = problem instanceof Error ? problem.message : stderr.text.trim();
    loaded.push({ module, isLoaded, message });
  }
  return loaded;
}
