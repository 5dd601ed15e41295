/** URL of the model's SUN adapter, in the format of SUN's authors. */
export const emojiSunAdapterUrl: URL = new URL("../model/sun_adapter.safetensors", import.meta.url);
