// Ways for the test server to misbehave.

import { type Fault, send } from "./hub-server.js";

/** Sends the first `bytes` of the body and, when they have had `milliseconds` to arrive, cuts the connection. */
export function cut(on: RegExp, bytes: number, times = 1, milliseconds = 150): Fault {
  return {
    on,
    times,
    act(response, { status, headers, body }) {
      response.writeHead(status, { "content-length": String(body.length), ...headers });
      response.write(body.subarray(0, bytes), () => setTimeout(() => response.destroy(), milliseconds));
    },
  };
}

/** Sends the first `bytes` of the body and then nothing. */
export function stall(on: RegExp, bytes: number, times = 1): Fault {
  return {
    on,
    times,
    act(response, { status, headers, body }) {
      response.writeHead(status, { "content-length": String(body.length), ...headers });
      response.write(body.subarray(0, bytes));
    },
  };
}

/** Sends the body in small pieces, one every `milliseconds`. */
export function slow(on: RegExp, pieces: number, milliseconds: number, times = 1): Fault {
  return {
    on,
    times,
    act(response, { status, headers, body }) {
      response.writeHead(status, { "content-length": String(body.length), ...headers });
      const size = Math.ceil(body.length / pieces);
      let sent = 0;
      const next = () => {
        if (sent >= body.length || response.destroyed) return response.end();
        response.write(body.subarray(sent, sent + size));
        sent += size;
        setTimeout(next, milliseconds);
      };
      next();
    },
  };
}

/** Flips one bit in the middle. */
export function corrupt(on: RegExp, times = 1): Fault {
  return {
    on,
    times,
    act(response, answer) {
      const body = Buffer.from(answer.body);
      const middle = body.length >> 1;
      body[middle] = body[middle]! ^ 1;
      send(response, { ...answer, body });
    },
  };
}

export function status(on: RegExp, code: number, headers: Record<string, string> = {}, times = 1): Fault {
  return { on, times, act: (response) => send(response, { status: code, headers, body: Buffer.from("no") }) };
}

export function redirect(on: RegExp, location: string, times = 1): Fault {
  return status(on, 302, { location }, times);
}

/** Sends other bytes than the server would, with headers of their own. */
export function instead(on: RegExp, body: Buffer, headers: Record<string, string> = {}, times = 1): Fault {
  return { on, times, act: (response) => send(response, { status: 200, headers, body }) };
}
