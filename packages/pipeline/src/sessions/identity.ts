const identities = new WeakMap<object, number>();
let count = 0;

/** Numbers objects, each with its own number, for keys that must tell apart what was loaded from different files. */
export function identityOf(object: object): number {
  const known = identities.get(object) ?? ++count;
  identities.set(object, known);
  return known;
}
