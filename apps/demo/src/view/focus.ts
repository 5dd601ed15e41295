/**
 * For controls that go when they are pressed: the heading of their panel is next, or else the top of what the page is for;
 * otherwise the keyboard would begin anew at the top of the page.
 */
export function leaveFocus(control: HTMLElement): void {
  const next = control.closest("details")?.querySelector("summary") ?? control.closest("main");
  next?.focus();
}
