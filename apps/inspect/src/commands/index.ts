import type { InspectCommand } from '../command.ts';
import { cat } from './cat.ts';
import { check } from './check.ts';
import { cp } from './cp.ts';
import { diff } from './diff.ts';
import { explain } from './explain.ts';
import { exportCommand } from './export.ts';
import { images } from './images.ts';
import { ls } from './ls.ts';
import { map } from './map.ts';
import { partitions } from './partitions.ts';
import { plan } from './plan.ts';
import { qemu } from './qemu.ts';
import { recover } from './recover.ts';
import { scan } from './scan.ts';
import { show } from './show.ts';
import { space } from './space.ts';
import { stat } from './stat.ts';
import { tar } from './tar.ts';
import { top } from './top.ts';
import { tree } from './tree.ts';

/** Every subcommand, in the order of the help. */
export const commands: readonly InspectCommand[] = [
  show,
  tree,
  top,
  images,
  partitions,
  ls,
  stat,
  cat,
  cp,
  tar,
  check,
  explain,
  space,
  scan,
  plan,
  map,
  diff,
  exportCommand,
  recover,
  qemu,
];
