// What the launcher on the host page and the widget in its frame tell each other.

export interface Options {
  title?: string;
  subtitle?: string;
  accent?: string;
  theme?: string;
}

export type ToWidget =
  | { kvitt: "start"; options: Options; identity?: string; isShown: boolean }
  | { kvitt: "show" | "hide" | "logout" }
  | { kvitt: "identify"; identity: string };

export type ToHost =
  | { kvitt: "ready" | "minimise" | "ended" | "open" }
  | { kvitt: "unread"; count: number };
