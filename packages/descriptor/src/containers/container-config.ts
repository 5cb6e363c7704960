/** What `ve.conf` says, as far as it concerns disks. Each is absent if the file does not set it. */
export interface ContainerConfig {
  readonly name?: string | undefined;
  readonly hostname?: string | undefined;
  readonly template?: string | undefined;
  /** Private area, as written: `$VEID` is not replaced. */
  readonly privateArea?: string | undefined;
}

const KEYS: Readonly<Record<string, keyof ContainerConfig>> = {
  NAME: 'name',
  HOSTNAME: 'hostname',
  OSTEMPLATE: 'template',
  VE_PRIVATE: 'privateArea',
};

const LONGEST_VALUE = 4096;
const ASSIGNMENT = /^[ \t]*([A-Z_]+)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"'#;]*))/;

/**
 * Reads the configuration of a container: lines of `NAME="value"` in the syntax of a shell. Nothing is run or expanded;
 * the last assignment of a name counts, and other lines are skipped.
 */
export function parseContainerConfig(text: string): ContainerConfig {
  const found: { -readonly [Key in keyof ContainerConfig]: ContainerConfig[Key] } = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name = '', double, single, plain] =
      ASSIGNMENT.exec(line.slice(0, LONGEST_VALUE)) ?? [];
    const key = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
    const value = double?.replace(/\\([\\"$`])/g, '$1') ?? single ?? plain;
    if (key !== undefined && value !== undefined && value !== '') found[key] = value;
  }
  return found;
}
