// The distances to drawings, as Markdown.
import type { DrawingDistances } from "../claims/drawings.js";
import { NETWORKS } from "../features/feature-network.js";
import { distance, interval, table } from "./format.js";

export function drawingsTable({ images, sets }: DrawingDistances): string {
  const rows = Object.entries(sets).map(([name, fd]) => [
    name,
    ...NETWORKS.map((network) => interval(fd[network], distance)),
  ]);
  return table([`${images} images`, ...NETWORKS.map((network) => `FD to drawings, ${network}`)], rows);
}
