import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";

export interface TestProxy {
  readonly address: string;
  /** Hosts that were asked for. */
  readonly tunnels: string[];
  close(): Promise<void>;
}

/** Starts a proxy that opens tunnels (CONNECT, RFC 9110 section 9.3.6), or answers all requests for them with `status`. */
export async function startProxy(status = 200): Promise<TestProxy> {
  const tunnels: string[] = [];
  const server = createServer();
  server.on("connect", (request, client) => {
    const { host, hostname, port } = new URL(`http://${request.url}`);
    tunnels.push(host);
    client.on("error", () => undefined);
    if (status !== 200) return void client.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`);
    const upstream = connect(Number(port), hostname, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on("error", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
