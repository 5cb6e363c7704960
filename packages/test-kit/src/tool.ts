import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const SBIN = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

/** Whether the real tool can be run here. Tests that need it are skipped without it, except with CI=true. */
export const hasTool: boolean = [...(process.env['PATH'] ?? '').split(delimiter), ...SBIN].some(
  (directory) => {
    try {
      accessSync(join(directory, 'ploop'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  },
);
