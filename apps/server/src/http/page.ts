import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/** Files whose names have the hash of their contents. */
const hashed = /[\\/]assets[\\/]/;

/** Serves the files of the page. The page itself is at /, which a route of its own serves. */
export async function addPage(app: FastifyInstance, root: string): Promise<void> {
  await app.register(fastifyStatic, {
    root,
    index: false,
    // A route for each file that there is: no path of a request reaches the file system.
    wildcard: false,
    cacheControl: false,
    schemaHide: true,
    setHeaders(response, path) {
      response.setHeader(
        "cache-control",
        hashed.test(path) ? "private, max-age=31536000, immutable" : "no-cache",
      );
      response.setHeader("x-content-type-options", "nosniff");
      response.setHeader("x-frame-options", "DENY");
      response.setHeader("referrer-policy", "no-referrer");
    },
  });
}
