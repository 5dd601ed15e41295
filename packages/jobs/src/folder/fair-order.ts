/** Jobs in the order in which they are run: clients take turns, and each client's jobs keep their order. */
export class FairOrder {
  /** By client, the next one first. */
  readonly #clients = new Map<string, string[]>();

  get size(): number {
    let size = 0;
    for (const ids of this.#clients.values()) size += ids.length;
    return size;
  }

  push(client: string, id: string): void {
    const ids = this.#clients.get(client);
    if (ids) ids.push(id);
    else this.#clients.set(client, [id]);
  }

  /** Takes out the next job that `isTaken` accepts. Its client is the last in turn afterwards. */
  next(isTaken: (id: string) => boolean): string | undefined {
    for (const [client, ids] of this.#clients) {
      const index = ids.findIndex(isTaken);
      if (index < 0) continue;
      const [id] = ids.splice(index, 1);
      this.#clients.delete(client);
      if (ids.length > 0) this.#clients.set(client, ids);
      return id;
    }
    return undefined;
  }

  remove(client: string, id: string): void {
    const ids = this.#clients.get(client) ?? [];
    const rest = ids.filter((other) => other !== id);
    if (rest.length > 0) this.#clients.set(client, rest);
    else this.#clients.delete(client);
  }
}
