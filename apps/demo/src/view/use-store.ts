import { useEffect, useState } from "preact/hooks";
import type { Store } from "../state/store.js";

/** The store's value, and a new rendering whenever it changes. */
export function useStore<State, Action>(store: Store<State, Action>): State {
  const [state, setState] = useState(store.state());
  useEffect(() => {
    setState(store.state());
    return store.subscribe(() => setState(store.state()));
  }, [store]);
  return state;
}
