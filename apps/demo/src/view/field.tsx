import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { clampTo, type Range } from "../state/settings.js";

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly range: Range;
  readonly disabled?: boolean;
  onChange(value: number): void;
}

/** A slider with its value. */
export function Slider({ label, value, range, disabled = false, onChange }: NumberFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {/* Hidden from screen readers, which read the slider's own value. */}
      <span class="value" aria-hidden="true">
        {value}
      </span>
      <input
        id={id}
        type="range"
        {...range}
        value={value}
        disabled={disabled}
        onInput={(event) => onChange(clampTo(range, event.currentTarget.valueAsNumber))}
      />
    </div>
  );
}

/** A typed number. It takes effect on blur or Enter, so that a half-typed number does not. */
export function NumberInput({ label, value, range, disabled = false, onChange }: NumberFieldProps) {
  return (
    <input
      type="number"
      inputMode="numeric"
      aria-label={label}
      title={label}
      {...range}
      value={value}
      disabled={disabled}
      onChange={(event) => {
        const { valueAsNumber } = event.currentTarget;
        if (Number.isFinite(valueAsNumber)) onChange(clampTo(range, valueAsNumber));
        event.currentTarget.value = String(
          Number.isFinite(valueAsNumber) ? clampTo(range, valueAsNumber) : value,
        );
      }}
    />
  );
}

interface SwitchProps {
  readonly label: ComponentChildren;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly hint?: string | undefined;
  onChange(checked: boolean): void;
}

export function Switch({ label, checked, disabled = false, hint, onChange }: SwitchProps) {
  return (
    <label class="switch" title={hint}>
      <input
        type="checkbox"
        role="switch"
        checked={checked}
        aria-checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly disabled?: boolean }[];
  onChange(value: Value): void;
}

export function Select<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value as Value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A choice between few options, side by side. */
export function Segments<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  const name = useId();
  return (
    <fieldset>
      <legend>{label}</legend>
      <div class="segments">
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              disabled={option.disabled}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
