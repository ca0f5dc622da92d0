// Logging in: an address, then the code that was mailed there. Both can be typed below as well.

import { useState } from "preact/hooks";
import { texts } from "../../texts";
import { useView, type EventProps } from "../context";
import { Check } from "../icons";
import { Accounts } from "./choose-one";
import { Buttons, Frame, WindowLink } from "./parts";

export function Login({ event, isStale }: EventProps) {
  const { chat } = useView();
  const isOpen = chat.openLogin === event;
  if (event.step === "choose") return <Accounts event={event} isStale={isStale} />;
  if (event.step === "done") {
    return (
      <p class="done">
        <Check /> {texts.loggedIn}
      </p>
    );
  }
  if (event.step !== "email" && event.step !== "code") return null;
  return (
    <>
      {isOpen && (
        <Frame label={texts.logIn}>
          {event.step === "email" ? <Email /> : <Code />}
          {event.href && (
            <div class="foot">
              <WindowLink event={event} title={texts.logInAtZone} />
            </div>
          )}
        </Frame>
      )}
      <Buttons event={event} isStale={isStale} />
    </>
  );
}

interface FieldProps {
  label: string;
  button: string;
  input: Record<string, string>;
}

function Field({ label, button, input }: FieldProps) {
  const { chat, refocus } = useView();
  const [value, change] = useState("");
  const submit = (submitted: Event) => {
    submitted.preventDefault();
    if (!value.trim()) return;
    chat.say(value.trim());
    change("");
    refocus();
  };
  return (
    <form class="field" onSubmit={submit} noValidate>
      <label>
        <span>{label}</span>
        <input {...input} value={value} onInput={(typed) => change(typed.currentTarget.value)} />
      </label>
      <button class="button primary">{button}</button>
    </form>
  );
}

const EMAIL = { type: "email", name: "email", autocomplete: "email", inputmode: "email", spellcheck: "false" };
const CODE = { type: "text", name: "code", autocomplete: "one-time-code", inputmode: "numeric", maxlength: "12" };

const Email = () => <Field label={texts.email} button={texts.sendCode} input={EMAIL} />;
const Code = () => <Field label={texts.code} button={texts.logIn} input={CODE} />;
