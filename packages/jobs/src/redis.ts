export { openRedisQueue, type RedisQueueOptions } from "./redis/redis-queue.js";
