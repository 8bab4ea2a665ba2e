/** Open the overview: Chrome's side panel, Firefox's sidebar. Both open only while the reader's own press is being handled. */
export function openPanel(windowId: number): void {
  if (import.meta.env.FIREFOX) (browser as unknown as { sidebarAction: { open(): void } }).sidebarAction.open();
  else void browser.sidePanel.open({ windowId });
}
