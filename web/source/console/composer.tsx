// Writing: a reply to the customer, or a note for colleagues.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Desk, Opened } from "./desk";
import { money } from "./format";
import { texts } from "./texts";

type Mode = "reply" | "note";

const LONGEST = 2000;

export function Composer({ desk, opened }: { desk: Desk; opened: Opened }) {
  const [text, setText] = useState("");
  const [mode, setMode] = useState<Mode>("reply");
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const messageId = useRef(crypto.randomUUID());
  const isMine = desk.isMine;
  useEffect(() => {
    if (isMine) input.current?.focus();
  }, [isMine]);
  const isNote = mode === "note" || !isMine;
  const send = async () => {
    if (!text.trim() || isBusy) return;
    setBusy(true);
    setText("");
    const isDone = isNote
      ? await desk.act("notes", { text })
      : await desk.act("messages", { text, client_message_id: messageId.current });
    setBusy(false);
    if (!isDone) return setText((since) => (since ? `${text}\n${since}` : text));
    messageId.current = crypto.randomUUID();
    input.current?.focus();
  };
  const pressed = (key: KeyboardEvent) => {
    if (key.key !== "Enter" || key.shiftKey || key.isComposing) return;
    key.preventDefault();
    void send();
  };
  return (
    <form
      class={isNote ? "composer is-note" : "composer"}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class="tools">
        {isMine && (
          <div class="modes" role="group" aria-label={texts.mode}>
            <button type="button" aria-pressed={!isNote} onClick={() => setMode("reply")}>
              {texts.reply}
            </button>
            <button type="button" aria-pressed={isNote} onClick={() => setMode("note")}>
              {texts.internal}
            </button>
          </div>
        )}
        {isMine && !isNote && <Canned desk={desk} opened={opened} choose={(chosen) => (setText(chosen), input.current?.focus())} />}
      </div>
      <textarea
        ref={input}
        rows={3}
        maxLength={LONGEST}
        aria-label={isNote ? texts.writeNote : texts.write}
        placeholder={isNote ? texts.writeNote : texts.write}
        aria-describedby="keys"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          if (!isNote) desk.typed(event.currentTarget.value);
        }}
        onKeyDown={pressed}
      />
      <div class="foot">
        <p id="keys" class="hint">
          {texts.keys}
        </p>
        <button class="button primary" aria-disabled={!text.trim() || isBusy}>
          {isNote ? texts.save : texts.send}
        </button>
      </div>
    </form>
  );
}

function Canned({ desk, opened, choose }: { desk: Desk; opened: Opened; choose: (text: string) => void }) {
  const canned = desk.me?.canned ?? [];
  return (
    <select
      class="canned"
      aria-label={texts.canned}
      value=""
      onChange={(event) => {
        const found = canned[Number(event.currentTarget.value)];
        if (found) choose(filled(found.text, desk, opened));
        event.currentTarget.value = "";
      }}
    >
      <option value="">{texts.cannedHint}</option>
      {canned.map((one, index) => (
        <option key={one.title} value={index}>
          {one.title}
        </option>
      ))}
    </select>
  );
}

/** What is not known falls away together with the space before it. */
function filled(text: string, desk: Desk, opened: Opened): string {
  const name = opened.card?.identity?.name ?? "";
  const values: Record<string, string> = {
    kund: name,
    förnamn: name.split(" ")[0] ?? "",
    agent: desk.me?.display_name ?? "",
    förfallet: opened.card?.overdue?.sums.map(money).join(" + ") ?? "",
  };
  return text.replace(/,? ?\{([\p{L}]+)\}/gu, (whole, key: string) => {
    const value = values[key] ?? "";
    return value ? whole.replace(`{${key}}`, value) : "";
  });
}
