/** Tells the desk that we write: at the start, every few seconds while it goes on, and at the end. */

import { useCallback, useEffect, useRef } from "react";
import { sayTyping } from "~/app/live.ts";

const AGAIN = 4000;
const STOPS = 5000;

export function useSayTyping(conversation: string): (on: boolean) => void {
  const said = useRef(0);
  const stop = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const say = useCallback(
    (on: boolean) => {
      clearTimeout(stop.current);
      if (!on) {
        if (said.current) sayTyping(conversation, false);
        said.current = 0;
        return;
      }
      if (Date.now() - said.current > AGAIN) {
        said.current = Date.now();
        sayTyping(conversation, true);
      }
      stop.current = setTimeout(() => {
        sayTyping(conversation, false);
        said.current = 0;
      }, STOPS);
    },
    [conversation],
  );

  useEffect(() => () => say(false), [say]);
  return say;
}
