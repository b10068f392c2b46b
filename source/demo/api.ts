import { parseTemplate, TemplateProblem } from './template.ts';
import { type GoValue, goJson } from './world/go-json.ts';
import { allocate, handOver, prime, takeOver } from './world/ipam.ts';
import { check } from './world/mesh.ts';
import { reportOf } from './world/report.ts';
import { type StatusPart, statusText } from './world/status-text.ts';
import type { Weaver } from './world/weaver.ts';
import type { World } from './world/world.ts';

/** Which of weave's two HTTP servers is asked: 6782 (`status`, looks only) or 6784 (`control`). */
export type Door = 'status' | 'control';

export type ApiRequest = {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly accept: string;
  readonly body: string;
};

export type ApiAnswer = { readonly status: number; readonly type: string; readonly body: string };

const text = (status: number, body: string): ApiAnswer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body,
});

const notFound = text(404, '404 page not found\n');

/** Templates that were read already: a console asks with the same one all the time. */
const templates = new Map<string, ReturnType<typeof parseTemplate>>();

const compiled = (format: string): ReturnType<typeof parseTemplate> => {
  const known = templates.get(format) ?? parseTemplate(format);
  if (templates.size > 50) templates.clear();
  templates.set(format, known);
  return known;
};

/** What `weave report` and `GET /report` give: all of it as JSON, or what a Go template makes of it. */
export const reportText = (world: World, weaver: Weaver, format: string | null): ApiAnswer => {
  const report: GoValue = reportOf(world, weaver);
  if (format === null) return { status: 200, type: 'application/json', body: goJson(report, '    ') };
  try {
    return text(200, compiled(format)(report));
  } catch (problem) {
    if (problem instanceof TemplateProblem) return text(400, `error: ${problem.message}\n`);
    throw problem;
  }
};

const metrics = (weaver: Weaver): string =>
  [
    '# HELP weave_connections Number of peer-to-peer connections.',
    '# TYPE weave_connections gauge',
    `weave_connections{state="established"} ${[...weaver.ends].filter(({ link }) => link.established).length}`,
    '# HELP weave_ips Number of IP addresses.',
    '# TYPE weave_ips gauge',
    `weave_ips{state="local-used"} ${[...weaver.allocated.values()].flat().length}`,
    '',
  ].join('\n');

const looking = (world: World, weaver: Weaver, request: ApiRequest, path: string): ApiAnswer | null => {
  if (request.method !== 'GET' && request.method !== 'HEAD') return null;
  if (path === '/report') {
    if (request.accept.includes('application/json')) return reportText(world, weaver, null);
    const formats = new URL(request.path, 'http://weave').searchParams.getAll('format');
    if (formats.length !== 1) return text(400, 'error: must supply one format parameter\n');
    return reportText(world, weaver, formats[0] as string);
  }
  if (path === '/metrics')
    return { ...text(200, metrics(weaver)), type: 'text/plain; version=0.0.4; charset=utf-8' };
  const part = /^\/status(?:\/(connections|peers|targets|ipam|dns))?$/.exec(path);
  if (part === null) return null;
  return text(200, statusText(reportOf(world, weaver), part[1] as StatusPart | undefined));
};

const peersOf = (body: string) => new URLSearchParams(body).getAll('peer');

/** `weave connect`: adds targets as they are typed, and tries the known ones at once. */
export const connectTo = (
  world: World,
  weaver: Weaver,
  peers: readonly string[],
  replace: boolean,
): string[] => {
  const unknown = peers.filter(
    (peer) => world.resolve(peer) === null && !/^\d+(\.\d+){3}(:\d+)?$/.test(peer),
  );
  if (unknown.length > 0) return unknown;
  if (replace) weaver.direct = [];
  weaver.direct = [...new Set([...weaver.direct, ...peers])];
  for (const peer of peers) {
    const target = weaver.targets.get(`${world.resolve(peer)?.address ?? peer}:6783`);
    if (target?.state === 'waiting' && target.tryAfter !== null) {
      target.tryAfter = world.now;
      target.tryInterval = 2000;
    }
  }
  check(world, weaver);
  return [];
};

/** `weave forget`: by the very string that is in Targets; anything else changes nothing, silently. */
export const forget = (world: World, weaver: Weaver, peers: readonly string[]): void => {
  weaver.direct = weaver.direct.filter((peer) => !peers.includes(peer));
  check(world, weaver);
};

/** Answers one request to a running weaver; null when the weaver ended before it could. */
export const answer = (
  world: World,
  weaver: Weaver,
  door: Door,
  request: ApiRequest,
): Promise<ApiAnswer | null> | ApiAnswer => {
  const path = request.path.replace(/\?.*$/s, '');
  const look = looking(world, weaver, request, path);
  if (look !== null) return look;
  if (door === 'status') return notFound;
  const { method } = request;
  if (method === 'GET' && path === '/ring')
    return new Promise((resolve) => prime(world, weaver, (done) => resolve(done ? text(204, '') : null)));
  if (method === 'POST' && path === '/connect') {
    const replace = new URLSearchParams(request.body).get('replace') === 'true';
    const unknown = connectTo(world, weaver, peersOf(request.body), replace);
    return unknown.length === 0
      ? text(200, '')
      : text(400, `${unknown.map((peer) => `lookup ${peer}: no such host`).join('\n')}\n`);
  }
  if (method === 'POST' && path === '/forget') {
    forget(world, weaver, peersOf(request.body));
    return text(200, '');
  }
  const allocation = /^\/ip\/([^/]+)$/.exec(path);
  if (method === 'POST' && allocation !== null) {
    const given = allocate(world, weaver, decodeURIComponent(allocation[1] as string));
    // A real weaver waits for space; for a simulated one that is a dead end.
    return given === 'waits' ? text(503, 'no free addresses\n') : text(200, given.address);
  }
  if (method === 'DELETE' && path === '/peer') {
    handOver(world, weaver);
    return text(204, '');
  }
  const peer = /^\/peer\/([^/]+)$/.exec(path);
  if (method === 'DELETE' && peer !== null) {
    const id = decodeURIComponent(peer[1] as string);
    return text(200, `${takeOver(world, weaver, id)} IPs taken over from ${id}\n`);
  }
  return notFound;
};
