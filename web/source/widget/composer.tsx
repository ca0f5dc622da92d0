// Where one writes. Enter sends, Shift+Enter breaks the line.

import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { texts } from "../texts";
import { useView } from "./context";
import { Send } from "./icons";

const LIMIT = 2000;

export function Composer({ input }: { input: RefObject<HTMLTextAreaElement | null> }) {
  const { chat } = useView();
  const [text, change] = useState("");
  useLayoutEffect(() => {
    const area = input.current!;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [text]);
  const send = () => {
    const clean = text.trim();
    if (!clean || clean.length > LIMIT) return;
    chat.say(clean);
    change("");
    input.current?.focus();
  };
  const isTooLong = text.trim().length > LIMIT;
  return (
    <form
      class="composer"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        send();
      }}
    >
      <label class="unseen" for="words">
        {texts.write}
      </label>
      <textarea
        id="words"
        ref={input}
        rows={1}
        placeholder={texts.writeHint}
        value={text}
        autocomplete="off"
        aria-invalid={isTooLong}
        aria-describedby={isTooLong ? "too-long" : undefined}
        enterkeyhint="send"
        onInput={(typed) => {
          change(typed.currentTarget.value);
          chat.typed();
        }}
        onKeyDown={(key) => {
          if (key.key !== "Enter" || key.shiftKey || key.isComposing) return;
          key.preventDefault();
          send();
        }}
      />
      <button class="send" aria-label={texts.send} aria-disabled={!text.trim() || isTooLong}>
        <Send />
      </button>
      {isTooLong && (
        <p id="too-long" role="alert">
          {texts.tooLong(LIMIT)}
        </p>
      )}
    </form>
  );
}
