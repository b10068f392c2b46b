import { MOST_BYTES } from '../../commands/lock/files.ts';
import { leaseCommand } from '../../commands/lock/lease.ts';
import { lookAtLock } from '../../commands/lock/look.ts';
import { removeRecord, swapRecord } from '../../commands/lock/swap.ts';
import { type LockSighting, readLeaseEnd, readLeaseLine, readLook, readSwap } from '../../lock/answers.ts';
import { type LockRecord, leaseToken, recordPrefix, recordText } from '../../lock/record.ts';
import type { LockEffect, Want } from '../../lock/state.ts';
import type { Channels, Dispatch, LockPeerPorts, LockPorts } from './lock-ports.ts';

/** Looks at the lock of one peer. */
export const lookAt = async ({ read, folders }: LockPeerPorts, token = ''): Promise<LockSighting> =>
  readLook(await read.read(lookAtLock(folders, token), { maxBytes: MOST_BYTES + 8_192 }));

/** One line for the log that each peer keeps of who held the lock. */
const noteOf = (did: string, record: LockRecord): string =>
  JSON.stringify({
    did,
    id: record.id,
    epoch: record.epoch,
    who: record.who,
    procedure: record.procedure,
    target: record.target,
    reason: record.reason,
    startedAt: record.startedAt,
    ...(record.survivors === null ? {} : { survivors: record.survivors }),
  });

const openLease = (
  effect: Extract<LockEffect, { kind: 'open' }>,
  ports: LockPeerPorts,
  want: Want,
  channels: Channels,
  dispatch: Dispatch,
): void => {
  const { peer, channel } = effect;
  const command = leaseCommand(ports.folders.runtimeDir, { token: effect.token, quiet: want.pace.quiet });
  const live = ports.change.open(command, (raw) => {
    const line = readLeaseLine(raw);
    if (line !== null) dispatch({ kind: 'line', peer, channel, line });
  });
  channels.set(channel, live);
  void live.ended.then((outcome) => {
    channels.delete(channel);
    dispatch({ kind: 'ended', peer, channel, why: readLeaseEnd(outcome).why });
  });
};

/** Does what the machine asks for; each answer is dispatched when it comes. */
export const perform = (
  effect: LockEffect,
  session: { readonly want: Want; readonly record: LockRecord; readonly channels: Channels },
  ports: LockPorts,
  dispatch: Dispatch,
): void => {
  const { peer } = effect;
  const at = ports.get(peer);
  if (at === undefined) {
    // Somebody's PEERS names it and the config doesn't: it votes, and can't be reached.
    if (effect.kind !== 'ask') throw new Error(`no way to reach ${peer} was given to the lock`);
    const sighting = { kind: 'unknown', why: 'it is not in the config' } as const;
    queueMicrotask(() => dispatch({ kind: 'seen', peer, sighting }));
    return;
  }
  const { want, record, channels } = session;
  switch (effect.kind) {
    case 'ask':
      void lookAt(at, leaseToken(record)).then((sighting) => dispatch({ kind: 'seen', peer, sighting }));
      return;
    case 'open':
      openLease(effect, at, want, channels, dispatch);
      return;
    case 'beat':
      channels.get(effect.channel)?.write(`${effect.beat}\n`);
      return;
    case 'close':
      channels.get(effect.channel)?.end();
      return;
    case 'write': {
      const first = effect.expected.kind !== 'own';
      const swap = swapRecord(at.folders, {
        token: leaseToken(effect.record),
        expected: effect.expected,
        record: recordText(effect.record),
        evenIfRunning: want.evenIfRunning,
        note: first ? noteOf(want.takeover === null ? 'taken' : 'taken over', effect.record) : '',
      });
      const { revision } = effect;
      void at.change
        .change(swap)
        .then((outcome) => dispatch({ kind: 'wrote', peer, revision, result: readSwap(outcome) }));
      return;
    }
    case 'remove': {
      const expected = { kind: 'own', prefix: recordPrefix(record) } as const;
      const removal = removeRecord(at.folders, { expected, note: noteOf('released', record) });
      void at.change
        .change(removal)
        .then((outcome) => dispatch({ kind: 'removed', peer, result: readSwap(outcome) }));
    }
  }
};
