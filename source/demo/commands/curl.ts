import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ApiAnswer, answer, type Door } from '../api.ts';
import type { Machine } from '../machine/machine.ts';
import { runningOn } from '../world/weaver.ts';
import { type Result, result, type StandIn } from './command.ts';

type Asked = {
  url: string;
  method: string | null;
  accept: string;
  data: string[];
  maxTime: number | null;
  connectTime: number | null;
  verbose: boolean;
  output: string | null;
  writeOut: string;
  silent: boolean;
  showError: boolean;
  fail: boolean;
  include: boolean;
  get: boolean;
};

const longNames: Record<string, string> = {
  '--request': '-X',
  '--header': '-H',
  '--data': '-d',
  '--data-urlencode': '--data-urlencode',
  '--max-time': '-m',
  '--output': '-o',
  '--write-out': '-w',
  '--silent': '-s',
  '--show-error': '-S',
  '--fail': '-f',
  '--include': '-i',
  '--get': '-G',
};

const flags = [
  '-s',
  '-S',
  '-f',
  '-i',
  '-G',
  '-g',
  '--globoff',
  '-L',
  '--location',
  '--compressed',
  '-q',
  '-v',
  '--http1.1',
  '-4',
];

const encode = (text: string): string => {
  const [name, value] = text.split(/=(.*)/s) as [string, string | undefined];
  return value === undefined
    ? encodeURIComponent(text)
    : `${name === '' ? '' : `${name}=`}${encodeURIComponent(value)}`;
};

const read = (args: readonly string[]): Asked => {
  const asked: Asked = {
    url: '',
    method: null,
    accept: '*/*',
    data: [],
    maxTime: null,
    connectTime: null,
    verbose: false,
    output: null,
    writeOut: '',
    silent: false,
    showError: false,
    fail: false,
    include: false,
    get: false,
  };
  // `-sS` is `-s -S`; `-m5` is `-m 5`.
  const list = args.flatMap((arg) => {
    if (arg.startsWith('--') || !/^-[a-zA-Z]{2,}$/.test(arg)) return [arg];
    const letters = [...arg.slice(1)].map((letter) => `-${letter}`);
    return letters.every((flag, index) => flags.includes(flag) || index === letters.length - 1)
      ? letters
      : [arg];
  });
  for (let index = 0; index < list.length; index++) {
    const raw = list[index] as string;
    const [long, joined] = raw.startsWith('--')
      ? (raw.split(/=(.*)/s, 2) as [string, string | undefined])
      : [raw, undefined];
    const flag = longNames[long] ?? long;
    if (flag === '-s') asked.silent = true;
    else if (flag === '-S') asked.showError = true;
    else if (flag === '-f') asked.fail = true;
    else if (flag === '-i') asked.include = true;
    else if (flag === '-G') asked.get = true;
    else if (flag === '-v') asked.verbose = true;
    else if (flags.includes(flag)) continue;
    else if (!flag.startsWith('-')) asked.url = flag;
    else {
      const value = joined ?? list[++index] ?? '';
      if (flag === '-X') asked.method = value;
      else if (flag === '-d') asked.data.push(value);
      else if (flag === '--data-urlencode') asked.data.push(encode(value));
      else if (flag === '-m') asked.maxTime = Number(value);
      else if (flag === '--connect-timeout') asked.connectTime = Number(value);
      else if (flag === '-o') asked.output = value;
      else if (flag === '-w') asked.writeOut = value;
      else if (flag === '-H' && /^accept:/i.test(value)) asked.accept = value.slice(7).trim();
    }
  }
  return asked;
};

/** Ports of weave on this host. */
const door = (host: string, port: string): Door | null => {
  if (host !== '127.0.0.1' && host !== 'localhost') return null;
  return port === '6782' ? 'status' : port === '6784' ? 'control' : null;
};

/**
 * `curl telnet://HOST:PORT`: whether a TCP connection comes about, in curl 7.88's words. Of other hosts only weave's own
 * port is known; nothing listens there without a running weaver, and a hung one still accepts.
 */
const knock = async (machine: Machine, asked: Asked, name: string, port: string): Promise<Result> => {
  const { world, host } = machine;
  const said = (code: number, notes: string[], error: string): Result =>
    result(
      code,
      '',
      (asked.verbose ? [...notes, 'Closing connection 0'].map((note) => `* ${note}\n`).join('') : '') +
        (asked.silent && !asked.showError ? '' : `curl: (${code}) ${error}\n`),
    );
  const there = name === 'localhost' ? host : world.resolve(name);
  const limit = Math.min(asked.connectTime ?? 300, asked.maxTime ?? 300) * 1000;
  if (there === null && !/^[\d.]+$/.test(name))
    return said(6, [`Could not resolve host: ${name}`], `Could not resolve host: ${name}`);
  const address = there?.address ?? name;
  if (there === null || (there !== host && !world.reaches(host.id, there.id))) {
    await machine.sleep(limit);
    const late = `Failed to connect to ${name} port ${port} after ${limit} ms: Timeout was reached`;
    return said(28, [`  Trying ${address}:${port}...`, late], late);
  }
  if (port !== '6783' || runningOn(there) === null) {
    const refused = `Failed to connect to ${name} port ${port} after 0 ms: Couldn't connect to server`;
    const why = `connect to ${address} port ${port} failed: Connection refused`;
    return said(7, [`  Trying ${address}:${port}...`, why, refused], refused);
  }
  // The weaver says nothing before it is greeted, so this ends by its own time.
  await machine.sleep(asked.maxTime === null ? 0 : asked.maxTime * 1000);
  const quiet = `Operation timed out after ${(asked.maxTime ?? 0) * 1000} milliseconds with 0 bytes received`;
  return said(
    28,
    [`  Trying ${address}:${port}...`, `Connected to ${name} (${address}) port ${port} (#0)`, 'Time-out'],
    quiet,
  );
};

/** curl, for weave's own ports. */
export const curl: StandIn = async ({ machine }, args) => {
  const { world, host } = machine;
  const asked = read(args);
  const phoned = /^telnet:\/\/([^:/]+):(\d+)$/.exec(asked.url);
  if (phoned !== null) return knock(machine, asked, phoned[1] as string, phoned[2] as string);
  const where = /^(?:http:\/\/)?([^:/]+)(?::(\d+))?(\/[^#]*)?$/.exec(asked.url);
  const begun = world.now;
  const error = (code: number, text: string): Result => {
    const written = asked.writeOut.replaceAll('%{http_code}', '000').replaceAll('\\n', '\n');
    return result(code, written, asked.silent && !asked.showError ? '' : `curl: (${code}) ${text}\n`);
  };
  if (where === null) return error(3, 'URL using bad/illegal format or missing URL');
  const [, name = '', port = '80', path = '/'] = where;
  const opened = door(name, port);
  const weaver = runningOn(host);
  if (opened === null || weaver === null)
    return error(7, `Failed to connect to ${name} port ${port} after 0 ms: Couldn't connect to server`);
  const body = asked.data.join('&');
  const query = asked.get && body !== '' ? `${path}${path.includes('?') ? '&' : '?'}${body}` : path;
  const method = asked.method ?? (body === '' || asked.get ? 'GET' : 'POST');
  const said = await Promise.race([
    (async (): Promise<ApiAnswer | null> => {
      while (weaver.hung) await machine.sleep(200);
      if (!weaver.running) return null;
      return answer(world, weaver, opened, {
        method,
        path: query,
        accept: asked.accept,
        body: asked.get ? '' : body,
      });
    })(),
    new Promise<'late'>((resolve) => {
      if (asked.maxTime !== null) world.after(asked.maxTime * 1000, () => resolve('late'));
    }),
  ]);
  if (said === 'late')
    return error(
      28,
      `Operation timed out after ${Math.round(world.now - begun)} milliseconds with 0 bytes received`,
    );
  if (said === null) return error(52, 'Empty reply from server');
  if (asked.fail && said.status >= 400) return error(22, `The requested URL returned error: ${said.status}`);
  const head = asked.include
    ? `HTTP/1.1 ${said.status} ${said.status < 400 ? 'OK' : 'Error'}\r\nContent-Type: ${said.type}\r\n\r\n`
    : '';
  const written = asked.writeOut
    .replaceAll('%{http_code}', String(said.status))
    .replaceAll('%{size_download}', String(Buffer.byteLength(said.body)))
    .replaceAll('%{content_type}', said.type)
    .replaceAll('%{time_total}', '0.001500')
    .replaceAll('\\n', '\n');
  if (asked.output === null) return result(0, head + said.body + written);
  if (asked.output !== '/dev/null')
    writeFileSync(resolve(machine.files.root, asked.output), head + said.body);
  return result(0, written);
};
