// The page that a sunstep server serves: the same controls, with the server's models.

import { render } from "preact";
import { browserEnvironment } from "./browser/environment.js";
import { keptStorage } from "./browser/kept-storage.js";
import { restoreTheme } from "./browser/theme.js";
import { Controller } from "./control/controller.js";
import { keepChanges, restoreKept } from "./control/keeper.js";
import { startServerEngine } from "./engine/server/server-engine.js";
import { serverModels } from "./engine/server/server-models.js";
import { onServer } from "./state/abilities.js";
import { initialState, reduce } from "./state/app-state.js";
import { problemOf, reportOf } from "./state/problem.js";
import { schedulers } from "./state/schedulers.js";
import { settingsFromLink } from "./state/settings-link.js";
import { createStore } from "./state/store.js";
import { App } from "./view/app.js";
import "./style/index.css";

restoreTheme();
const base = new URL(".", location.href).href;
const listed = await serverModels(base).catch(reportOf);
const models = "message" in listed ? [] : listed;
const settings = { ...initialState.settings, prompt: "" };
const store = createStore(reduce, { ...initialState, settings, abilities: onServer, models });
const environment = browserEnvironment(() => startServerEngine(base));
const controller = new Controller(store, environment);
const storage = keptStorage();
const session = await restoreKept(store, storage, environment);
const name = models.find((one) => one === session?.model) ?? models[0] ?? "";
if ("message" in listed) store.dispatch({ type: "model-failed", problem: problemOf(listed, []) });
else void controller.open({ kind: "listed", name });
if (session) controller.resume(session, name);
const linked = settingsFromLink(location.hash, Object.keys(schedulers));
if (linked) controller.restore(linked, "the link");
keepChanges(store, storage);
render(<App store={store} controller={controller} />, document.getElementById("app")!);
