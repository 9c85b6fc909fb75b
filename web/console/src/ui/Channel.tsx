/** Channels as people see them: name and sign, both from the desk's own list of channels. No brand marks. */

import type { Channel } from "@frontdesk/shared";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { channelsQuery } from "~/app/queries.ts";
import { channelOfScheme, letterOf, plainName } from "./channel-words.ts";

const BUBBLE = "M4.500 5h15v11H12l-4.500 4v-4h-3z";

function useChannel(slug: string): Channel | undefined {
  const { data } = useQuery(channelsQuery);
  return data?.find((each) => each.slug === slug);
}

/** A channel's name; its slug in words before the list has been read. */
export function useChannelName(slug: string): string {
  return useChannel(slug)?.name ?? plainName(slug);
}

export function ChannelName({ channel }: { channel: string }): ReactNode {
  return useChannelName(channel);
}

/** The channel by which an address is reached. */
export function useSchemeChannel(scheme: string): string {
  const { data } = useQuery(channelsQuery);
  return channelOfScheme(scheme, data?.map((each) => each.slug) ?? []);
}

/** A channel's sign: its own, else the first letter of its name in a bubble's place. */
export function ChannelGlyph({ channel, size = 16, className }: { channel: string; size?: number; className?: string }): ReactNode {
  const known = useChannel(channel);
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={(1.5 * 24) / size}
      strokeLinecap="round"
      strokeLinejoin="round"
      className={className}
      data-channel={channel}
      aria-hidden="true"
      focusable="false"
    >
      {known && !known.glyph ? (
        <text x="12" y="18.500" textAnchor="middle" fontSize="19" fontWeight="650" fill="currentColor" stroke="none">
          {letterOf(known.name)}
        </text>
      ) : (
        <path d={known?.glyph ?? BUBBLE} />
      )}
    </svg>
  );
}
