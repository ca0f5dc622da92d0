// The page around the frame: it says when the chat is shown and who is logged in. Only the parent
// window is listened to; who may be the parent is the gateway's policy (`frame-ancestors`).

import type { ToHost, ToWidget } from "../messages";

export const isFramed = window.parent !== window;
let origin = "";

export function listen(handle: (message: ToWidget) => void): void {
  addEventListener("message", (event: MessageEvent<ToWidget>) => {
    if (event.source !== window.parent || typeof event.data?.kvitt !== "string") return;
    origin ||= event.origin;
    if (event.origin === origin) handle(event.data);
  });
}

/** Nothing secret: counts and states only. */
export function tell(message: ToHost): void {
  if (isFramed) window.parent.postMessage(message, origin || "*");
}
