import { type NumberSetting, type Range, ranges, type Settings } from "../state/settings.js";
import { hiresRange } from "../state/size-limits.js";
import { Segments, Slider, Switch } from "./field.js";

interface Props {
  readonly settings: Settings;
  /** Pixels that a side may have. */
  readonly sides: Range;
  edit(change: Partial<Settings>): void;
}

const upscalers = [
  { value: "latent", label: "Latent" },
  { value: "lanczos", label: "Lanczos" },
] as const;

/** The second run over the enlarged image. */
export function HiresFields({ settings, sides, edit }: Props) {
  const { width, height, hires, hiresScale, hiresUpscaler } = settings;
  const slider = (key: NumberSetting, label: string, range: Range = ranges[key]) => (
    <Slider label={label} value={settings[key]} range={range} onChange={(value) => edit({ [key]: value })} />
  );
  const side = (size: number) => Math.floor((size * hiresScale) / 8) * 8;
  return (
    <fieldset class="comparisons" aria-label="Hires">
      <Switch
        label={`Enlarge in a second run${hires ? `, to ${side(width)} × ${side(height)}` : ""}`}
        checked={hires}
        hint="Hires. fix: details at a size that the model is not made for"
        onChange={(hires) => edit({ hires })}
      />
      {hires && (
        <>
          {slider("hiresScale", "Hires scale", hiresRange(settings, sides))}
          {slider("hiresStrength", "Hires strength")}
          {slider("hiresSteps", "Hires steps (0: as above)")}
          <Segments
            label="Hires upscaler"
            value={hiresUpscaler}
            options={upscalers}
            onChange={(hiresUpscaler) => edit({ hiresUpscaler })}
          />
        </>
      )}
    </fieldset>
  );
}
