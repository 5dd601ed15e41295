import type { Runtime } from "@sunstep/runtime";
import type { FeatureStores } from "../images/gallery.js";
import type { FeatureNetwork } from "./feature-network.js";
import { FeatureStore } from "./feature-store.js";
import { LatentNetwork } from "./latent-network.js";
import { MobileNet } from "./mobilenet.js";

/** Opens both networks, with the features of earlier runs in a folder. */
export async function openFeatureStores(folder: string, runtime: Runtime): Promise<FeatureStores> {
  const store = (network: FeatureNetwork) =>
    new FeatureStore(folder, network.version, (image) => network.features(image));
  return {
    ImageNet: store(await MobileNet.load(runtime)),
    latents: store(await LatentNetwork.load(runtime)),
  };
}
