import { render } from "preact";
import { imageUrl } from "./browser/image-url.js";
import { restoreTheme } from "./browser/theme.js";
import { Controller } from "./control/controller.js";
import { startEngine } from "./engine/client.js";
import { isolate, keepForOffline } from "./offline/register.js";
import { initialState, reduce } from "./state/app-state.js";
import { schedulers } from "./state/schedulers.js";
import { settingsFromLink } from "./state/settings-link.js";
import { createStore } from "./state/store.js";
import { App } from "./view/app.js";
import "./style/index.css";

restoreTheme();
if (await isolate()) start();

function start(): void {
  const store = createStore(reduce, initialState);
  const controller = new Controller(store, {
    startEngine,
    now: Date.now,
    createUrl: imageUrl,
    revokeUrl: (url) => URL.revokeObjectURL(url),
  });
  const restoreLink = () => {
    const settings = settingsFromLink(location.hash, Object.keys(schedulers));
    if (settings) controller.restore(settings, "the link");
    return settings !== undefined;
  };
  restoreLink();
  addEventListener("hashchange", () => restoreLink() && controller.makeAgain());
  render(<App store={store} controller={controller} />, document.getElementById("app")!);
  const opened = controller.open({ kind: "embedded" });
  controller.makeAgain();
  // After opening, so that the model's files are fetched first.
  opened.then(async () => {
    const { model } = store.state();
    if (model.status !== "ready") return;
    const device = model.info.backend.includes("webgpu") ? "webgpu" : "wasm";
    if (await keepForOffline(device)) store.dispatch({ type: "offline-ready" });
  });
}
