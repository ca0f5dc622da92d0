// Messages on their way: sent one at a time and in order, tried again until the gateway has answered.
// The client message id makes a second attempt harmless.

import { post, Refusal, type Outgoing } from "./gateway";

export type Sending = "waiting" | "sending" | "sent" | "refused";

export interface Pending extends Outgoing {
  /** What the visitor sees until the log has it. */
  shown: string;
  /** The event whose choice it answers. */
  answers?: number;
  state: Sending;
  /** The event that it has become. */
  cursor?: number;
  problem?: string;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

export interface OutboxListener {
  changed(): void;
  refused(message: Pending, refusal: Refusal): void;
}

export class Outbox {
  messages: Pending[] = [];
  private isRunning = false;
  private pause = FIRST_PAUSE_MS;
  private wake: () => void = () => {};

  constructor(private readonly listener: OutboxListener) {}

  add(message: Pending): void {
    this.messages = [...this.messages, message];
    this.listener.changed();
    void this.run();
  }

  remove(id: string): void {
    this.messages = this.messages.filter((one) => one.client_message_id !== id);
    this.listener.changed();
  }

  again(id: string): void {
    this.change(id, { state: "waiting" });
    void this.run();
  }

  clear(): void {
    this.messages = [];
  }

  /** The network may be back: do not wait out the pause. */
  hurry(): void {
    this.pause = FIRST_PAUSE_MS;
    this.wake();
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    for (let next = this.next(); next; next = this.next()) await this.send(next);
    this.isRunning = false;
  }

  private next(): Pending | undefined {
    return this.messages.find((one) => one.state === "waiting" || one.state === "sending");
  }

  private async send({ client_message_id: id, text, choice, values, ...rest }: Pending): Promise<void> {
    if (rest.state !== "sending") this.change(id, { state: "sending" });
    const content = { ...(text !== undefined && { text }), ...(choice && { choice, values: values ?? [] }) };
    try {
      const cursor = await post({ client_message_id: id, ...content });
      this.pause = FIRST_PAUSE_MS;
      this.change(id, { state: "sent", cursor });
    } catch (error) {
      await this.handle(id, error);
    }
  }

  private async handle(id: string, error: unknown): Promise<void> {
    const message = this.messages.find((one) => one.client_message_id === id);
    if (!message) return;
    if (error instanceof Refusal && !error.isPassing) {
      this.change(id, { state: "refused", problem: error.message });
      this.listener.refused(message, error);
      return;
    }
    this.change(id, { state: "waiting" });
    const asked = error instanceof Refusal ? error.retryAfterSeconds * 1000 : 0;
    await this.rest(Math.max(asked, this.pause));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }

  private rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private change(id: string, changes: Partial<Pending>): void {
    this.messages = this.messages.map((one) =>
      one.client_message_id === id ? { ...one, ...changes } : one,
    );
    this.listener.changed();
  }
}
