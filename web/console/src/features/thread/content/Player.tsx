/** A player for voice messages and sounds: play, seek, time. The bars are the sound's own loudness. */

import { duration } from "@frontdesk/shared";
import { useEffect, useRef, useState, type CSSProperties, type ReactNode } from "react";
import { Icon } from "~/ui/icons.tsx";
import styles from "./player.module.css";

const BARS = 36;
const LARGEST_DRAWN = 3_000_000;

/** Loudness of a sound in bars from 0 to 1, or null when it cannot be read. */
async function loudness(url: string, signal: AbortSignal): Promise<number[] | null> {
  const response = await fetch(url, { signal });
  if (!response.ok || Number(response.headers.get("Content-Length") ?? 0) > LARGEST_DRAWN) return null;
  const sound = await new OfflineAudioContext(1, 1, 44_100).decodeAudioData(await response.arrayBuffer());
  const samples = sound.getChannelData(0);
  const each = Math.max(1, Math.floor(samples.length / BARS));
  const peaks = Array.from({ length: BARS }, (_, bar) => {
    let peak = 0;
    for (let at = bar * each; at < (bar + 1) * each && at < samples.length; at += 16) peak = Math.max(peak, Math.abs(samples[at] ?? 0));
    return peak;
  });
  const highest = Math.max(...peaks, 0.01);
  return peaks.map((peak) => peak / highest);
}

export function Player({ url, name, onError }: { url: string; name: string; onError: () => void }): ReactNode {
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState<number | null>(null);
  const [bars, setBars] = useState<number[] | null>(null);

  useEffect(() => {
    const stop = new AbortController();
    loudness(url, stop.signal)
      .then(setBars)
      .catch(() => setBars(null));
    return () => stop.abort();
  }, [url]);

  const toggle = (): void => {
    if (!audio.current) return;
    if (playing) audio.current.pause();
    else void audio.current.play().catch(onError);
  };
  const known = length !== null && Number.isFinite(length) && length > 0 ? length : null;
  const part = known ? at / known : 0;

  return (
    <div className={styles.player}>
      <audio
        ref={audio}
        src={url}
        preload="metadata"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setAt(0)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onLoadedMetadata={(event) => setLength(event.currentTarget.duration)}
        onDurationChange={(event) => setLength(event.currentTarget.duration)}
        onError={onError}
      />
      <button type="button" className={styles.play} onClick={toggle} aria-label={`${playing ? "Pause" : "Play"} ${name}${known ? `, ${duration(known)}` : ""}`}>
        <Icon name={playing ? "pause" : "play"} filled />
      </button>
      <span className={styles.track}>
        {bars ? (
          <span className={styles.bars} aria-hidden="true">
            {bars.map((bar, index) => (
              <span key={index} data-played={index / BARS < part || undefined} style={{ height: `${String(Math.max(10, bar * 100))}%` }} />
            ))}
          </span>
        ) : (
          <span className={styles.line} style={{ "--part": part } as CSSProperties} aria-hidden="true" />
        )}
        <input
          type="range"
          min={0}
          max={known ?? 1}
          step={0.1}
          value={Math.min(at, known ?? 1)}
          aria-label={`Position in ${name}`}
          aria-valuetext={duration(at)}
          disabled={!known}
          onChange={(event) => {
            if (audio.current) audio.current.currentTime = Number(event.target.value);
            setAt(Number(event.target.value));
          }}
        />
      </span>
      <span className={styles.time}>{duration(playing || at > 0 ? at : known)}</span>
    </div>
  );
}
