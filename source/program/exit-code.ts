/** What the program's exit codes mean; `--help` and docs/operating.md list the same. */
export const exitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  degraded: 3,
  noQuorum: 4,
  nobodyReached: 5,
  lockHeld: 6,
  stoppedByHuman: 7,
  uncertain: 8,
} as const;

export const exitCodeHelp = `
Exit codes: 0 healthy or done; 1 something failed; 2 wrong usage or config; 3 degraded (status);
4 no IPAM consensus or no majority (status); 5 no peer could be reached; 6 the lock is held by
someone else; 7 stopped by the human; 8 outcome uncertain.
`;
