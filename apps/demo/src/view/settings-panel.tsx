import type { Controller } from "../control/controller.js";
import { type AppState, accelerationOf, modelInfo } from "../state/app-state.js";
import { methodChoices, methodOf } from "../state/few-step-method.js";
import { negativeChoices } from "../state/negative-method.js";
import { schedulers } from "../state/schedulers.js";
import { type NumberSetting, ranges, rollSeed } from "../state/settings.js";
import { isFarFrom, sideRange } from "../state/size-limits.js";
import { NumberInput, Segments, Select, Slider, Switch } from "./field.js";
import { HiresFields } from "./hires-fields.js";
import { IconButton } from "./icon-button.js";

interface Props {
  readonly state: AppState;
  readonly controller: Controller;
}

const schedulerOptions = [
  { value: "", label: "Model default" },
  ...Object.entries(schedulers).map(([value, label]) => ({ value, label })),
];

export function SettingsPanel({ state, controller }: Props) {
  const { settings, abilities } = state;
  const acceleration = accelerationOf(state);
  const accelerated = settings.accelerated && acceleration !== undefined;
  const methods = modelInfo(state)?.methods ?? [];
  const method = accelerated ? undefined : methodOf(settings.method, methods);
  const number = (key: NumberSetting, label: string) => ({
    label,
    value: settings[key],
    range: ranges[key],
    onChange: (value: number) => controller.edit({ [key]: value }),
  });
  return (
    <section class="panel" aria-label="Settings">
      {abilities.sampling && <SamplingField state={state} controller={controller} />}
      {!accelerated && methods.length > 0 && (
        <Select
          label="Few-step method"
          value={settings.method}
          options={methodChoices(methods)}
          onChange={(method) => controller.edit({ method })}
        />
      )}
      {method === undefined ? (
        <Slider {...(accelerated ? number("acceleratedSteps", "Steps") : number("guidedSteps", "Steps"))} />
      ) : (
        <p class="hint">{method} brings its own steps, guidance and scheduler.</p>
      )}
      {accelerated && abilities.sampling && <Slider {...number("accelerationScale", "Adapter strength")} />}
      {!accelerated && method === undefined && <Slider {...number("guidanceScale", "Guidance")} />}
      {!accelerated && abilities.sampling && settings.negativePrompt !== "" && (
        <Select
          label="Negative prompt by"
          value={settings.negativeMethod}
          options={negativeChoices(settings.negativeMethod)}
          onChange={(negativeMethod) => controller.edit({ negativeMethod })}
        />
      )}
      <SeedField state={state} controller={controller} />
      <SizeField state={state} controller={controller} />
      {!state.start && (
        <HiresFields
          settings={settings}
          sides={sideRange(modelInfo(state))}
          edit={(change) => controller.edit(change)}
        />
      )}
      <Select
        label="Scheduler"
        value={settings.scheduler}
        options={schedulerOptions}
        onChange={(scheduler) => controller.edit({ scheduler })}
      />
      <Comparisons state={state} controller={controller} />
    </section>
  );
}

/** Few steps with the model's adapter, or many with guidance. */
function SamplingField({ state, controller }: Props) {
  const acceleration = accelerationOf(state);
  const accelerated = state.settings.accelerated && acceleration !== undefined;
  return (
    <>
      <Segments
        label="Sampling"
        value={accelerated ? "accelerated" : "guided"}
        options={[
          {
            value: "accelerated",
            label: acceleration ? `${acceleration.method}, few steps` : "Few steps",
            disabled: !acceleration,
          },
          { value: "guided", label: "Guided" },
        ]}
        onChange={(value) => controller.edit({ accelerated: value === "accelerated" })}
      />
      {accelerated && (
        <p class="hint">
          {acceleration.method} ({acceleration.fullName}) is a small adapter to the model: four network
          evaluations make the image that guidance makes with fifty, and negative prompts still work.
        </p>
      )}
      {!acceleration && state.model.status === "ready" && (
        <p class="hint">This model has no SUN adapter. Drop one here to make images in four steps.</p>
      )}
    </>
  );
}

function SeedField({ state, controller }: Props) {
  const { settings, seedLocked } = state;
  return (
    <div class="field seed">
      <span>Seed</span>
      <div class="row">
        <NumberInput
          label="Seed"
          value={settings.seed}
          range={ranges.seed}
          onChange={(seed) => {
            controller.switch({ seedLocked: true });
            controller.edit({ seed });
          }}
        />
        <IconButton
          icon="dice"
          label="Roll a new seed"
          onClick={() => controller.try({ seed: rollSeed() })}
        />
        <IconButton
          icon={seedLocked ? "locked" : "unlocked"}
          label="Keep this seed"
          pressed={seedLocked}
          title={seedLocked ? "The seed stays the same" : "Each image gets a new seed"}
          onClick={() => controller.switch({ seedLocked: !seedLocked })}
        />
      </div>
    </div>
  );
}

/** Width and height, as large as model and device allow, and a hint where the model is made for another size. */
function SizeField({ state, controller }: Props) {
  const { settings } = state;
  const { width, height } = settings;
  const info = modelInfo(state);
  const range = sideRange(info);
  const made = info?.defaults;
  const side = (key: "width" | "height", label: string) => (
    <NumberInput
      label={label}
      value={settings[key]}
      range={range}
      onChange={(value) => controller.edit({ [key]: value })}
    />
  );
  return (
    <div class="field size">
      <span>Size</span>
      <span class="value">{info && `up to ${range.max}`}</span>
      <div class="row">
        {side("width", "Width")}
        <span aria-hidden="true">×</span>
        {side("height", "Height")}
        <IconButton
          icon="swap"
          label="Swap width and height"
          onClick={() => controller.edit({ width: height, height: width })}
        />
      </div>
      {info && made && isFarFrom(settings, made) && (
        <p class="hint">
          {info.name} is made for {made.width} × {made.height}. At other sizes it repeats or distorts its
          subjects.
        </p>
      )}
    </div>
  );
}

function Comparisons({ state, controller }: Props) {
  const { comparison, settings, abilities } = state;
  const acceleration = accelerationOf(state);
  return (
    <fieldset class="comparisons" aria-label="Compare">
      {abilities.sampling && (
        <Switch
          label={`Compare ${settings.acceleratedSteps} steps with ${acceleration?.method ?? "an adapter"} to ${settings.guidedSteps} with guidance`}
          checked={comparison.guided && acceleration !== undefined}
          disabled={!acceleration}
          hint={acceleration ? "Side by side, from the same seed" : "Needs an adapter for few steps"}
          onChange={(guided) => controller.switch({ comparison: { ...comparison, guided } })}
        />
      )}
      <Switch
        label="Compare without and with the negative prompt"
        checked={comparison.negative && settings.negativePrompt !== ""}
        disabled={settings.negativePrompt === ""}
        hint={settings.negativePrompt === "" ? "Write a negative prompt first" : undefined}
        onChange={(negative) => controller.switch({ comparison: { ...comparison, negative } })}
      />
    </fieldset>
  );
}
