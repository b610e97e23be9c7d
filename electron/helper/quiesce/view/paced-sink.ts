import type { ContentSink, QuiesceContext } from '../contract.ts';
import { ReadPace } from './read-pace.ts';

/** One for all files of a run: several read at once share the rate. Undefined where nothing is limited. */
export function paceOf({
  liveBytesPerSecond,
  signal,
}: Pick<QuiesceContext, 'liveBytesPerSecond' | 'signal'>): ReadPace | undefined {
  return liveBytesPerSecond === undefined ? undefined : new ReadPace(signal, { bytesPerSecond: liveBytesPerSecond });
}

/** Passes on at most so much as the pace allows. Rejects with `cancelled` when the run is. */
export function pacedSink(sink: ContentSink, pace: Pick<ReadPace, 'beforeRead'> | undefined): ContentSink {
  if (pace === undefined) return sink;
  return {
    // What was read is paid for before more is.
    data: async (bytes) => {
      await pace.beforeRead(bytes.length);
      await sink.data(bytes);
    },
    hole: (length) => sink.hole(length),
    same: (length) => sink.same(length),
    restart: () => sink.restart(),
  };
}
