import { type GoValue, goJson } from './world/go-json.ts';

/** A template that Go's text/template would refuse, or that fails on these data; `message` is as Go words it. */
export class TemplateProblem extends Error {}

type Operand =
  | { readonly kind: 'path'; readonly variable: string | null; readonly fields: readonly string[] }
  | { readonly kind: 'literal'; readonly value: GoValue }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Operand[] };

type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly value: Operand; readonly source: string }
  | { readonly kind: 'set'; readonly variable: string; readonly value: Operand }
  | {
      readonly kind: 'if' | 'with';
      readonly value: Operand;
      readonly yes: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | {
      readonly kind: 'range';
      readonly index: string | null;
      readonly item: string | null;
      readonly value: Operand;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    };

const fail = (text: string): never => {
  throw new TemplateProblem(`template: :1: ${text}`);
};

const wordPattern = /\s*("(?:[^"\\]|\\.)*"|`[^`]*`|-?\d+(?:\.\d+)?|[()|,]|:=|\$?\w*(?:\.\w+)*\.?)/y;

const words = (source: string): string[] => {
  const found: string[] = [];
  wordPattern.lastIndex = 0;
  while (wordPattern.lastIndex < source.trimEnd().length) {
    const match = wordPattern.exec(source);
    if (match === null || match[1] === '')
      return fail(`unexpected ${JSON.stringify(source.trim())} in operand`);
    found.push(match[1] as string);
  }
  return found;
};

const operand = (word: string): Operand => {
  if (/^["`]/.test(word))
    return {
      kind: 'literal',
      value: word.startsWith('`') ? word.slice(1, -1) : (JSON.parse(word) as string),
    };
  if (/^-?\d/.test(word)) return { kind: 'literal', value: Number(word) };
  if (word === 'true' || word === 'false') return { kind: 'literal', value: word === 'true' };
  if (word === 'nil') return { kind: 'literal', value: null };
  if (word.startsWith('$')) {
    const [variable, ...fields] = word.slice(1).split('.');
    return { kind: 'path', variable: variable as string, fields: fields.filter((field) => field !== '') };
  }
  if (word.startsWith('.'))
    return { kind: 'path', variable: null, fields: word.split('.').filter((field) => field !== '') };
  return { kind: 'call', name: word, args: [] };
};

/** `printf "%s" .A | json`: the result of each stage is the last argument of the next. */
const pipeline = (list: readonly string[]): Operand => {
  let position = 0;
  const stage = (): Operand => {
    const args: Operand[] = [];
    while (position < list.length && list[position] !== '|' && list[position] !== ')') {
      const word = list[position++] as string;
      if (word !== '(') args.push(operand(word));
      else {
        args.push(whole());
        if (list[position++] !== ')') fail('unclosed left paren');
      }
    }
    const [head, ...rest] = args;
    if (head === undefined) return fail('missing value for command');
    if (head.kind === 'call') return { ...head, args: [...head.args, ...rest] };
    return rest.length === 0 ? head : fail(`can't give argument to non-function ${list[0]}`);
  };
  const whole = (): Operand => {
    let value = stage();
    while (list[position] === '|') {
      position++;
      const next = stage();
      if (next.kind !== 'call') return fail('non executable command in pipeline');
      value = { ...next, args: [...next.args, value] };
    }
    return value;
  };
  const value = whole();
  return position === list.length ? value : fail(`unexpected ${list[position]} in command`);
};

type Piece = { readonly text: string } | { readonly action: string };

const pieces = (template: string): Piece[] => {
  const found: Piece[] = [];
  let rest = template;
  for (let open = rest.indexOf('{{'); open >= 0; open = rest.indexOf('{{')) {
    const close = rest.indexOf('}}', open);
    if (close < 0) return fail('unclosed action');
    let before = rest.slice(0, open);
    let action = rest.slice(open + 2, close);
    rest = rest.slice(close + 2);
    if (/^-\s/.test(action)) [before, action] = [before.trimEnd(), action.slice(1)];
    if (/\s-$/.test(action)) [rest, action] = [rest.trimStart(), action.slice(0, -1)];
    found.push({ text: before }, { action: action.trim() });
  }
  found.push({ text: rest });
  return found.filter((piece) => !('text' in piece && piece.text === ''));
};

/** Reads a template once, so that it can be run on many values. Throws TemplateProblem. */
export const parseTemplate = (template: string): ((root: GoValue) => string) => {
  const queue = pieces(template);
  const block = (inside: string | null): { nodes: Node[]; end: string } => {
    const nodes: Node[] = [];
    for (let piece = queue.shift(); piece !== undefined; piece = queue.shift()) {
      if ('text' in piece) {
        nodes.push({ kind: 'text', text: piece.text });
        continue;
      }
      const { action } = piece;
      if (action.startsWith('/*')) continue;
      const [head, ...tail] = words(action);
      if (head === undefined) return fail('missing value for command');
      if (head === 'end' || head === 'else') {
        if (inside === null) return fail(`unexpected {{${head}}}`);
        return { nodes, end: action };
      }
      if (head === 'if' || head === 'with' || head === 'range') nodes.push(branch(head, tail));
      else if (tail[0] === ':=' && head.startsWith('$'))
        nodes.push({ kind: 'set', variable: head.slice(1), value: pipeline(tail.slice(1)) });
      else nodes.push({ kind: 'print', value: pipeline([head, ...tail]), source: action });
    }
    if (inside !== null) return fail('unexpected EOF');
    return { nodes, end: '' };
  };
  const branch = (kind: 'if' | 'with' | 'range', list: readonly string[]): Node => {
    const assign = list.indexOf(':=');
    const names = kind === 'range' && assign > 0 ? list.slice(0, assign).filter((word) => word !== ',') : [];
    const value = pipeline(kind === 'range' && assign > 0 ? list.slice(assign + 1) : list);
    const first = block(kind);
    let otherwise: readonly Node[] = [];
    if (/^else\s+if\s/.test(first.end)) otherwise = [branch('if', words(first.end).slice(2))];
    else if (first.end === 'else') otherwise = block(kind).nodes;
    if (kind !== 'range') return { kind, value, yes: first.nodes, otherwise };
    const [index, item] = names.length === 2 ? names : [undefined, names[0]];
    return {
      kind,
      index: index?.slice(1) ?? null,
      item: item?.slice(1) ?? null,
      value,
      body: first.nodes,
      otherwise,
    };
  };
  const { nodes } = block(null);
  return (root) => run(nodes, root);
};

const truth = (value: GoValue | undefined): boolean => {
  if (value === null || value === undefined || value === false || value === '' || value === 0 || value === 0n)
    return false;
  return !(Array.isArray(value) && value.length === 0);
};

/** How fmt's %v prints a value. */
const plain = (value: GoValue | undefined): string => {
  if (value === undefined) return '<no value>';
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(plain).join(' ')}]`;
  if (typeof value === 'object') return `{${Object.values(value).map(plain).join(' ')}}`;
  return String(value);
};

const sprintf = (format: string, args: readonly GoValue[]): string => {
  let used = 0;
  return format.replace(/%(-?)(\d*)([vsdq%])/g, (_all, left: string, width: string, verb: string) => {
    if (verb === '%') return '%';
    const value = args[used++];
    const text = verb === 'q' ? JSON.stringify(plain(value)) : plain(value);
    return left === '-' ? text.padEnd(Number(width)) : text.padStart(Number(width));
  });
};

const functions: Record<string, (args: readonly GoValue[]) => GoValue> = {
  json: ([value]) => goJson(value ?? null),
  len: ([value]) =>
    Array.isArray(value) || typeof value === 'string' ? value.length : fail('error calling len'),
  eq: ([first, ...rest]) => rest.some((one) => one === first),
  ne: ([first, second]) => first !== second,
  not: ([value]) => !truth(value),
  and: (args) => args.find((one) => !truth(one)) ?? args.at(-1) ?? null,
  or: (args) => args.find(truth) ?? args.at(-1) ?? null,
  printf: ([format, ...args]) => sprintf(String(format), args),
  print: (args) => args.map(plain).join(''),
  println: (args) => `${args.map(plain).join(' ')}\n`,
  index: ([list, key]) => (list as readonly GoValue[] | null)?.[Number(key)] ?? fail('index out of range'),
  join: ([list, by]) => ((list ?? []) as readonly string[]).join(String(by)),
  upper: ([value]) => String(value).toUpperCase(),
  lower: ([value]) => String(value).toLowerCase(),
};

const run = (nodes: readonly Node[], root: GoValue): string => {
  const evaluate = (value: Operand, dot: GoValue, scope: ReadonlyMap<string, GoValue>): GoValue => {
    if (value.kind === 'literal') return value.value;
    if (value.kind === 'call') {
      const call = functions[value.name];
      if (call === undefined) return fail(`function ${JSON.stringify(value.name)} not defined`);
      return call(value.args.map((one) => evaluate(one, dot, scope)));
    }
    const start = value.variable === null ? dot : value.variable === '' ? root : scope.get(value.variable);
    if (start === undefined) return fail(`undefined variable "$${value.variable}"`);
    return value.fields.reduce<GoValue>((at, field) => {
      if (at === null) return fail(`nil pointer evaluating .${field}`);
      if (typeof at !== 'object' || Array.isArray(at) || !(field in at))
        return fail(`can't evaluate field ${field} in type ${typeof at}`);
      return (at as { readonly [key: string]: GoValue })[field] as GoValue;
    }, start);
  };
  const walk = (list: readonly Node[], dot: GoValue, outer: ReadonlyMap<string, GoValue>): string => {
    const scope = new Map(outer);
    let text = '';
    for (const node of list) {
      if (node.kind === 'text') text += node.text;
      else if (node.kind === 'print') text += plain(evaluate(node.value, dot, scope));
      else if (node.kind === 'set') scope.set(node.variable, evaluate(node.value, dot, scope));
      else if (node.kind === 'range') text += repeat(node, dot, scope);
      else {
        const value = evaluate(node.value, dot, scope);
        const chosen = truth(value) ? node.yes : node.otherwise;
        text += walk(chosen, node.kind === 'with' && truth(value) ? value : dot, scope);
      }
    }
    return text;
  };
  const repeat = (
    node: Extract<Node, { kind: 'range' }>,
    dot: GoValue,
    scope: ReadonlyMap<string, GoValue>,
  ): string => {
    const value = evaluate(node.value, dot, scope);
    if (!truth(value)) return walk(node.otherwise, dot, scope);
    const entries: (readonly [GoValue, GoValue])[] = Array.isArray(value)
      ? value.map((item: GoValue, index) => [index, item] as const)
      : typeof value === 'object'
        ? Object.entries(value as { readonly [key: string]: GoValue })
        : fail(`range can't iterate over ${plain(value)}`);
    return entries
      .map(([index, item]) => {
        const inner = new Map(scope);
        if (node.index !== null) inner.set(node.index, index);
        if (node.item !== null) inner.set(node.item, item);
        return walk(node.body, item, inner);
      })
      .join('');
  };
  return walk(nodes, root, new Map());
};
