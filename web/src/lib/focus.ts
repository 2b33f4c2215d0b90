/** Where the focus goes as something is arrived at: to its heading, unless a dialog has been opened meanwhile. */
export function arrive(heading: HTMLElement | null): void {
  if (document.querySelector('[role="dialog"]') === null) heading?.focus({ preventScroll: true });
}
