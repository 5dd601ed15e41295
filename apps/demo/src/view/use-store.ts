import { useEffect, useState } from "preact/hooks";
import type { Store } from "../state/store.js";

/** Returns the store's state and rerenders when it changes. */
export function useStore<State, Action>(store: Store<State, Action>): State {
  const [state, setState] = useState(store.state());
  useEffect(() => {
    setState(store.state());
    return store.subscribe(() => setState(store.state()));
  }, [store]);
  return state;
}
