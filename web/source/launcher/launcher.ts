// The one script of a host page: a button, and a frame that is made when the visitor opens the chat.
// Nothing is asked of the gateway and nothing is stored before that. Style is by a constructed sheet
// in a shadow root, which the strictest policy allows.

import type { Options, ToHost, ToWidget } from "../messages";
import { launcherTexts as texts } from "../texts";
import { STYLE } from "./style";

const OPENED = "kvitt";
const SVG = "http://www.w3.org/2000/svg";
const BUBBLE = "M12 3.5c-5 0-9 3.3-9 7.5 0 2.4 1.3 4.5 3.3 5.9L5.5 20.5l4.2-1.8c.7.2 1.5.3 2.3.3 5 0 9-3.3 9-7.5s-4-8-9-8z";

const script = document.currentScript as HTMLScriptElement;
const data = script.dataset;
const origin = new URL(script.src).origin;

let frame: HTMLIFrameElement | undefined;
let isReady = false;
let isOpen = false;
let unread = 0;
let identity = data["identity"];

const host = document.createElement("div");
const root = host.attachShadow({ mode: "open" });
const button = document.createElement("button");
const badge = document.createElement("span");
const said = document.createElement("span");

function storage(change?: string | null): string | null {
  try {
    if (change === null) localStorage.removeItem(OPENED);
    else if (change) localStorage.setItem(OPENED, change);
    return localStorage.getItem(OPENED);
  } catch {
    return null;
  }
}

function options(): Options {
  const { title, subtitle, accent, theme } = data;
  return { ...(title && { title }), ...(subtitle && { subtitle }), ...(accent && { accent }), ...(theme && { theme }) };
}

function tell(message: ToWidget): void {
  if (isReady) frame?.contentWindow?.postMessage(message, origin);
}

/** A token lives for minutes: the site may name an address that signs a new one when it is needed. */
async function freshIdentity(): Promise<string | undefined> {
  const given = identity;
  identity = undefined;
  if (given || !data["identityUrl"]) return given;
  try {
    const response = await fetch(data["identityUrl"], { credentials: "same-origin" });
    return response.ok ? (await response.text()).trim() : undefined;
  } catch {
    return undefined;
  }
}

function makeFrame(): void {
  frame = document.createElement("iframe");
  frame.title = data["label"] || texts.frame;
  frame.id = "chat";
  frame.src = `${origin}/widget/index.html`;
  frame.hidden = true;
  root.append(frame);
}

function draw(): void {
  const label = isOpen ? texts.close : unread ? `${texts.open}, ${texts.unread(unread)}` : texts.open;
  button.ariaLabel = label;
  button.ariaExpanded = String(isOpen);
  badge.hidden = unread === 0 || isOpen;
  badge.textContent = unread > 9 ? "9+" : String(unread);
  said.textContent = !isOpen && unread ? texts.unread(unread) : "";
  host.toggleAttribute("data-open", isOpen);
  if (frame) frame.hidden = !isOpen;
}

/** How many the visitor has not seen; the page is told of each change. */
function count(now: number): void {
  if (now === unread) return;
  unread = now;
  draw();
  dispatchEvent(new CustomEvent("kvitt:unread", { detail: unread }));
}

function open(): void {
  if (isOpen) return;
  isOpen = true;
  storage("1");
  if (!frame) makeFrame();
  draw();
  if (document.visibilityState === "visible") count(0);
  fit();
  frame?.focus();
  tell({ kvitt: "show" });
}

function close(): void {
  if (!isOpen) return;
  isOpen = false;
  draw();
  fit();
  tell({ kvitt: "hide" });
  button.focus();
}

function logout(): void {
  storage(null);
  identity = undefined;
  if (frame) tell({ kvitt: "logout" });
}

function identify(token: string): void {
  if (isReady) tell({ kvitt: "identify", identity: token });
  else identity = token;
}

async function ready(): Promise<void> {
  const token = await freshIdentity();
  isReady = true;
  tell({ kvitt: "start", options: options(), isShown: isOpen, ...(token && { identity: token }) });
}

addEventListener("message", ({ source, origin: from, data: message }: MessageEvent<ToHost>) => {
  if (!frame || source !== frame.contentWindow || from !== origin) return;
  if (message.kvitt === "ready") void ready();
  if (message.kvitt === "minimise") close();
  if (message.kvitt === "ended") storage(null);
  if (message.kvitt === "open") storage("1");
  if (message.kvitt === "unread") count(message.count);
});

/** On a phone the chat fills what the keyboard leaves of the screen, and the page behind is still. */
function fit(): void {
  const screen = visualViewport;
  const isFull = isOpen && matchMedia("(max-width: 520px), (max-height: 480px)").matches;
  document.documentElement.style.overflow = isFull ? "hidden" : "";
  if (!frame || !screen) return;
  frame.style.height = isFull ? `${screen.height}px` : "";
  frame.style.top = isFull ? `${screen.offsetTop}px` : "";
}

function start(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  if (data["accent"]) host.style.setProperty("--accent", data["accent"]);
  if (data["position"] === "left") host.dataset["left"] = "";
  const icon = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  path.setAttribute("d", BUBBLE);
  icon.append(path);
  badge.className = "badge";
  said.className = "said";
  said.role = "status";
  button.append(icon, badge);
  button.setAttribute("aria-controls", "chat");
  button.onclick = () => (isOpen ? close() : open());
  root.append(button, said);
  document.body.append(host);
  visualViewport?.addEventListener("resize", fit);
  visualViewport?.addEventListener("scroll", fit);
  if (storage()) makeFrame();
  draw();
  if (data["open"] !== undefined) open();
}

const api = { open, close, identify, logout, unread: () => unread };
Object.assign(window, { Kvitt: api });
if (document.body) start();
else addEventListener("DOMContentLoaded", start);
