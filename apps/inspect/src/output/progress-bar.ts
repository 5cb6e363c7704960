import { Presets, SingleBar } from 'cli-progress';
import prettyBytes from 'pretty-bytes';

/** A bar on a terminal; nothing anywhere else. */
export interface ProgressBar {
  readonly show: (done: number, total: number) => void;
  readonly end: () => void;
}

/** A bar that is drawn on `stream` as soon as there is something to show. */
export function progressBar(stream: NodeJS.WritableStream): ProgressBar {
  const bar = new SingleBar(
    {
      stream,
      format: '{bar} {percentage}%  {done} of {all}  {eta_formatted} left',
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  const shown = (done: number, total: number): object => ({
    done: prettyBytes(done, { binary: true }),
    all: prettyBytes(total, { binary: true }),
  });
  return {
    show: (done, total) => {
      if (!bar.isActive) bar.start(total, done, shown(done, total));
      else bar.update(done, shown(done, total));
    },
    end: () => {
      bar.stop();
    },
  };
}
