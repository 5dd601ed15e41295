/** AUTOMATIC1111's names of diffusers' schedulers, for the "Sampler" field of a picture's parameters. */
export const samplerNames: Readonly<Record<string, string>> = {
  DDIMScheduler: "DDIM",
  DDPMScheduler: "DDPM",
  DPMSolverMultistepScheduler: "DPM++ 2M",
  DPMSolverSinglestepScheduler: "DPM++ 2S",
  EulerAncestralDiscreteScheduler: "Euler a",
  EulerDiscreteScheduler: "Euler",
  HeunDiscreteScheduler: "Heun",
  LCMScheduler: "LCM",
  LMSDiscreteScheduler: "LMS",
  PNDMScheduler: "PLMS",
  TCDScheduler: "TCD",
  UniPCMultistepScheduler: "UniPC",
};
