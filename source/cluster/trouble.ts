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
export type Trouble = {
  readonly kind: TroubleKind;
  readonly text: string;
  readonly layer: 'ssh' | 'weave';
  /** Set where the host was there all the same: it took the connection or the command, and no good came of it. */
  readonly answered?: true;
  /** Set where the host itself was not asked: what leads to it, such as a jump host, was in the way. */
  readonly unasked?: true;
};

/** By these a host answers, and only lets us not in. */
const LETS_NOBODY_IN: readonly TroubleKind[] = ['host-key', 'auth', 'no-shell', 'protocol'];

/**
 * Whether trouble with SSH leaves open that nobody is there: null where it does, else what stands against it, as a clause.
 * A host that answers lives, and of one whose name can't be looked up nobody was asked.
 */
export const notDeadBy = ({ kind, answered, unasked }: Trouble): string | null => {
  if (unasked) return 'could not be asked';
  if (LETS_NOBODY_IN.includes(kind)) return 'answers and lets nobody in';
  if (answered) return 'is there and does not do what it is asked';
  return kind === 'dns' ? 'could not be asked' : null;
};
