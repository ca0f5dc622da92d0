// The conversation: one node for each message, kept for as long as the message is, so that a screen
// reader reads each once.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { texts } from "../texts";
import { EventView } from "./cards/event";
import { useView } from "./context";
import type { Chat } from "./chat";
import { isAnswering, isShown, type Author, type ChatEvent } from "./events";
import { Down, Person } from "./icons";
import type { Pending } from "./outbox";

const NEAR_PX = 80;

export function Log() {
  const { chat } = useView();
  const shown = chat.events.filter(isShown).filter(isFirstOfProgress);
  const log = useRef<HTMLDivElement>(null);
  const [isBelow, setBelow] = useState(false);
  const isFollowing = useRef(true);
  const left = useRef(0);
  const newest = chat.events.findLast(isShown)?.id;
  const sent = chat.outbox.messages.length;
  const follow = () => {
    left.current = toNewest(log.current!);
    setBelow(false);
  };
  const scrolled = () => {
    isFollowing.current = log.current!.scrollTop > left.current - NEAR_PX;
    if (isFollowing.current) setBelow(false);
  };
  useLayoutEffect(() => {
    if (isFollowing.current) follow();
    else setBelow(true);
  }, [newest]);
  useLayoutEffect(() => {
    if (sent === 0) return;
    isFollowing.current = true;
    follow();
  }, [sent]);
  useEffect(() => {
    const observer = new ResizeObserver(() => isFollowing.current && follow());
    observer.observe(log.current!);
    return () => observer.disconnect();
  }, []);
  const readOlder = async () => {
    const before = log.current!.scrollHeight;
    isFollowing.current = false;
    await chat.readOlder();
    requestAnimationFrame(() => (log.current!.scrollTop += log.current!.scrollHeight - before));
    setBelow(false);
  };
  return (
    <div class="log-frame">
      <div class="log" role="log" aria-label={texts.log} tabIndex={0} ref={log} onScroll={scrolled}>
        {chat.hasOlder && (
          <button type="button" class="button older" onClick={() => void readOlder()}>
            {texts.older}
          </button>
        )}
        {rows(shown, chat).map(({ key, event, message, before }) =>
          event && event.author !== "customer" ? (
            <Message key={key} event={event} before={before} />
          ) : (
            <Mine key={key} event={event} message={message} isSame={before?.author === "customer"} />
          ),
        )}
        <Typing />
      </div>
      {isBelow && (
        <button
          type="button"
          class="button below"
          onClick={() => {
            isFollowing.current = true;
            follow();
          }}
        >
          {texts.newer}
          <Down />
        </button>
      )}
    </div>
  );
}

interface Row {
  key: string | number;
  event?: ChatEvent;
  message?: Pending;
  before: { author: Author } | undefined;
}

/** One list of what is in the log and what is on its way there: a message stays the same row of it. */
function rows(shown: readonly ChatEvent[], chat: Chat): Row[] {
  const made: Row[] = [];
  const last = () => made.at(-1) && { author: made.at(-1)!.event?.author ?? "customer" };
  for (const event of shown) made.push({ key: chat.keys.get(event.id) ?? event.id, event, before: last() });
  for (const message of chat.pending) made.push({ key: message.client_message_id, message, before: last() });
  return made;
}

/** Progress of one order is one card that grows, not one for each step. */
function isFirstOfProgress(event: ChatEvent, index: number, all: readonly ChatEvent[]): boolean {
  if (event.type !== "progress") return true;
  return all.findIndex((one) => one.type === "progress" && one.order === event.order) === index;
}

/** Down to the newest; but a long answer is shown from where it begins. */
function toNewest(log: HTMLElement): number {
  const mine = [...log.querySelectorAll<HTMLElement>(".message.customer")].at(-1);
  const begin = (mine?.nextElementSibling as HTMLElement | null)?.offsetTop ?? 0;
  const bottom = log.scrollHeight - log.clientHeight;
  const wanted = mine && begin > 0 ? Math.min(bottom, begin - 16) : bottom;
  log.scrollTop = wanted;
  return wanted;
}

function Message({ event, before }: { event: ChatEvent; before: Row["before"] }) {
  const { stale } = useView();
  const isSame = before?.author === event.author;
  return (
    <>
      {!isSame && event.author === "agent" && (
        <p class="author">
          <Person /> {event.agent ?? texts.agent}
        </p>
      )}
      <div class={`message ${event.author}${isSame ? " same" : ""}`} data-event={event.id} data-type={event.type}>
        {event.author !== "system" && <span class="unseen">{event.author === "bot" ? texts.bot : texts.agent}: </span>}
        <EventView event={event} isStale={stale.has(event.id)} />
      </div>
    </>
  );
}

/** What the visitor wrote or chose; the node is the same before and after the log has it. */
function Mine({ event, message, isSame }: { event?: ChatEvent; message?: Pending; isSame: boolean }) {
  const sending = message && ` ${message.state === "refused" ? "refused" : "pending"}`;
  return (
    <div
      class={`message customer${isSame ? " same" : ""}${sending ?? ""}`}
      data-event={event?.id}
      data-type={event?.type}
    >
      <span class="unseen">{texts.you}: </span>
      <p class="words">{event?.text ?? message?.shown}</p>
      {message && <Sending message={message} />}
    </div>
  );
}

function Sending({ message }: { message: Pending }) {
  const { chat } = useView();
  if (message.state === "sent") return null;
  if (message.state !== "refused") {
    return <span class="sending">{message.state === "sending" ? texts.sending : texts.waiting}</span>;
  }
  return (
    <div class="not-sent">
      <span>
        {texts.notSent}. {message.problem}
      </span>
      <button type="button" class="plain" onClick={() => chat.outbox.again(message.client_message_id)}>
        {texts.sendAgain}
      </button>
      <button type="button" class="plain" onClick={() => chat.outbox.remove(message.client_message_id)}>
        {texts.remove}
      </button>
    </div>
  );
}

function Typing() {
  const { chat } = useView();
  const isAgent = chat.isAgentTyping && chat.events.at(-1)?.author !== "agent";
  if (!isAgent && !isAnswering(chat.events)) return null;
  return (
    <div class="typing" aria-hidden="true">
      <span>{isAgent ? texts.agentTyping : texts.thinking}</span>
      <i />
      <i />
      <i />
    </div>
  );
}
