import type { Row } from '../layout/rows.ts';

/** Where the parts of a lane are, in pixels from the row's top. */
export interface LaneMetrics {
  /** Middle of the marks. */
  readonly marks: number;
  /** Half the width of a mark. */
  readonly radius: number;
  /** Top and greatest length of the stall ticks. */
  readonly stallTop: number;
  readonly stallLongest: number;
  readonly bandTop: number;
  readonly bandHeight: number;
  readonly logTop: number;
  readonly logHeight: number;
}

export function laneMetrics({ lane }: Row): LaneMetrics {
  if (lane < 56) {
    return {
      marks: 23,
      radius: 5,
      stallTop: 30,
      stallLongest: 8,
      bandTop: 15,
      bandHeight: 16,
      logTop: lane - 4,
      logHeight: 3,
    };
  }
  const marks = Math.round(lane * 0.58);
  return {
    marks,
    radius: 6.5,
    stallTop: marks + 10,
    stallLongest: lane - marks - 17,
    bandTop: marks - 13,
    bandHeight: 26,
    logTop: lane - 7,
    logHeight: 5,
  };
}
