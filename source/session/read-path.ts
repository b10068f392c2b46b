import type { HostPort, InventoryPeer } from '../cluster/inventory.ts';
import type { Millis, Trouble } from '../cluster/trouble.ts';
import {
  ACCEPT_JSON,
  curlReport,
  FULL_PATH,
  hostPort,
  projectionPath,
  weaveReport,
} from '../commands/report.ts';
import type { RemoteShell, Tunnel } from '../ports.ts';
import { clean } from '../text/clean.ts';
import { withoutSecrets } from '../text/said-secret.ts';

/** `full`: the whole report, else the projection. `timeout`: for the answer alone. */
export type Want = { readonly full: boolean; readonly timeout: Millis };

/** What one way to ask for the report gave. */
export type Attempt =
  /** Weave, or something else, answered; `ok` is false where the answer itself says that it is no report. */
  | { readonly kind: 'answer'; readonly ok: boolean; readonly body: string; readonly problem: string }
  /** Nothing listens there. */
  | { readonly kind: 'refused'; readonly why: Trouble }
  /** This way is barred for this account or missing on this host; another one may work. */
  | { readonly kind: 'blocked'; readonly why: Trouble }
  /** No way would do better: SSH is broken, or what listens there hangs. */
  | { readonly kind: 'failed'; readonly why: Trouble };

const answer = (status: number, body: string, from: string): Attempt => ({
  kind: 'answer',
  // `/status` is 503 while weave is not ready, and so may a report be: only its body tells.
  ok: status < 400 || status === 503,
  body,
  problem: `${from} answered with HTTP status ${status} instead of a report`,
});

/** Through the SSH connection to a port of weave. */
export const byPort = async (tunnel: Tunnel, to: HostPort, { full, timeout }: Want): Promise<Attempt> => {
  const got = await tunnel.get(to, {
    path: full ? FULL_PATH : projectionPath,
    ...(full ? { headers: ACCEPT_JSON } : {}),
    timeout,
  });
  switch (got.kind) {
    case 'answered':
      return answer(got.status, got.body, hostPort(to));
    case 'closed-port':
      return { kind: got.prohibited ? 'blocked' : 'refused', why: got.why };
    case 'failed':
      // Something else listens there: not silence, and another port may be the right one.
      return got.why.layer === 'weave' && got.why.kind === 'protocol'
        ? { kind: 'answer', ok: false, body: '', problem: got.why.text }
        : { kind: 'failed', why: got.why };
  }
};

const trouble = (kind: Trouble['kind'], layer: Trouble['layer'], text: string): Trouble => ({
  kind,
  layer,
  text,
});

/** curl's exit codes (curl(1)): 7 could not connect, 28 timed out, 52 empty answer, 56 broke off. */
const CURL: Readonly<
  Record<number, readonly [Attempt['kind'] & ('refused' | 'failed'), Trouble['kind'], string]>
> = {
  7: ['refused', 'refused', 'refused the connection: weave does not listen there.'],
  28: ['failed', 'timeout', 'gave curl no answer in time: it hangs or is overloaded.'],
  52: ['failed', 'closed', 'hung up on curl without an answer.'],
  56: ['failed', 'closed', 'hung up on curl in the middle of the answer.'],
};

/** By curl on the host itself, from the first of these addresses where something listens. */
export const byCurl = async (
  shell: RemoteShell,
  addresses: readonly HostPort[],
  want: Want,
): Promise<Attempt> => {
  let refused: Attempt | null = null;
  for (const address of addresses) {
    const attempt = await curlOnce(shell, address, want);
    if (attempt.kind !== 'refused') return attempt;
    refused ??= attempt;
  }
  return refused ?? { kind: 'blocked', why: trouble('refused', 'weave', 'There is no address to ask.') };
};

const curlOnce = async (shell: RemoteShell, to: HostPort, want: Want): Promise<Attempt> => {
  const outcome = await shell.read(curlReport(to, want), { maxBytes: 20 * 1024 * 1024 });
  if (outcome.kind === 'unsent') {
    return { kind: outcome.why.kind === 'no-shell' ? 'blocked' : 'failed', why: outcome.why };
  }
  if (outcome.kind === 'lost') return { kind: 'failed', why: outcome.why };
  if (outcome.kind === 'killed') {
    return {
      kind: 'blocked',
      why: trouble('closed', 'ssh', `curl was killed by ${clean(outcome.signal, 40)}.`),
    };
  }
  const [, body, status] = /^([\s\S]*)\n(\d{3})\n$/.exec(outcome.stdout) ?? [];
  if (body === undefined || status === undefined) {
    if (outcome.code === 127)
      return { kind: 'blocked', why: trouble('protocol', 'ssh', 'The host has no curl.') };
    const said = withoutSecrets(clean((outcome.stdout || outcome.stderr).slice(0, 400), 160)) || 'nothing';
    const text = `This account can't run curl on the host (exit code ${outcome.code}; it said: ${said}).`;
    return { kind: 'blocked', why: trouble('no-shell', 'ssh', text) };
  }
  if (outcome.code === 0) return answer(Number(status), body, hostPort(to));
  const [kind, why, text] = CURL[outcome.code] ?? [
    'failed',
    'protocol',
    `gave curl an error (exit code ${outcome.code}).`,
  ];
  return { kind, why: trouble(why, 'weave', `${hostPort(to)} on the host ${text}`) };
};

/** By the `weave` script: slow, and it needs docker. */
export const byWeaveReport = async (shell: RemoteShell, peer: InventoryPeer): Promise<Attempt> => {
  const outcome = await shell.read(weaveReport(peer), { maxBytes: 20 * 1024 * 1024 });
  if (outcome.kind === 'unsent' || outcome.kind === 'lost') {
    return { kind: outcome.why.kind === 'no-shell' ? 'blocked' : 'failed', why: outcome.why };
  }
  if (outcome.kind === 'exited' && outcome.code === 0) {
    return {
      kind: 'answer',
      ok: true,
      body: outcome.stdout,
      problem: `${peer.weave} report printed no report`,
    };
  }
  if (outcome.kind === 'exited' && outcome.code === 7) {
    return {
      kind: 'refused',
      why: trouble(
        'refused',
        'weave',
        `weave does not run on ${peer.host} (weave report ended with exit code 7).`,
      ),
    };
  }
  const ended =
    outcome.kind === 'exited'
      ? `ended with exit code ${outcome.code}`
      : `was killed by ${clean(outcome.signal, 40)}`;
  const said = withoutSecrets(clean(outcome.stderr.slice(0, 400), 160));
  return {
    kind: 'blocked',
    why: trouble('protocol', 'weave', `\`weave report\` on ${peer.host} ${ended}${said ? `: ${said}` : ''}.`),
  };
};
