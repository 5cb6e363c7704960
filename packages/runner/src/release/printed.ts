import { OPTIONS, SUBCOMMANDS, type Releases } from '@ploop/descriptor/releases';

/**
 * The releases that print a text, or end so, when they only print: measured on 66 builds. A text can come with another
 * release than the feature it describes.
 */
export const PRINTED = {
  /** In the usage of the whole tool. */
  encrypt: [{ since: '7.0.49' }],
  newDeltaOrDevice: [{ since: '7.0.53' }],
  label: OPTIONS['init']?.['-L'] ?? [],
  targetName: [{ since: '8.0.87' }],
  targetBlockSize: [{ since: '9.0.12' }],
  /** In usages of subcommands. */
  balloonStatus: SUBCOMMANDS['balloon status'] ?? [],
  checkDefragment: [{ since: '7.0.174', before: '8' }, { since: '8.0.14' }],
  initXfs: [{ since: '9.0.23' }],
  replaceFormat: [{ since: '9.0.8' }],
  umountDelta: [{ since: '1', before: '8' }],
  /** `mount` of a missing file names line 1731 of its source; earlier ones name line 1610. */
  mountLine1731: [{ since: '1.12.2' }],
  /** `info` of a missing descriptor names line 288 of its source; later ones name line 319. */
  infoLine288: [{ since: '1', before: '7.0.32' }],
  /** A missing descriptor has the exit code of a file that cannot be opened. */
  missingIsOpen: [{ since: '8.0.71' }],
  /** And nothing is said of it. */
  missingIsSilent: [{ since: '8.0.86' }],
  /** `cbt show` opens a descriptor that it is not given. */
  opensNull: [{ since: '7.0.87', before: '8.0.11' }],
} as const satisfies Readonly<Record<string, Releases>>;
