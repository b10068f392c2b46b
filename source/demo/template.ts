import { fail, type Node, type Operand, run } from './template-run.ts';
import type { GoValue } from './world/go-json.ts';

export { TemplateProblem } from './template-run.ts';

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
