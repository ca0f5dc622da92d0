// The chat API, as calls. Every failure is a Refusal (the gateway said no, and why) or a network error.

import type { ChatEvent } from "./events";

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }

  /** The same request may succeed a little later. */
  get isPassing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

export interface Opened {
  conversation_id: string;
  cursor: number;
}

export interface HistoryPage {
  events: ChatEvent[];
  cursor: number;
  has_older?: boolean;
}

export interface Outgoing {
  client_message_id: string;
  text?: string;
  choice?: string;
  values?: (number | string)[];
}

const ROOT = "/api/chat";
const TIMEOUT_MS = 20_000;

async function call(method: string, path: string, body?: unknown, more: RequestInit = {}): Promise<Response> {
  const response = await fetch(ROOT + path, {
    method,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...more,
    ...(body === undefined
      ? {}
      : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw await refusal(response);
  return response;
}

export async function refusal(response: Response): Promise<Refusal> {
  const body = (await response.json().catch(() => ({}))) as {
    error?: { code?: string; message?: string };
  };
  const seconds = Number(response.headers.get("Retry-After")) || 0;
  return new Refusal(response.status, body.error?.code ?? "", body.error?.message ?? "", seconds);
}

export async function open(identity?: string): Promise<Opened> {
  return (await call("POST", "/conversations", identity ? { identity } : {})).json();
}

/** Goes through even when the site leaves its page meanwhile, as it may after a logout. */
export async function end(): Promise<void> {
  await call("DELETE", "/conversations", undefined, { keepalive: true });
}

export async function post(message: Outgoing): Promise<number> {
  const answer = (await (await call("POST", "/messages", message)).json()) as { cursor: number };
  return answer.cursor;
}

export async function history(query: Record<string, number>): Promise<HistoryPage> {
  const parameters = new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]));
  return (await call("GET", `/history?${parameters}`)).json();
}

/** Tell that the visitor is back from a hosted page; an older gateway does not know it. */
export async function returned(href: string): Promise<void> {
  await call("POST", `/returns/${href.split("/").pop()}`, {});
}

/** Tell that the visitor is writing. */
export async function typing(): Promise<void> {
  await call("POST", "/typing", {});
}
