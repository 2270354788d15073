/**
 * Facts about health go sideways through one callback; data goes right. Nothing here is an error: the stream goes on.
 */
export type Report =
  /** Samples are missing before `beforeSample`. `exact` is false where the counter cannot tell how many: then `lost` is the best estimate. */
  | {
      readonly kind: 'gap';
      readonly signal: string;
      readonly lost: number;
      readonly exact: boolean;
      readonly beforeSample: number;
      readonly atSec: number;
    }
  /** Bytes or frames that could not be used. */
  | {
      readonly kind: 'bad-frame';
      readonly device: string;
      readonly reason: 'checksum' | 'sync' | 'length' | 'syntax' | 'range';
      readonly bytes: number;
    }
  /** What the link is doing; `detail` is for a person. */
  | {
      readonly kind: 'link';
      readonly uri: string;
      readonly state: 'opening' | 'open' | 'stalled' | 'lost' | 'retrying' | 'closed';
      readonly detail: string;
      readonly attempt?: number;
      readonly delaySec?: number;
    }
  | { readonly kind: 'battery'; readonly device: string; readonly fraction: number }
  | { readonly kind: 'impedance'; readonly signal: string; readonly channel: string; readonly kiloohm: number }
  | { readonly kind: 'saturation'; readonly signal: string; readonly channel: string; readonly atSec: number }
  | { readonly kind: 'latency-timer'; readonly uri: string; readonly milliseconds: number; readonly detail: string }
  /** Text a device said (a banner, a reply), or a damaged stretch of a file (`where` gives the byte offset or line). */
  | { readonly kind: 'device-text'; readonly device: string; readonly text: string }
  | { readonly kind: 'damage'; readonly file: string; readonly where: string; readonly detail: string; readonly lost: number }
  /** A time the host clock jumped, s. */
  | { readonly kind: 'clock-step'; readonly signal: string; readonly bySec: number; readonly atSec: number }
  /** Work a stage gave up on: a late epoch, a feature set that never became whole. */
  | { readonly kind: 'dropped'; readonly stage: string; readonly what: string; readonly count: number };

export type Reporter = (report: Report) => void;

/** A reporter that hears nothing: for examples and tests that do not look at health. */
export const ignoreReports: Reporter = () => {};
