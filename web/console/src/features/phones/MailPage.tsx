/** A mail's HTML on a phone: a sheet of paper in a frame that runs nothing, as high as what it says. */

import { useEffect, useRef, useState, type ReactNode } from "react";
import styles from "./phones.module.css";

const HIGHEST = 420;
const LINE = 21;

interface MailPageProps {
  src: string;
  title: string;
  /** The same in words: its length says how high the frame will be about. */
  text: string;
}

export function MailPage({ src, title, text }: MailPageProps): ReactNode {
  const frame = useRef<HTMLIFrameElement>(null);
  const watch = useRef<ResizeObserver | null>(null);
  const [height, setHeight] = useState(() => Math.min(HIGHEST, text.split("\n").length * LINE + 32));
  useEffect(() => () => watch.current?.disconnect(), []);

  const onLoad = (): void => {
    const root = frame.current?.contentDocument?.documentElement;
    if (!root) return;
    const measure = (): void => setHeight(Math.min(HIGHEST, Math.ceil(root.getBoundingClientRect().height)));
    measure();
    watch.current?.disconnect();
    watch.current = new ResizeObserver(measure);
    watch.current.observe(root);
  };

  return (
    <iframe
      ref={frame}
      className={styles.sheet}
      src={src}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      title={title}
      height={height}
      onLoad={onLoad}
    />
  );
}
