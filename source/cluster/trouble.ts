/** A duration or a point on a monotonic clock, in milliseconds. */
export type Millis = number;

/** Why a peer could not be asked, in the words of the `status --json` contract. */
export type TroubleKind =
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'dns'
  | 'host-key'
  | 'auth'
  | 'no-shell'
  | 'closed'
  | 'protocol';

/**
 * What stood in the way, for a person: `text` says what happened, on which host, and what to do.
 * `layer` tells whether SSH itself failed or SSH worked and weave did not answer behind it.
 */
export type Trouble = { readonly kind: TroubleKind; readonly text: string; readonly layer: 'ssh' | 'weave' };
