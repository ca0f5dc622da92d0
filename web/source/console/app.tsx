// The whole page: sign-in, or lists, conversation and customer card beside each other.

import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { Conversation } from "./conversation";
import { CustomerCard } from "./card";
import type { Desk } from "./desk";
import { Lists } from "./lists";
import { SignIn } from "./sign_in";
import { texts } from "./texts";

const REDRAW_MS = 5_000;

export function App({ desk }: { desk: Desk }) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => desk.subscribe(() => redraw(undefined)), [desk]);
  useEffect(() => {
    const timer = setInterval(() => redraw(undefined), REDRAW_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    const press = (key: KeyboardEvent) => handleKey(desk, key);
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [desk]);
  const waiting = desk.summaries("queue").length;
  useEffect(() => {
    document.title = waiting ? `(${waiting}) ${texts.title} – Kvitt` : `${texts.title} – Kvitt`;
  }, [waiting]);
  if (!desk.isChecked) return null;
  return desk.me ? <Office desk={desk} /> : <SignIn desk={desk} />;
}

function handleKey(desk: Desk, key: KeyboardEvent): void {
  if (!key.altKey || key.ctrlKey || key.metaKey || !desk.me) return;
  if (/^Digit[1-4]$/.test(key.code)) desk.showNumber(Number(key.code.slice(5)));
  else if (key.code === "KeyK") void desk.show("all").then(() => document.getElementById("search")?.focus());
  else return;
  key.preventDefault();
}

function Office({ desk }: { desk: Desk }) {
  const [isCardShown, showCard] = useState(false);
  const main = useRef<HTMLElement>(null);
  const id = desk.opened?.id;
  useLayoutEffect(() => {
    showCard(false);
    if (id) main.current?.focus({ preventScroll: true });
  }, [id]);
  return (
    <div class={`office${id ? " has-open" : ""}${isCardShown ? " has-card" : ""}`}>
      <Top desk={desk} />
      <Lists desk={desk} />
      <main ref={main} tabIndex={-1} aria-label={texts.transcript}>
        {desk.opened ? (
          <Conversation key={id} desk={desk} opened={desk.opened} onCard={() => showCard(!isCardShown)} isCardShown={isCardShown} />
        ) : (
          <p class="empty">{texts.chooseOne}</p>
        )}
      </main>
      {desk.opened && <CustomerCard opened={desk.opened} />}
      <p class="unseen" role="status">
        {desk.notice}
      </p>
    </div>
  );
}

function Top({ desk }: { desk: Desk }) {
  const canNotify = "Notification" in globalThis && Notification.permission === "default";
  return (
    <header class="top">
      <h1>{desk.me?.company}</h1>
      <span class={desk.board.is_open ? "tag good" : "tag"}>{desk.board.is_open ? texts.open : texts.closed}</span>
      {!desk.isConnected && (
        <span class="tag wait" role="status">
          {texts.connecting}
        </span>
      )}
      <span class="space" />
      {canNotify && (
        <button type="button" class="button small wide" onClick={() => void Notification.requestPermission().then(() => desk.changed())}>
          {texts.notifications}
        </button>
      )}
      {desk.me?.role === "supervisor" && (
        <a class="button small" href="/console/insight.html">
          {texts.insight}
        </a>
      )}
      <span class="who wide">{desk.me?.display_name}</span>
      <button type="button" class="button small" onClick={() => void desk.signOut()}>
        {texts.signOut}
      </button>
    </header>
  );
}
