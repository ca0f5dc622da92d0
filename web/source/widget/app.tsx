// The whole panel.

import { useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import type { Options } from "../messages";
import { texts } from "../texts";
import type { Chat } from "./chat";
import { Composer } from "./composer";
import { ViewContext } from "./context";
import { isAnswering, staleEvents, type ChatEvent } from "./events";
import { Header } from "./header";
import { tell } from "./host";
import { Log } from "./log";

const EXPIRY_LOOK_MS = 30_000;

export interface AppProps {
  chat: Chat;
  options: Options;
  /** Grows each time the visitor opens the panel: then the keyboard goes to it. */
  shownTimes: number;
  opened: (event: ChatEvent) => void;
}

export function App({ chat, options, shownTimes, opened }: AppProps) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [isEnding, setEnding] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  useEffect(() => chat.subscribe(() => redraw(undefined)), [chat]);
  useEffect(() => {
    const timer = setInterval(() => redraw(undefined), EXPIRY_LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const refocus = useCallback(() => focusWithout(input.current), []);
  useEffect(() => {
    if (shownTimes > 0 && chat.phase === "open") refocus();
  }, [shownTimes, chat.phase]);
  const stale = staleEvents(chat.events, chat.taken, Date.now());
  const view = { chat, stale, opened, refocus };
  const escape = (key: KeyboardEvent) => {
    if (key.key !== "Escape") return;
    if (isEnding) setEnding(false);
    else tell({ kvitt: "minimise" });
  };
  return (
    <ViewContext.Provider value={view}>
      <div class="panel" onKeyDown={escape}>
        <Header chat={chat} options={options} onEnd={() => setEnding(true)} />
        {isEnding && chat.phase === "open" && <Ending chat={chat} done={() => setEnding(false)} />}
        {chat.phase === "open" ? (
          <main>
            <Log />
            <Status chat={chat} />
            <Composer input={input} />
          </main>
        ) : (
          <Beside chat={chat} />
        )}
      </div>
    </ViewContext.Provider>
  );
}

/** On a touch screen the keyboard would cover what has just been said: the log gets the focus. */
function focusWithout(input: HTMLTextAreaElement | null): void {
  const isTouch = matchMedia("(pointer: coarse)").matches;
  const log = document.querySelector<HTMLElement>("[role=log]");
  (isTouch ? log : input)?.focus({ preventScroll: true });
}

function Status({ chat }: { chat: Chat }) {
  const isAtWork = isAnswering(chat.events);
  const connection = chat.isConnected ? "" : navigator.onLine ? texts.connecting : texts.offline;
  return (
    <>
      <p class="unseen" role="status">
        {isAtWork ? texts.isThinking : ""}
      </p>
      <p class="bar" role="status" hidden={!connection}>
        {connection}
      </p>
      <p class="bar problem" role="alert" hidden={!chat.problem}>
        {chat.problem}
      </p>
    </>
  );
}

function Ending({ chat, done }: { chat: Chat; done: () => void }) {
  const yes = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => yes.current?.focus(), []);
  const end = () =>
    chat.end().then(
      () => {
        tell({ kvitt: "ended" });
        done();
      },
      () => done(),
    );
  return (
    <section class="ending" role="alertdialog" aria-labelledby="ending-title" aria-describedby="ending-text">
      <h2 id="ending-title">{texts.endTitle}</h2>
      <p id="ending-text">{texts.endText}</p>
      <div class="choices">
        <button type="button" class="button primary" ref={yes} onClick={() => void end()}>
          {texts.endYes}
        </button>
        <button type="button" class="button" onClick={done}>
          {texts.endNo}
        </button>
      </div>
    </section>
  );
}

const BESIDE = {
  ended: { title: texts.endedTitle, text: texts.endedText, button: texts.startNew },
  failed: { title: texts.failedTitle, text: texts.failedText, button: texts.tryAgain },
};

/** Before and after the conversation. */
function Beside({ chat }: { chat: Chat }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const phase = chat.phase;
  useEffect(() => heading.current?.focus(), [phase]);
  const said = useMemo(() => (phase === "ended" || phase === "failed" ? BESIDE[phase] : undefined), [phase]);
  if (!said) {
    return (
      <main class="beside">
        <p role="status">{texts.starting}</p>
      </main>
    );
  }
  const start = () => {
    tell({ kvitt: "open" });
    void chat.start();
  };
  return (
    <main class="beside">
      <h2 ref={heading} tabIndex={-1}>
        {said.title}
      </h2>
      <p>{chat.problem || said.text}</p>
      <button type="button" class="button primary" onClick={start}>
        {said.button}
      </button>
    </main>
  );
}
