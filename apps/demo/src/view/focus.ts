/**
 * Moves the focus away from a control that disappears when pressed: to the heading of its panel, or to the main part of
 * the page. Otherwise keyboard users would start again at the top of the page.
 */
export function leaveFocus(control: HTMLElement): void {
  const next = control.closest("details")?.querySelector("summary") ?? control.closest("main");
  next?.focus();
}
