const digits = (value: number, width: number) => String(value).padStart(width, '0');

/**
 * A time as Go's `time.Time.String` writes one that has a monotonic reading, e.g.
 * `2026-11-22 11:41:55.572750606 +0000 UTC m=+419.770369709`. Both arguments in ms; `wall` since 1970.
 */
export const goTime = (wall: number, sinceStart: number): string => {
  const nanos = (milliseconds: number) => Math.round((((milliseconds % 1000) + 1000) % 1000) * 1e6) % 1e9;
  const fraction = digits(nanos(wall), 9).replace(/0+$/, '');
  const seconds = new Date(Math.floor(wall / 1000) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  const monotonic = `${Math.floor(sinceStart / 1000)}.${digits(nanos(sinceStart), 9)}`;
  return `${seconds}${fraction === '' ? '' : `.${fraction}`} +0000 UTC m=+${monotonic}`;
};

/** The time stamp of a weave log line: `2026/11/22 12:23:19.338710`. */
export const goLogTime = (wall: number): string => {
  const iso = new Date(wall).toISOString();
  const micros = digits(Math.floor((wall * 1000) % 1000), 3);
  return `${iso.slice(0, 10).replaceAll('-', '/')} ${iso.slice(11, 23)}${micros}`;
};
