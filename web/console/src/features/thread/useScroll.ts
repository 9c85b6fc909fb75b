/** Keeps the thread still: at the bottom it follows new messages, elsewhere nothing moves under the reader. */

import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";

const NEAR = 80;

interface Anchor {
  element: HTMLElement;
  top: number;
}

interface Scroll {
  flow: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  atBottom: boolean;
  toBottom: () => void;
  onScroll: () => void;
}

/** `onNearTop` asks for older messages; `changed` is anything that changes with the content. */
export function useScroll(onNearTop: () => void, changed: unknown): Scroll {
  const flow = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor | null>(null);
  const following = useRef(true);
  const [atBottom, setAtBottom] = useState(true);

  const note = useCallback(() => {
    const box = flow.current;
    if (!box) return;
    const edge = box.getBoundingClientRect();
    anchor.current = null;
    for (const element of box.querySelectorAll<HTMLElement>("[data-message]")) {
      const place = element.getBoundingClientRect();
      if (place.bottom > edge.top + 8) {
        anchor.current = { element, top: place.top };
        break;
      }
    }
  }, []);

  /** The box grows upward from its bottom, so only what is added below the reader has to be made up for. */
  const settle = useCallback(() => {
    const box = flow.current;
    if (!box) return;
    if (following.current) box.scrollTop = 0;
    else if (anchor.current?.element.isConnected) {
      const moved = anchor.current.element.getBoundingClientRect().top - anchor.current.top;
      if (Math.abs(moved) > 0.5) box.scrollTop += moved;
    }
    note();
  }, [note]);

  useLayoutEffect(settle, [settle, changed]);

  useEffect(() => {
    if (!content.current || !flow.current) return;
    const watch = new ResizeObserver(settle);
    watch.observe(content.current);
    watch.observe(flow.current);
    return () => watch.disconnect();
  }, [settle]);

  const onScroll = useCallback(() => {
    const box = flow.current;
    if (!box) return;
    following.current = -box.scrollTop < NEAR;
    setAtBottom(following.current);
    note();
    if (box.scrollHeight - box.clientHeight + box.scrollTop < 400) onNearTop();
  }, [note, onNearTop]);

  const toBottom = useCallback(() => {
    following.current = true;
    setAtBottom(true);
    if (flow.current) flow.current.scrollTop = 0;
  }, []);

  return { flow, content, atBottom, toBottom, onScroll };
}
