import type { Summary } from "./results.js";

const WIDTH = 560;
const HEIGHT = 320;
const MARGIN = { left: 56, right: 120, top: 24, bottom: 44 };
const STEPS = ["1", "2", "4", "8"] as const;
const TICKS = [1, 2, 5, 10, 20, 50, 100, 200];

/** Plots the Fréchet distance against the number of steps, with and without the consistency loss, as an SVG; both axes logarithmic. */
export function mscPlot(msc: Summary["msc"]): string {
  const values = Object.values({ ...msc.with, ...prefixed(msc.without) });
  const lowest = Math.min(...values) / 1.3;
  const highest = Math.max(...values) * 1.3;
  const x = (steps: string) =>
    MARGIN.left + (Math.log2(Number(steps)) / 3) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (fd: number) =>
    MARGIN.top +
    (Math.log(highest / fd) / Math.log(highest / lowest)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const curve = (points: Readonly<Record<string, number>>, label: string, colour: string) => {
    const known = STEPS.filter((steps) => points[steps] !== undefined);
    if (known.length === 0) return "";
    const places = known.map((steps) => `${x(steps).toFixed(1)},${y(points[steps]!).toFixed(1)}`);
    const dots = places.map(
      (place) => `<circle cx="${place.split(",")[0]}" cy="${place.split(",")[1]}" r="4"/>`,
    );
    const last = known.at(-1)!;
    return `<g fill="${colour}" stroke="none"><polyline points="${places.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>
${dots.join("")}<text x="${x(last) + 10}" y="${y(points[last]!) + 4}">${label}</text></g>`;
  };
  const bottom = HEIGHT - MARGIN.bottom;
  const stepTicks = STEPS.map(
    (steps) => `<text x="${x(steps)}" y="${bottom + 18}" text-anchor="middle">${steps}</text>`,
  );
  const fdTicks = TICKS.filter((tick) => tick > lowest && tick < highest).map(
    (
      tick,
    ) => `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(tick)}" y2="${y(tick)}" stroke="#ddd"/>
<text x="${MARGIN.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
${[...fdTicks, ...stepTicks].join("\n")}
<text x="${x("2") + 30}" y="${HEIGHT - 8}" text-anchor="middle">steps</text>
<text x="${MARGIN.left}" y="14">Fréchet distance to 25 guided steps</text>
${curve(msc.without, "without MSC", "#c2410c")}
${curve(msc.with, "with MSC", "#1d4ed8")}
</svg>
`;
}

const prefixed = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`without ${key}`, value]));
