// The page in the frame: waits for the host page to open it, then draws the chat.

import { render } from "preact";
import type { Options, ToWidget } from "../messages";
import { App } from "./app";
import { Chat } from "./chat";
import { isFramed, listen, tell } from "./host";
import * as keep from "./keep";
import { watchReturns } from "./returning";
import { play } from "./sound";
import { applyTheme } from "./theme";

const root = document.getElementById("root")!;
let chat: Chat | undefined;
let options: Options = {};
let isShown = !isFramed;
let shownTimes = 0;
let opened: ReturnType<typeof watchReturns>;
let count = 0;

function draw(): void {
  if (chat) render(<App chat={chat} options={options} shownTimes={shownTimes} opened={opened} />, root);
}

function start(identity?: string): void {
  if (chat) return;
  chat = new Chat();
  opened = watchReturns(chat);
  chat.subscribe(look);
  chat.live();
  draw();
  void chat.start(identity);
}

/** Keep the badge right: what is shown to a visitor who looks counts as read. */
function look(): void {
  if (!chat) return;
  if (isShown && document.visibilityState === "visible") chat.markRead();
  const unread = chat.phase === "open" ? chat.unread() : 0;
  if (unread > count && keep.isSoundOn()) play();
  if (unread !== count) tell({ kvitt: "unread", count: unread });
  count = unread;
  if (chat.phase === "ended") tell({ kvitt: "ended" });
}

function show(): void {
  isShown = true;
  shownTimes += 1;
  if (chat?.phase === "ended") void chat.start();
  draw();
  look();
}

function handle(message: ToWidget): void {
  switch (message.kvitt) {
    case "start":
      options = message.options;
      applyTheme(document.documentElement, options.theme, options.accent);
      start(message.identity);
      if (message.isShown) show();
      break;
    case "show":
      return show();
    case "hide":
      isShown = false;
      break;
    case "identify":
      void chat?.start(message.identity);
      break;
    case "logout":
      keep.forget();
      void chat?.end().catch(() => {});
  }
}

document.addEventListener("visibilitychange", look);
listen(handle);
tell({ kvitt: "ready" });
if (!isFramed) {
  start();
  show();
}
