import type { PeerView } from '../../cluster/cluster-view.ts';
import type { EnvironmentFacts, HostFacts, Known, UnitFacts } from '../../cluster/host-facts.ts';
import type { Model } from '../../session/model.ts';
import type { Line } from '../spans.ts';
import { ago } from '../words.ts';
import { field } from './sections.ts';

type Fact = { readonly text: string; readonly tone?: 'plain' | 'warn' | 'bad' | 'info' };

const known = <T>(fact: Known<T>, say: (value: T) => Fact): Fact =>
  fact.known ? say(fact.value) : { text: `unknown: ${fact.because}`, tone: 'info' };

function unitFact(unit: UnitFacts): Fact {
  if (unit.load === 'not-found') return { text: 'this host has no such unit', tone: 'warn' };
  const result = unit.result === 'success' || unit.result === '' ? '' : `, result ${unit.result}`;
  const status = unit.mainStatus === null || unit.mainStatus === 0 ? '' : `, exit status ${unit.mainStatus}`;
  const text = `${unit.active} (${unit.sub}), ${unit.enabled}${result}${status}, Restart=${unit.restart}`;
  if (unit.active === 'failed') return { text, tone: 'bad' };
  return { text, tone: unit.active === 'active' && unit.enabled === 'enabled' ? 'plain' : 'warn' };
}

/** The clock against ours, in words. */
function skewText(skew: number | null): Fact {
  if (skew === null) return { text: 'unknown', tone: 'info' };
  const seconds = Math.round(Math.abs(skew) / 1000);
  if (seconds < 1) return { text: 'the same as here' };
  const side = skew > 0 ? 'ahead of' : 'behind';
  return {
    text: `${seconds} s ${side} this machine; weave refuses links beyond 900 s`,
    tone: seconds > 60 ? 'warn' : 'plain',
  };
}

/** The PEERS list of the host's file against the configured cluster. */
function peersOfFile(environment: EnvironmentFacts, model: Model, own: string): readonly Fact[] {
  if (environment.state === 'missing') {
    return [
      { text: `${environment.path} is missing: a start now would make a cluster of its own`, tone: 'bad' },
    ];
  }
  if (environment.state === 'unreadable')
    return [{ text: `${environment.path} can not be read by this account`, tone: 'info' }];
  const { peers } = environment;
  if (peers === null) return [{ text: `${environment.path} has no PEERS line`, tone: 'bad' }];
  const configured = model.inventory.peers.map(({ address }) => address);
  const missing = configured.filter((address) => !peers.includes(address) && address !== own);
  const extra = peers.filter((address) => !configured.includes(address));
  const facts: Fact[] = [{ text: `${peers.length} in ${environment.path}: ${peers.join(' ')}` }];
  if (missing.length > 0) facts.push({ text: `missing here: ${missing.join(' ')}`, tone: 'warn' });
  if (extra.length > 0) facts.push({ text: `only here: ${extra.join(' ')}`, tone: 'warn' });
  if (!peers.includes(own)) facts.push({ text: 'its own address is not in its list', tone: 'info' });
  if (missing.length + extra.length === 0) facts.push({ text: 'the same peers as the configured cluster' });
  return facts;
}

function hostFacts(
  facts: HostFacts,
  skew: number | null,
  model: Model,
  id: string,
): readonly (readonly [string, Fact])[] {
  const needed = ['flock', 'curl', 'docker', 'systemctl', 'timeout', 'sha256sum'];
  const lacking = needed.filter((tool) => !facts.tools.includes(tool));
  const sudo = facts.root
    ? 'root'
    : facts.sudo === null
      ? 'sudo not tried'
      : facts.sudo
        ? 'sudo works'
        : 'no sudo';
  return [
    ['unit', known(facts.unit, unitFact)],
    [
      'container',
      known(facts.container, ({ status, exitCode, restartPolicy }) => ({
        text: `${status}${exitCode !== null && status !== 'running' ? `, exit code ${exitCode}` : ''}${restartPolicy === null ? '' : `, restart policy ${restartPolicy}`}`,
        tone: status === 'running' ? 'plain' : 'bad',
      })),
    ],
    ['script', known(facts.scriptVersion, (text) => ({ text: `weave ${text}` }))],
    ...peersOfFile(facts.environment, model, id).map(
      (fact, index) => [index === 0 ? 'PEERS' : '', fact] as const,
    ),
    ['hostname', { text: facts.hostname }],
    ['machine id', known(facts.machineId, (text) => ({ text }))],
    ['boot id', known(facts.bootId, (text) => ({ text }))],
    ['clock', facts.clock.known ? skewText(skew) : known(facts.clock, () => ({ text: '' }))],
    [
      'account',
      {
        text: `${facts.user}, ${sudo}${lacking.length === 0 ? '' : `; not installed: ${lacking.join(', ')}`}`,
      },
    ],
  ];
}

/** What the host itself says of weave; where that can't be had, why. */
export function hostLines(peer: PeerView, model: Model, columns: number): readonly Line[] {
  const { facts, lastFacts } = peer.watch;
  const lines: Line[] = [];
  if (facts === null) lines.push(...field('host', 'not asked yet', columns, 'info'));
  if (facts?.kind === 'none') {
    const label = facts.why.kind === 'no-shell' ? 'no shell' : 'no answer';
    lines.push(...field(label, facts.why.text, columns, facts.why.kind === 'no-shell' ? 'info' : 'bad'));
  }
  if (lastFacts === null) return lines;
  if (facts?.kind === 'none')
    lines.push(...field('', `what follows was read ${ago(model.now - lastFacts.at)}`, columns));
  for (const [label, fact] of hostFacts(lastFacts.facts, lastFacts.skew, model, peer.id)) {
    lines.push(...field(label, fact.text, columns, fact.tone ?? 'plain'));
  }
  return lines;
}
