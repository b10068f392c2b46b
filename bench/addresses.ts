/** The loopback addresses of a cluster of `size` peers (at most 250); clusters of different sizes share none. */
export const addressesOf = (size: number): string[] =>
  Array.from({ length: size }, (_, index) => `127.0.${size}.${index + 1}`);
