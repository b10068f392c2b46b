import type { Command, Outcome } from '../command.ts';
import { type Claim, FENCE_WORD, FENCED, type LockFolders, MINE, TAKE } from './files.ts';

/**
 * `running` is held from before the comparison until the command has ended, and a record changes hands only under the
 * same lock: between the comparison and the run nobody can take over on this peer, and a command that is tried again after
 * its link broke never runs beside the first. The command doesn't
 * inherit the descriptor, so a daemon that it leaves behind doesn't count as the command. Standard input goes through.
 * Where the link breaks, nobody reads the output any more, and that must not end a command half-way: hence `trap '' PIPE`.
 */
const SCRIPT = `lease=$1/weave-console.lock state=$2 record=$2/lock.json token=$3 prefix=$4
refuse() { printf '${FENCE_WORD} %s\\n' "$1"; exit ${FENCED}; }
${MINE}${TAKE}umask 077
command -v flock >/dev/null || refuse no-flock
( : >>"$state/lock.running" ) 2>/dev/null || refuse record
exec 8>>"$state/lock.running"
take -x 8 || refuse busy
mine 2>/dev/null || refuse lease
IFS= read -r line <"$record" || refuse record
case $line in "$prefix"*) ;; *) refuse record ;; esac
shift 4
printf '%s\\n' "$1" >"$state/lock.running"
name=$1 script=$2
shift 2
trap '' PIPE
sh -c "$script" "$name" "$@" 8>&-
exit $?
`;

/**
 * The same command, run only if this peer's lease and record are still those of `claim`; else it ends with 73, says why
 * (lease | record | busy | no-flock) and has changed nothing. It runs as the one who may read the record, so as root.
 */
export const fence = (
  command: Command<'changes'>,
  folders: LockFolders,
  claim: Claim,
): Command<'changes'> => ({
  name: `fenced-${command.name}`,
  script: SCRIPT,
  args: [
    folders.runtimeDir,
    folders.stateDir,
    claim.token,
    claim.prefix,
    command.name,
    command.script,
    ...command.args,
  ],
  ...(command.input === undefined ? {} : { input: command.input }),
  effect: 'changes',
  timeout: command.timeout + 5_000,
  privileged: true,
});

/** Why the fence held a command back, or null when the command itself ran or the outcome says nothing of a fence. */
export const heldBack = (outcome: Outcome): 'lease' | 'record' | 'busy' | 'no-flock' | null => {
  if (outcome.kind !== 'exited' || outcome.code !== FENCED) return null;
  // A login shell may print a greeting of its own before it.
  const said = outcome.stdout.trimEnd().split('\n').at(-1);
  for (const why of ['lease', 'record', 'busy', 'no-flock'] as const) {
    if (said === `${FENCE_WORD} ${why}`) return why;
  }
  return null;
};
