import type { LockRequest } from '../../source/session/lock/locksmith.ts';

/** A request for the lock on these peers; only what a test is about needs to be said. */
export const request = (peers: readonly string[], more: Partial<LockRequest> = {}): LockRequest => ({
  cluster: 'prod',
  who: 'anna@laptop',
  user: 'ops',
  version: '1.0.0',
  procedure: 'add-peer',
  target: '10.0.0.16',
  reason: 'OPS-7',
  peers,
  ...more,
});

/** Names like lock-000001: short, different, and the same in each run. */
export const names = (start = 'lock'): (() => string) => {
  let made = 0;
  return () => {
    made += 1;
    return `${start}-${String(made).padStart(6, '0')}`;
  };
};
