/** As much of JSON Schema as ours uses; a keyword that is not known here is an error, never ignored. */
type Schema = {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
};

const typeOf = (value: unknown): readonly string[] => {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  if (Number.isInteger(value)) return ['integer', 'number'];
  return [typeof value];
};

type Check = (value: unknown, schema: Schema, path: string) => readonly string[];

const says =
  (wrong: (value: unknown, schema: Schema) => boolean, what: string): Check =>
  (value, schema, path) =>
    wrong(value, schema) ? [`${path}: ${JSON.stringify(value)?.slice(0, 80)} ${what}`] : [];

const nothing: Check = () => [];

const checks: Readonly<Record<keyof Schema, Check>> = {
  $schema: nothing,
  title: nothing,
  description: nothing,
  // Ours always has a pattern beside it.
  format: nothing,
  type: says((value, { type = [] }) => {
    const allowed = typeof type === 'string' ? [type] : type;
    return !typeOf(value).some((one) => allowed.includes(one));
  }, 'has another type'),
  const: says((value, schema) => value !== schema.const, 'is not the constant'),
  enum: says((value, schema) => schema.enum?.includes(value) !== true, 'is none of the words'),
  minimum: says((value, { minimum = 0 }) => typeof value === 'number' && value < minimum, 'is too small'),
  maximum: says((value, { maximum = 0 }) => typeof value === 'number' && value > maximum, 'is too big'),
  pattern: says(
    (value, { pattern = '' }) => typeof value === 'string' && !new RegExp(pattern, 'u').test(value),
    'does not match',
  ),
  anyOf: (value, { anyOf = [] }, path) => {
    const each = anyOf.map((one) => violations(value, one, path));
    return each.some((one) => one.length === 0) ? [] : each.flat();
  },
  required: (value, { required = [] }, path) =>
    required.filter((key) => !Object.hasOwn(value as object, key)).map((key) => `${path}.${key}: missing`),
  properties: (value, { properties = {} }, path) =>
    Object.entries(value as object).flatMap(([key, item]) => {
      const schema = Object.hasOwn(properties, key) ? properties[key] : undefined;
      return schema === undefined
        ? [`${path}.${key}: not in the schema`]
        : violations(item, schema, `${path}.${key}`);
    }),
  items: (value, { items = {} }, path) =>
    (value as unknown[]).flatMap((item, index) => violations(item, items, `${path}[${index}]`)),
};

/** What in `value` breaks the schema, and properties the schema does not name; empty when it keeps to it. */
export const violations: Check = (value, schema, path) => {
  const ofType = 'type' in schema ? checks.type(value, schema, path) : [];
  if (ofType.length > 0) return ofType;
  return (Object.keys(schema) as (keyof Schema)[]).flatMap((keyword) => {
    const check = checks[keyword];
    if (check === undefined) throw new Error(`${path}: the schema has the unknown keyword ${keyword}`);
    // With several types, `properties` and `items` speak of one of them.
    if ((keyword === 'properties' || keyword === 'required') && typeOf(value)[0] !== 'object') return [];
    if (keyword === 'items' && !Array.isArray(value)) return [];
    return check(value, schema, path);
  });
};
