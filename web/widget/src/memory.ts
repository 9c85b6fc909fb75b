/* What the widget remembers in this browser, per inbox: falls back to memory where storage is refused. */

export interface Memory {
  get<T>(name: string): T | null;
  set(name: string, value: unknown): void;
  /** Calls back when another tab changed `name`. */
  watch(listener: (name: string) => void): void;
}

export function openMemory(scope: string): Memory {
  const prefix = `frontdesk:${scope}:`;
  const held = new Map<string, string>();
  return {
    get(name) {
      let text: string | null | undefined;
      try {
        text = localStorage.getItem(prefix + name);
      } catch {
        text = held.get(name);
      }
      try {
        return text ? (JSON.parse(text) as never) : null;
      } catch {
        return null;
      }
    },
    set(name, value) {
      const text = value === null || value === undefined ? null : JSON.stringify(value);
      try {
        if (text === null) localStorage.removeItem(prefix + name);
        else localStorage.setItem(prefix + name, text);
      } catch {
        if (text === null) held.delete(name);
        else held.set(name, text);
      }
    },
    watch(listener) {
      addEventListener("storage", (event) => {
        if (event.key?.startsWith(prefix)) listener(event.key.slice(prefix.length));
      });
    },
  };
}
