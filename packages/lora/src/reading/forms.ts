// Every kind of adapter stores a module's change as tensors of its own roles. Formulas: lycoris/functional of lycoris-lora
// 4.1.3, and tuners/{lora,loha,lokr}/layer.py of PEFT 0.21.

import type { WeightRef } from "@sunstep/checkpoint";
import type { Update } from "../lora.js";
import type { Role } from "./tensor-names.js";

/** The tensors of one module. */
export interface ModuleTensors {
  has(role: Role): boolean;
  /** Returns the tensor of a role. @throws SunstepError LORA_INCOMPLETE, LORA_DATA_TYPE */
  need(role: Role): WeightRef;
}

/** A kind of change, and how to read it. */
export interface Form {
  readonly parameter: "weight" | "bias";
  /** One tensor of these roles tells that a module has this form. */
  readonly roles: readonly Role[];
  /** @throws SunstepError LORA_INCOMPLETE, LORA_DATA_TYPE */
  read(tensors: ModuleTensors): Update;
  /** Reads the factors whose rank divides alpha. Without it alpha does not count. */
  ranked?(tensors: ModuleTensors): Update;
}

const whole =
  (role: Role) =>
  (tensors: ModuleTensors): Update => ({ kind: "tensor", weight: tensors.need(role) });

const lora = (tensors: ModuleTensors): Update => ({
  kind: "product",
  left: tensors.need("lora_up"),
  right: tensors.need("lora_down"),
  ...(tensors.has("lora_mid") && { core: tensors.need("lora_mid") }),
});

/** LyCORIS's Tucker form of a convolution stores its left factor transposed, [rank, outputs]. */
function tucker(tensors: ModuleTensors, left: Role, core: Role, right: Role): Update {
  const stored = tensors.need(left);
  return {
    kind: "product",
    left: { ...stored, shape: stored.shape.toReversed(), transposed: true },
    core: tensors.need(core),
    right: tensors.need(right),
  };
}

const product = (tensors: ModuleTensors, left: Role, right: Role): Update => ({
  kind: "product",
  left: tensors.need(left),
  right: tensors.need(right),
});

function loha(tensors: ModuleTensors): Update {
  const hasCores = tensors.has("hada_t1") || tensors.has("hada_t2");
  return {
    kind: "hadamard",
    factors: hasCores
      ? [
          tucker(tensors, "hada_w1_a", "hada_t1", "hada_w1_b"),
          tucker(tensors, "hada_w2_a", "hada_t2", "hada_w2_b"),
        ]
      : [product(tensors, "hada_w1_a", "hada_w1_b"), product(tensors, "hada_w2_a", "hada_w2_b")],
  };
}

/** Each factor of LoKr is one tensor, or a product of two, the second one also of three. */
function lokr(tensors: ModuleTensors): Update {
  const isProduct = (factor: "lokr_w1" | "lokr_w2") =>
    tensors.has(`${factor}_a`) || tensors.has(`${factor}_b`);
  return {
    kind: "kronecker",
    factors: [
      isProduct("lokr_w1") ? product(tensors, "lokr_w1_a", "lokr_w1_b") : whole("lokr_w1")(tensors),
      tensors.has("lokr_t2")
        ? tucker(tensors, "lokr_w2_a", "lokr_t2", "lokr_w2_b")
        : isProduct("lokr_w2")
          ? product(tensors, "lokr_w2_a", "lokr_w2_b")
          : whole("lokr_w2")(tensors),
    ],
  };
}

export const forms: readonly Form[] = [
  { parameter: "weight", roles: ["lora_down", "lora_up", "lora_mid"], read: lora, ranked: lora },
  // PEFT's `lora_bias`
  { parameter: "bias", roles: ["lora_up_bias"], read: whole("lora_up_bias"), ranked: lora },
  {
    parameter: "weight",
    roles: ["hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "hada_t1", "hada_t2"],
    read: loha,
    ranked: loha,
  },
  {
    parameter: "weight",
    roles: ["lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2"],
    read: lokr,
    ranked: lokr,
  },
  { parameter: "weight", roles: ["diff"], read: whole("diff") },
  { parameter: "bias", roles: ["diff_b"], read: whole("diff_b") },
  { parameter: "weight", roles: ["w_norm"], read: whole("w_norm") },
  { parameter: "bias", roles: ["b_norm"], read: whole("b_norm") },
];
