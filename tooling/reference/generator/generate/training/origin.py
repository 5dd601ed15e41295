"""The origin that the manifest names for each file of `training/`."""
ENTRY = "generate/training:"
BY = "torch autograd (float32) on diffusers UNet2DConditionModel + authors' SUNAttnProcessor (per-sample norm)"
