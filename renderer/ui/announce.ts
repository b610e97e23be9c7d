/** Says something to screen readers without moving the focus. The live region is in the frame. */
export const liveRegionId = 'sp-live';

export function announce(text: string): void {
  const region = document.getElementById(liveRegionId);
  if (region === null) return;
  region.textContent = '';
  // A region that is emptied first is read out again even when the words are the same.
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}
