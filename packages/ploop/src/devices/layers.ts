import type { Steps } from '@ploop/descriptor/internal';

import { attribute, namesIn } from '../io/kernel-files.ts';
import type { Layer } from './device.ts';
import { isMapped, mapperName } from './mapper.ts';

/** A partition on an encrypted volume on a device, and some to spare; a cycle ends here. */
const MOST_LAYERS = 8;

/** What lies on a device, the device first: its first partition, and what device-mapper has made of that. */
export function* layersOn(sys: string, kernelName: string, device: Layer): Steps<readonly Layer[]> {
  const layers = [device];
  let directory = `${sys}/block/${kernelName}`;
  const partition = `${kernelName}p1`;
  const number = yield* attribute(`${directory}/${partition}/dev`);
  if (number !== undefined) {
    layers.push({ node: `/dev/${partition}`, number });
    directory = `${directory}/${partition}`;
  }
  while (layers.length < MOST_LAYERS) {
    const holder = yield* holderOf(sys, directory);
    if (holder === undefined) break;
    layers.push(holder.layer);
    directory = `${sys}/block/${holder.kernelName}`;
  }
  return layers;
}

/** Of several partitions the first is that of the file system. */
function* holderOf(
  sys: string,
  directory: string,
): Steps<{ readonly kernelName: string; readonly layer: Layer } | undefined> {
  const holders = ((yield* namesIn(`${directory}/holders`)) ?? []).filter(isMapped);
  const found = [];
  for (const kernelName of holders) {
    const name = yield* mapperName(sys, kernelName);
    const number = yield* attribute(`${sys}/block/${kernelName}/dev`);
    if (name !== undefined && number !== undefined)
      found.push({ kernelName, layer: { node: `/dev/mapper/${name}`, number } });
  }
  return found.find(({ layer }) => layer.node.endsWith('p1')) ?? found[0];
}
