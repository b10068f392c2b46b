import type { HostPort, InventoryPeer } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Command } from './command.ts';

/**
 * A Go text/template that makes weave print only what the grid needs of its report, as JSON. Left out: Peers[].UID and
 * Peers[].Connections, the part that grows with the square of the cluster. Seen to work on weave 2.8.1, ports 6782 and 6784.
 */
export const PROJECTION: string = [
  '{"Ready":{{json .Ready}},"Version":{{json .Version}},"Router":{',
  '"Name":{{json .Router.Name}},',
  '"NickName":{{json .Router.NickName}},',
  '"Encryption":{{json .Router.Encryption}},',
  '"ProtocolMinVersion":{{json .Router.ProtocolMinVersion}},',
  '"ProtocolMaxVersion":{{json .Router.ProtocolMaxVersion}},',
  '"PeerDiscovery":{{json .Router.PeerDiscovery}},',
  '"TerminationCount":{{json .Router.TerminationCount}},',
  '"Targets":{{json .Router.Targets}},',
  '"Connections":{{json .Router.Connections}},',
  '"Peers":[{{range $i, $p := .Router.Peers}}{{if $i}},{{end}}{"Name":{{json $p.Name}},"NickName":{{json $p.NickName}}}{{end}}',
  ']},"IPAM":{{json .IPAM}}}',
].join('');

/** Weave answers JSON to this header, and an error to a request with neither it nor a format. */
export const ACCEPT_JSON: Readonly<Record<string, string>> = { Accept: 'application/json' };

/** The whole report; ask with `ACCEPT_JSON`. */
export const FULL_PATH = '/report';

/** The projection; ask without an Accept header, or weave ignores the format. */
export const projectionPath = `/report?format=${encodeURIComponent(PROJECTION)}`;

/** `127.0.0.1:6784`, `[::1]:6784`. */
export const hostPort = (to: HostPort): string =>
  to.host.includes(':') ? `[${to.host}]:${to.port}` : `${to.host}:${to.port}`;

/**
 * GET /report by curl on the host. Its last line is the HTTP status (000 without an answer) whatever happened, so output
 * without that line did not come from curl. Neither ~/.curlrc nor a proxy of the environment is used.
 */
export const curlReport = (
  to: HostPort,
  options: { readonly full: boolean; readonly timeout: Millis },
): Command<'reads'> => ({
  name: 'report-by-curl',
  script: `exec curl -q -sS -g --noproxy '*' --max-time "$1" -H "$2" -w '\\n%{http_code}\\n' "$3"`,
  args: [
    String(Math.max(1, Math.ceil(options.timeout / 1000))),
    options.full ? 'Accept: application/json' : 'Accept:',
    `http://${hostPort(to)}${options.full ? FULL_PATH : projectionPath}`,
  ],
  effect: 'reads',
  timeout: options.timeout + 2_000,
  privileged: false,
});

/**
 * `weave report` by the script, the last resort: each run starts a privileged container. Exit 7: weave does not run;
 * 125 and 126: docker is not there or not for this user; 127: no such script (seen with weave 2.8.1).
 */
export const weaveReport = (peer: InventoryPeer): Command<'reads'> => ({
  name: 'weave-report',
  script: 'WEAVE_HTTP_ADDR=$2; export WEAVE_HTTP_ADDR; exec "$1" report',
  args: [peer.weave, hostPort(peer.controlAddress)],
  effect: 'reads',
  timeout: 20_000,
  privileged: true,
});
