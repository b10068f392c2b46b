import { type GoValue, goJson } from './world/go-json.ts';

/** A template that Go's text/template would refuse, or that fails on these data; `message` is as Go words it. */
export class TemplateProblem extends Error {}

export const fail = (text: string): never => {
  throw new TemplateProblem(`template: :1: ${text}`);
};

export type Operand =
  | { readonly kind: 'path'; readonly variable: string | null; readonly fields: readonly string[] }
  | { readonly kind: 'literal'; readonly value: GoValue }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Operand[] };

export type Node =
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

/** Runs a template on a value. */
export const run = (nodes: readonly Node[], root: GoValue): string => {
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
