/** Whom a subcommand harms: snapshots, on whose images others stand, or each volume with a parent or children as well. */
export type VolumesHarmed = 'snapshots' | 'related';

/**
 * Which volumes the subcommands for disks harm, the same in all releases that have volumes. They still exit with 0.
 * Measured on 8 releases from 7.0.95 to 9.0.30, or the subcommand changes the same images as one that was.
 */
export const VOLUME_HARM = {
  convert: 'related',
  encrypt: 'related',
  fscheck: 'related',
  grow: 'snapshots',
  mount: 'snapshots',
  replace: 'related',
  resize: 'snapshots',
  snapshot: 'snapshots',
  'snapshot-delete': 'related',
  'snapshot-merge': 'related',
  'snapshot-switch': 'related',
  tsnapshot: 'related',
} as const satisfies Readonly<Record<string, VolumesHarmed>>;

/** A subcommand for disks that harms volumes. */
export type VolumeHarming = keyof typeof VOLUME_HARM;
