import { Option, type CommandUnknownOpts } from '@commander-js/extra-typings';

/** Where the files of a disk may be, as it was asked for. */
export interface ConfineRequest {
  /** A directory; `false` for `--no-confine`; absent for the directory of the descriptor. */
  readonly confine?: string | false | undefined;
}

/** `--confine DIR`. */
export const confineOption = new Option(
  '--confine <dir>',
  'directory that must hold all files of the disk (default: the directory of the descriptor)',
);

/** `--no-confine`. */
export const noConfineOption = new Option(
  '--no-confine',
  'follow names anywhere on this machine: only for descriptors that you trust',
);

/** As commander hands it over: the negated option alone makes `true` possible. */
export function confineOf({ confine }: { readonly confine?: unknown }): ConfineRequest {
  return typeof confine === 'string' || confine === false ? { confine } : {};
}

/** Ends the program if a command line has both options, of which commander would take the last. */
export function refuseBoth(command: CommandUnknownOpts): void {
  const given = new Set<string>();
  for (const name of ['confine', 'no-confine'])
    command.on(`option:${name}`, () => {
      if (given.add(name).size > 1)
        command.error("error: option '--confine <dir>' cannot be used with option '--no-confine'");
    });
}
