import type { PeerId } from './inventory.ts';

/** info: to know; warning: to mend; critical: to mend now, and no change before that. */
export type Severity = 'info' | 'warning' | 'critical';

/** One thing that is wrong, why, and what to do. Ids are stable words: scripts match on them. */
export type Finding = {
  readonly id: string;
  readonly severity: Severity;
  readonly peers: readonly PeerId[];
  readonly title: string;
  readonly because: string;
  readonly remedy: string;
};
