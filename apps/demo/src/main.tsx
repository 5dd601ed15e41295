import { render } from "preact";
import { browserEnvironment } from "./browser/environment.js";
import { keptStorage } from "./browser/kept-storage.js";
import { restoreTheme } from "./browser/theme.js";
import { Controller } from "./control/controller.js";
import { keepChanges, restoreKept } from "./control/keeper.js";
import { startEngine } from "./engine/client.js";
import { isolate, keepForOffline } from "./offline/register.js";
import { initialState, reduce } from "./state/app-state.js";
import { schedulers } from "./state/schedulers.js";
import { settingsFromLink } from "./state/settings-link.js";
import { createStore } from "./state/store.js";
import { App } from "./view/app.js";
import "./style/index.css";

restoreTheme();
if (await isolate()) await start();

async function start(): Promise<void> {
  const store = createStore(reduce, initialState);
  const environment = browserEnvironment(startEngine);
  const controller = new Controller(store, environment);
  const restoreLink = () => {
    const settings = settingsFromLink(location.hash, Object.keys(schedulers));
    if (settings) controller.restore(settings, "the link");
    return settings !== undefined;
  };
  const opened = controller.open({ kind: "embedded" });
  const storage = keptStorage();
  const session = await restoreKept(store, storage, environment);
  const resumed = !restoreLink() && session !== undefined && controller.resume(session);
  keepChanges(store, storage);
  addEventListener("hashchange", () => restoreLink() && controller.makeAgain());
  render(<App store={store} controller={controller} />, document.getElementById("app")!);
  if (!resumed) controller.makeAgain();
  // After opening, so that the model's files are fetched first.
  await opened;
  const { model } = store.state();
  if (model.status !== "ready") return;
  const device = model.info.backend.includes("webgpu") ? "webgpu" : "wasm";
  if (await keepForOffline(device)) store.dispatch({ type: "offline-ready" });
}
