import { readHostFacts } from '../cluster/host-facts.ts';
import type { InventoryPeer } from '../cluster/inventory.ts';
import type { FactsSighting } from '../cluster/sighting.ts';
import type { Trouble } from '../cluster/trouble.ts';
import { readLog } from '../commands/log.ts';
import { probeCommand } from '../commands/probe.ts';
import { meaningOf } from '../commands/refused-shell.ts';
import type { Clock, RemoteShell } from '../ports.ts';
import { clean, cleanLines } from '../text/clean.ts';
import { withoutSecrets } from '../text/said-secret.ts';
import type { LogLines } from './model.ts';

/**
 * One probe of a host. `salt` is for digests that are compared within one session. The skew of its clock is told against the middle of the round trip. An account whose commands do
 * not run (restricted key, forced command, a login shell that refuses) is `no-shell`: nothing is wrong with its weave.
 */
export const probeHost = async (
  shell: RemoteShell,
  peer: InventoryPeer,
  clock: Clock,
  seq: number,
  salt: string,
): Promise<FactsSighting> => {
  const began = clock.wall();
  const outcome = await shell.read(probeCommand(peer, salt));
  const ended = clock.wall();
  const at = clock.now();
  const none = (why: Trouble): FactsSighting => ({ kind: 'none', seq, at, why });
  const trouble = (kind: Trouble['kind'], text: string) =>
    none({ kind, layer: 'ssh', text: `${peer.host}: ${text}` });
  switch (outcome.kind) {
    case 'unsent':
    case 'lost':
      return none(outcome.why);
    case 'killed':
      return trouble('closed', `the probe was killed by ${clean(outcome.signal, 40)}.`);
    case 'exited': {
      const read = readHostFacts(outcome.stdout, peer.environmentFile);
      if (read.kind === 'facts') {
        const { clock: remote } = read.facts;
        const skew = remote.known ? Math.round(remote.value - (began + ended) / 2) : null;
        return { kind: 'facts', seq, at, facts: read.facts, skew };
      }
      if (read.began) return trouble('protocol', `${read.why}.`);
      const said = read.excerpt || withoutSecrets(clean(outcome.stderr.slice(0, 400), 200)) || 'nothing';
      const because = meaningOf(outcome.stderr) ?? `exit code ${outcome.code}; it said: ${said}`;
      return trouble(
        'no-shell',
        `this account can't run commands (${because}). What a shell would tell is unknown.`,
      );
    }
  }
};

/** The last lines that weave's unit logged on a host. */
export const readHostLog = async (
  shell: RemoteShell,
  peer: InventoryPeer,
  clock: Clock,
  lines: number,
): Promise<Extract<LogLines, { kind: 'there' | 'failed' }>> => {
  const outcome = await shell.read(readLog(peer, lines), { maxBytes: 1024 * 1024 });
  const at = clock.now();
  if (outcome.kind === 'exited' && outcome.code === 0) {
    return { kind: 'there', at, lines: cleanLines(outcome.stdout, lines, 500).map(withoutSecrets) };
  }
  const why =
    outcome.kind === 'exited'
      ? `journalctl on ${peer.host} ended with exit code ${outcome.code}: ${withoutSecrets(clean(outcome.stderr.slice(0, 600), 300))}`
      : outcome.kind === 'killed'
        ? `journalctl on ${peer.host} was killed by ${clean(outcome.signal, 40)}.`
        : outcome.why.text;
  return { kind: 'failed', at, why };
};
