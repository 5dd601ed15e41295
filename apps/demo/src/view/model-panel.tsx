import { useEffect, useMemo, useState } from "preact/hooks";
import type { DeviceReport } from "sunstep";
import { memoryInUse } from "../browser/memory.js";
import type { Controller } from "../control/controller.js";
import type { DeviceChoice } from "../engine/engine.js";
import { type AppState, modelInfo } from "../state/app-state.js";
import { coalesced } from "../state/coalesced.js";
import type { ModelInfo } from "../state/model.js";
import { sizeText } from "../state/progress.js";
import { Select, Slider } from "./field.js";
import { FileButton } from "./file-button.js";
import { leaveFocus } from "./focus.js";
import { IconButton } from "./icon-button.js";

interface Props {
  readonly state: AppState;
  readonly controller: Controller;
}

/** The model and its adapters, their files, and the device they run on. */
export function ModelPanel({ state, controller }: Props) {
  const [open, setOpen] = useState(false);
  const info = modelInfo(state);
  return (
    <details class="panel" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Model <span class="muted">{info ? nameOf(info) : ""}</span>
      </summary>
      {info && info.files.length > 0 && <Files info={info} />}
      {info && state.abilities.files && <Adapters info={info} controller={controller} />}
      {info?.warnings.map((warning) => (
        <p key={warning} class="hint">
          {warning}
        </p>
      ))}
      {state.abilities.files ? (
        <OpenFiles controller={controller} />
      ) : (
        <ListedModels state={state} controller={controller} />
      )}
      {open && state.abilities.files && <DeviceField state={state} controller={controller} />}
    </details>
  );
}

/** Opens models and adapters of the visitor. */
function OpenFiles({ controller }: { readonly controller: Controller }) {
  return (
    <>
      <div class="buttons">
        <FileButton
          label="Open files"
          accept=".safetensors,.png,.jpg,.jpeg,.webp"
          multiple
          onFiles={(files) => controller.openFiles(files)}
        />
        <FileButton
          label="Open a folder"
          folder
          onFiles={(files) =>
            controller.openFolder(files.map((file) => ({ path: file.webkitRelativePath, file })))
          }
        />
        <button type="button" class="secondary" onClick={() => controller.open({ kind: "embedded" })}>
          Embedded model
        </button>
      </div>
      <p class="hint">
        Checkpoints of Stable Diffusion 1.x and 2.x (as .safetensors, or a folder from Hugging Face), SUN
        adapters and LoRAs. They stay on this device.
      </p>
    </>
  );
}

/** The models of the server. */
function ListedModels({ state, controller }: Props) {
  const { models, model } = state;
  return (
    <>
      <Select
        label="Model"
        value={controller.models.listed ?? ""}
        options={models.map((name) => ({ value: name, label: name }))}
        onChange={(name) => controller.open({ kind: "listed", name })}
      />
      {model.status === "ready" && (
        <p class="hint">
          {model.info.architecture}, {model.info.backend}
        </p>
      )}
    </>
  );
}

function nameOf({ name, acceleration, loras }: ModelInfo): string {
  return [name, ...(acceleration ? [acceleration.method] : []), ...loras.map((lora) => lora.name)].join(
    " + ",
  );
}

function Files({ info }: { readonly info: ModelInfo }) {
  return (
    <ul class="files" aria-label="Files">
      {info.files.map(({ name, size, recognised }) => (
        <li key={name}>
          <strong>{name}</strong>
          <span>
            {recognised}, {sizeText(size)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The loaded adapters, each with a button that removes it. */
function Adapters({ info, controller }: { readonly info: ModelInfo; readonly controller: Controller }) {
  return (
    <>
      {info.acceleration && (
        <div class="adapter">
          <span>{info.acceleration.method} adapter</span>
          <RemoveButton
            name={`the ${info.acceleration.method} adapter`}
            onClick={() => controller.adapt((models) => models.removeAcceleration())}
          />
        </div>
      )}
      {info.loras.map(({ name, scale }) => (
        <div key={name} class="adapter">
          <Slider
            label={name}
            value={scale}
            range={{ min: -1, max: 2, step: 0.05 }}
            onChange={(next) => controller.adapt((models) => models.scaleLora(name, next))}
          />
          <RemoveButton name={name} onClick={() => controller.adapt((models) => models.removeLora(name))} />
        </div>
      ))}
      {info.embeddings.map((name) => (
        <div key={name} class="adapter">
          <span>{name}, a word for prompts</span>
          <RemoveButton
            name={name}
            onClick={() => controller.adapt((models) => models.removeEmbedding(name))}
          />
        </div>
      ))}
    </>
  );
}

function RemoveButton({ name, onClick }: { readonly name: string; onClick(): void }) {
  return (
    <IconButton
      icon="close"
      label={`Remove ${name}`}
      onClick={(event) => {
        leaveFocus(event.currentTarget);
        onClick();
      }}
    />
  );
}

const deviceNames: Readonly<Record<string, string>> = {
  auto: "Fastest available",
  webgpu: "Graphics card (WebGPU)",
  wasm: "Processor (WebAssembly)",
  "wasm-int8": "Processor, 8 bits (less memory)",
};

/** The choice of device. Memory is measured only while the panel is open, since that takes the browser a while. */
function DeviceField({ state, controller }: Props) {
  const [devices, setDevices] = useState<readonly DeviceReport[]>([]);
  const [memory, setMemory] = useState<number | "measuring" | undefined>("measuring");
  const measure = useMemo(() => coalesced(async () => setMemory(await memoryInUse())), []);
  const { model, running } = state;
  useEffect(() => {
    controller.models.engine.devices(undefined).then(setDevices, () => undefined);
  }, [controller]);
  useEffect(() => {
    if (model.status === "ready" && !running) void measure();
  }, [model, running, measure]);
  return (
    <>
      <Select<DeviceChoice>
        label="Runs on"
        value={controller.models.device}
        options={[
          { value: "auto", label: deviceNames.auto! },
          ...devices.map(({ device, available }) => choice(device, !available)),
          choice("wasm-int8", !devices.some(({ device, available }) => device === "wasm" && available)),
        ]}
        onChange={(device) => controller.models.useDevice(device)}
      />
      <p class="hint">
        {[model.status === "ready" && model.info.backend, memoryText(memory)].filter(Boolean).join(", ")}
      </p>
      {devices.flatMap(({ device, reasons }) =>
        reasons.map((reason) => (
          <p key={reason} class="hint">
            {deviceNames[device] ?? device}: {reason}.
          </p>
        )),
      )}
    </>
  );
}

function choice(device: string, disabled: boolean) {
  return { value: device as DeviceChoice, label: deviceNames[device] ?? device, disabled };
}

function memoryText(memory: number | "measuring" | undefined): string | undefined {
  if (memory === "measuring") return "measuring memory (the browser may take a minute)";
  return memory === undefined ? undefined : `${sizeText(memory)} of memory in use`;
}
