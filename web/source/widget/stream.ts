// Server-Sent Events over fetch: unlike EventSource it tells why it failed, and a silent connection
// (a laptop that slept) is noticed by its missing heartbeat.

import type { ChatEvent } from "./events";
import { refusal } from "./gateway";

const SILENCE_MS = 35_000;

export interface Listener {
  event(event: ChatEvent): void;
  /** A person writes at this moment. */
  typing(): void;
  /** Something came, if only a heartbeat. */
  sign(): void;
}

/** Follow the log until the connection ends; true when the conversation itself has ended. */
export async function follow(after: number, signal: AbortSignal, listener: Listener): Promise<boolean> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  signal.addEventListener("abort", stop);
  let timer = setTimeout(stop, SILENCE_MS);
  try {
    const response = await fetch(`/api/chat/events?after=${after}`, {
      headers: { Accept: "text/event-stream" },
      signal: controller.signal,
    });
    if (!response.ok || !response.body) throw await refusal(response);
    listener.sign();
    for await (const block of blocks(response.body)) {
      clearTimeout(timer);
      timer = setTimeout(stop, SILENCE_MS);
      listener.sign();
      const [name, data] = read(block);
      if (name === "end") return true;
      if (name === "typing") listener.typing();
      else if (data) listener.event(JSON.parse(data) as ChatEvent);
    }
    return false;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

async function* blocks(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let kept = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    kept += decoder.decode(value, { stream: true });
    const parts = kept.split("\n\n");
    kept = parts.pop() ?? "";
    yield* parts;
  }
}

function read(block: string): [name: string, data: string] {
  let name = "";
  let data = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice(7);
    if (line.startsWith("data: ")) data += line.slice(6);
  }
  return [name, data];
}
