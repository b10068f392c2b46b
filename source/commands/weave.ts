import type { InventoryPeer } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Command } from './command.ts';
import { FENCED } from './lock/files.ts';
import { BEGIN_MARK, marksOtherwise, marksUnwritten } from './marks-script.ts';
import { hostPort } from './report.ts';

/**
 * What the weave script takes as a peer: a name or an address, with a port or without. It passes its arguments on
 * unquoted and unencoded (`peer=$p`), so anything else would say something else there.
 */
const ADDRESS = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:]{2,45}\])(?::\d{1,5})?$/;

/** Whether a string from a list or from Targets can be handed to weave as it is. */
export const isWeaveAddress = (text: string): boolean => ADDRESS.test(text);

const checked = (address: string): string => {
  if (!isWeaveAddress(address))
    throw new RangeError(`not an address that weave takes: ${JSON.stringify(address)}`);
  return address;
};

/** A peer name: six hex pairs. A nickname or an address would end in `0 IPs taken over`, exit 0. */
const PEER_NAME = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

const weave = (
  peer: InventoryPeer,
  name: string,
  words: readonly string[],
  timeout: Millis,
): Command<'changes'> => ({
  name,
  script: 'WEAVE_HTTP_ADDR=$2; export WEAVE_HTTP_ADDR; weave=$1; shift 2; exec "$weave" "$@" </dev/null',
  args: [peer.weave, hostPort(peer.controlAddress), ...words],
  effect: 'changes',
  timeout,
  privileged: true,
});

/**
 * `weave reset`: hands the ring over, stops weave, removes its containers, volume and bridge. Seen to take 2 to 6 s, 46 s
 * more where the weaver hangs. Exit 0 says nothing about the hand-over: its errors are thrown away.
 */
export const weaveReset = (peer: InventoryPeer): Command<'changes'> =>
  weave(peer, 'weave-reset', ['reset'], 120_000);

/** The exit code that says: weave runs on the host, or docker did not say that it doesn't, so nothing was wiped. */
export const weaveRunsThere = 76;

/**
 * `weave reset --force` where weave is down: removes its container, ring data and bridge, and hands nothing over. Without
 * --force it refuses on a stopped weave, exit 1. It would still hand over what a weave that runs calls its own, so that is
 * asked once more right before it.
 */
export const weaveWipe = (peer: InventoryPeer): Command<'changes'> => {
  const reset = weave(peer, 'weave-wipe', ['reset', '--force'], 120_000);
  return {
    ...reset,
    script: `if running=$(docker inspect -f '{{.State.Running}}' weave 2>/dev/null); then :
elif docker version >/dev/null 2>&1; then running=absent
else
  echo 'Docker does not answer on this host: nothing was wiped.' >&2
  exit ${weaveRunsThere}
fi
if [ "$running" = true ]; then
  echo 'Weave runs on this host: nothing was wiped.' >&2
  exit ${weaveRunsThere}
fi
${reset.script}`,
  };
};

/** How `weave prime` says that it could not even begin: it has asked nobody. */
export const primeUnasked: readonly number[] = [7, 70, 126, 127];

/**
 * Weave's own client blocks for hours, and nothing may hold the fence for so long; so it is begun in the background and
 * watched for 5 s. Its output goes to files that have no name any more, so that there is nothing to clear away. How it ended
 * is not written down there: on a host whose disk is full that would look like one that waits.
 */
const PRIME = `WEAVE_HTTP_ADDR=$2; export WEAVE_HTTP_ADDR; weave=$1
folder=$(umask 077; mktemp -d) || exit 70
exec 3>"$folder/out" 4<"$folder/out" 5>"$folder/err" 6<"$folder/err"
rm -r "$folder"
( trap '' HUP
exec "$weave" prime >&3 2>&5 3>&- 5>&- ) </dev/null >/dev/null 2>&1 4<&- 6<&- &
client=$!
for second in 1 2 3 4 5; do
  sleep 1
  kill -0 "$client" 2>/dev/null && continue
  wait "$client"
  code=$?
  cat <&4
  cat <&6 >&2
  exit "$code"
done
echo 'weave prime waits for more peers; it goes on by itself on this host.'
`;

/**
 * `weave prime`: asks for the first ring. Ends with what weave said where that took less than 5 s, else with 0 while it
 * goes on by itself on the host. Weave goes on, too, when its client dies, and repeating it is harmless.
 */
export const weavePrime = (peer: InventoryPeer): Command<'changes'> => ({
  name: 'weave-prime',
  script: PRIME,
  args: [peer.weave, hostPort(peer.controlAddress)],
  effect: 'changes',
  timeout: 60_000,
  privileged: true,
});

/** `weave connect ADDRESS`: adds the string to Targets until the next launch. */
export const weaveConnect = (peer: InventoryPeer, address: string): Command<'changes'> =>
  weave(peer, 'weave-connect', ['connect', checked(address)], 30_000);

/** `weave forget TARGET...`: the very strings of Targets; any other is a silent exit 0. */
export const weaveForget = (peer: InventoryPeer, targets: readonly string[]): Command<'changes'> => {
  if (targets.length === 0) throw new RangeError('weave forget needs a target');
  return weave(peer, 'weave-forget', ['forget', ...targets.map(checked)], 30_000);
};

/** Whether this is a peer name, and so what `rmpeer` and marks take. */
export const isPeerName = (text: string): boolean => PEER_NAME.test(text);

/** Whether this can be the id of a run, as marks take it. */
export const isRunId = (text: string): boolean => /^[A-Za-z0-9][\w-]{0,63}$/.test(text);

/** The exit code that says: the peer is in sight, or weave did not say who is, so rmpeer was not run. */
export const peerInSight = 77;

/** The exit codes by which rmpeer is known not to have been run: its fence held it back, or what comes right before it did. */
export const rmpeerNotRun: readonly number[] = [FENCED, marksUnwritten, peerInSight, marksOtherwise];

/**
 * `weave status peers` has a line `NAME(NICKNAME)` for each peer that is known, and indented ones for their links. While
 * weave is not ready (503), as where the dead peer owned everything, the script prints them on stderr and exits with 1.
 * Once the mark says that rmpeer is begun no exit code may say any more that it was not run.
 */
const RMPEER = `WEAVE_HTTP_ADDR=$2; export WEAVE_HTTP_ADDR; weave=$1 state=$3 name=$4 run=$5 on=$6
peers=$("$weave" status peers </dev/null 2>&1)
case $peers in
*??:??:??:??:??:??'('*) ;;
*)
  echo 'weave status peers does not tell whom weave sees on this host: rmpeer was not run.' >&2
  exit ${peerInSight}
  ;;
esac
case "
$peers" in
*"
$name("*)
  echo "weave on this host sees $name again: it lives, and rmpeer was not run." >&2
  exit ${peerInSight}
  ;;
esac
${BEGIN_MARK}"$weave" rmpeer "$name"
code=$?
case $code in ${rmpeerNotRun.join(' | ')}) exit 1 ;; esac
exit "$code"`;

/**
 * `weave rmpeer NAME` of this run, a peer name only. It does not refuse a live peer, so whether weave sees it is asked once
 * more right before it: what the console saw is some seconds old by then. Then the mark of the run there says that it is
 * begun; without a mark of it that names this host it is not run.
 */
export const weaveRmpeer = (
  peer: InventoryPeer,
  { name, run }: { readonly name: string; readonly run: string },
): Command<'changes'> => {
  if (!PEER_NAME.test(name)) throw new RangeError(`not a peer name: ${JSON.stringify(name)}`);
  if (!isRunId(run)) throw new RangeError(`not the id of a run: ${JSON.stringify(run)}`);
  return {
    name: 'weave-rmpeer',
    script: RMPEER,
    args: [peer.weave, hostPort(peer.controlAddress), peer.stateDir, name, run, checked(peer.address)],
    effect: 'changes',
    timeout: 90_000,
    privileged: true,
  };
};
