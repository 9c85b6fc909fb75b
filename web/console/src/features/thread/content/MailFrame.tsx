/** A mail's HTML in a frame that runs no scripts, as high as what it says, in the colours of its bubble. */

import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import { useTheme } from "~/app/theme.ts";
import styles from "./content.module.css";

const HIGHEST = 6000;

interface MailFrameProps {
  id: string;
  part: "own" | "whole";
  pictures: boolean;
  title: string;
  /** The same in words: its length says how high the frame will be about. */
  text: string;
}

export function MailFrame({ id, part, pictures, title, text }: MailFrameProps): ReactNode {
  const frame = useRef<HTMLIFrameElement>(null);
  const watch = useRef<ResizeObserver | null>(null);
  const [height, setHeight] = useState(() => guess(text));
  const { shown: theme } = useTheme();
  const paint = useCallback(() => {
    const root = frame.current?.contentDocument?.documentElement;
    const around = frame.current?.closest<HTMLElement>("[data-direction]");
    if (root) dress(root, around?.dataset.direction === "outgoing", theme);
  }, [theme]);

  useEffect(paint, [paint]);
  useEffect(() => () => watch.current?.disconnect(), []);

  const onLoad = (): void => {
    const root = frame.current?.contentDocument?.documentElement;
    if (!root) return;
    paint();
    const measure = (): void => setHeight(Math.min(HIGHEST, Math.ceil(root.getBoundingClientRect().height)));
    measure();
    watch.current?.disconnect();
    watch.current = new ResizeObserver(measure);
    watch.current.observe(root);
  };

  const query = `part=${part}&pictures=${pictures ? "all" : "own"}`;
  return (
    <iframe
      ref={frame}
      className={styles.mail}
      src={`/v1/messages/${id}/html?${query}`}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      title={title}
      height={height}
      onLoad={onLoad}
    />
  );
}

/** About how high a text is, so that little moves when the frame has loaded. */
function guess(text: string): number {
  const lines = text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 72)), 0);
  return Math.min(600, Math.max(20, lines * 20));
}

function dress(root: HTMLElement, outgoing: boolean, theme: "light" | "dark"): void {
  const page = getComputedStyle(document.documentElement);
  const color = page.getPropertyValue(outgoing ? "--on-bubble-out" : "--text");
  root.style.setProperty("color-scheme", theme);
  root.style.setProperty("--text", color);
  root.style.setProperty("--link", page.getPropertyValue("--accent-text"));
  root.style.setProperty("--line", page.getPropertyValue("--line-control"));
}
