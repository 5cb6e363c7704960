/**
 * The bounds of the table of behaviour that no recording in the repository shows on both sides, with the reason why they
 * are where they are. A bound that is moved is not here any more.
 */
export const UNMEASURED: Readonly<Record<string, string>> = {
  'keepsMaxDeltaSize 1.13': 'No recorded descriptor has a limit. 1.12 drops the element, 1.13 names it in its changes.',
  'keepsKeyId 7.0.32': '7.0.31 drops it and 7.0.42 keeps it. No text distinguishes 7.0.42 from 7.0.32.',
  'crashesOnZeroGeometry 7.0.95': 'Releases up to 7.0.43 and from 7.0.95 on were tried. Those between are taken for ones that crash.',
  'convertsTop 7.0.95': 'Seen in scenarios of 7.0.43 and 7.0.95, which write a descriptor in the old format.',
  'convertsTop 7.0.104': '7.0.95 and 7.0.165 were recorded. 7.0.104 is the next release whose texts differ from those of 7.0.95.',
  'needsWholeClusters 8': 'Seen in scenarios of 7.0.280 and 8.0.6, which change sizes.',
  'writesRelativeNames 7': 'Seen in scenarios of 1.15 and 7.0.20 with absolute names. 7.0.11 was not recorded.',
  'cutsNamesBeside 1.13': 'Seen in scenarios of 1.12.2 and 1.13.2. 1.13 was not recorded.',
  'placeOfMerged 8': 'Lives of 7.0.280 and 8.0.6 show it, of which the repository has too few.',
  'marksBeforeMerge 7.0.165': 'Lives of 7.0.95 and 7.0.165 show it. The three builds between are taken for ones that leave no mark.',
  'dropsGuidOfName 8': 'Seen in scenarios of 7.0.280 and 8.0.6 whose first image is a delta.',
  'mergesTemporariesFirst 7': 'Only snapshots that fail for another reason show it. 7.0.11 was not recorded.',
  'mergesTemporariesFirst 8.0.15': 'Lives of 8.0.6 and 8.0.30 show it. 8.0.15 is where snapshots begin to pass temporary ones.',
  'mergesTemporariesFirst 8.0.59': 'Lives of 8.0.30 and 8.0.75 show it. 8.0.59 is where the lock of a disk changes.',
  'passesStuck 1.15': 'Mounted disks alone show it, and no driver runs where the recordings were made.',
  'passesStuck 7': '1.15 and 7 differ on mounted disks only.',
  'mergesTemporariesOnDelete 1.12': 'Lives of 1.11 and 1.12.2 show it. 1.12 marks forks as 1.12.2 does.',
  'mergesDeltasOfRaw 1.12.2': '1.11 loses data and 1.12.2 does not. 1.12 and 1.12.1 are taken for ones that lose it.',
  'mergesRanges 1.14': 'The option came with 1.14; 1.14.1 was measured.',
  'mergesOneInto 1.13.1': '1.13 was measured, and 1.13.2 crashes. 1.13.1 is taken for one that crashes.',
  'mergeAll 1.13': 'Forks show it in lives of 1.12.2 and 1.13.2. 1.13 merges all into a new file, as 1.13.2 does.',
  'mergeAll 7': 'Forks show it in lives of 1.15 and 7.0.20. 7.0.11 was not recorded.',
  'snapshotsVolumes 8.0.98': '8.0.87 fails and 8.0.99 does not. No text distinguishes 8.0.98 from 8.0.99.',
};
