/**
 * A function that reads something of a value once and remembers it for as long as the value lives. For values that never
 * change, such as views and reports, of which all peers are asked about all others.
 */
export const once = <Value extends object, Read>(read: (value: Value) => Read): ((value: Value) => Read) => {
  const known = new WeakMap<Value, { readonly read: Read }>();
  return (value) => {
    const found = known.get(value) ?? { read: read(value) };
    known.set(value, found);
    return found.read;
  };
};
