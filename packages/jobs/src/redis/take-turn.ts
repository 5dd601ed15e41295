import type { Redis } from "ioredis";
import { keys } from "./keys.js";

/** BullMQ's largest priority; smaller ones are served first. */
const LAST_TURN = 2 ** 21 - 1;

/**
 * Start-time fair queueing (Goyal et al. 1996) with jobs of equal length: a client's next turn is after its last and not
 * before the one being served. An empty queue begins anew.
 */
const script = `
if ARGV[2] == "0" then redis.call("DEL", KEYS[1]) end
local served = tonumber(redis.call("HGET", KEYS[1], "")) or 0
local last = tonumber(redis.call("HGET", KEYS[1], ARGV[1])) or 0
local turn = math.max(served, last) + 1
redis.call("HSET", KEYS[1], ARGV[1], turn)
return turn`;

/** Returns the priority of a client's next job; `waiting`: jobs that wait in the queue. */
export async function takeTurn(
  redis: Redis,
  queue: string,
  client: string,
  waiting: number,
): Promise<number> {
  const turn = await redis.eval(script, 1, keys.turns(queue), `client ${client}`, waiting);
  return Math.min(Number(turn), LAST_TURN);
}

/** Notes the turn of a job that is begun. */
export async function serveTurn(redis: Redis, queue: string, turn: number): Promise<void> {
  await redis.hset(keys.turns(queue), "", turn);
}
