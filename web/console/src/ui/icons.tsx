/** Icons: one grid, one 1.5 px line at every size. Channels have neutral glyphs of our own, no brand marks. */

import {
  ArrowDown,
  ArrowDownUp,
  ArrowLeft,
  AtSign,
  Ban,
  Bell,
  Bot,
  Check,
  CheckCheck,
  ChevronDown,
  ChevronRight,
  CircleAlert,
  CircleHelp,
  CircleUser,
  Clock,
  Copy,
  Download,
  Ellipsis,
  ExternalLink,
  File,
  Globe,
  Image,
  Inbox,
  KeyRound,
  ListFilter,
  List,
  LoaderCircle,
  Lock,
  LogOut,
  MapPin,
  MessageSquare,
  MessageSquareText,
  Moon,
  Mail,
  Megaphone,
  Monitor,
  PanelRight,
  Paperclip,
  Pause,
  Pencil,
  Phone,
  Play,
  Plus,
  Reply,
  RotateCw,
  Search,
  SendHorizontal,
  ShieldCheck,
  ShoppingBag,
  SlidersHorizontal,
  Smartphone,
  Smile,
  SmilePlus,
  SquareSlash,
  Star,
  Sun,
  Trash2,
  User,
  UserCheck,
  UserRound,
  Users,
  Video,
  WifiOff,
  X,
  Zap,
  type LucideIcon,
} from "lucide-react";
import type { ReactNode } from "react";

const ICONS = {
  alert: CircleAlert,
  at: AtSign,
  ban: Ban,
  bell: Bell,
  bot: Bot,
  bubble: MessageSquare,
  check: Check,
  checks: CheckCheck,
  clip: Paperclip,
  clock: Clock,
  copy: Copy,
  down: ChevronDown,
  download: Download,
  external: ExternalLink,
  file: File,
  filter: ListFilter,
  globe: Globe,
  help: CircleHelp,
  image: Image,
  inbox: Inbox,
  jump: ArrowDown,
  key: KeyRound,
  left: ArrowLeft,
  loader: LoaderCircle,
  lock: Lock,
  log: List,
  mail: Mail,
  megaphone: Megaphone,
  monitor: Monitor,
  moon: Moon,
  more: Ellipsis,
  offline: WifiOff,
  order: ShoppingBag,
  pause: Pause,
  pen: Pencil,
  phone: Smartphone,
  call: Phone,
  pin: MapPin,
  play: Play,
  plus: Plus,
  reply: Reply,
  retry: RotateCw,
  right: ChevronRight,
  saved: MessageSquareText,
  search: Search,
  send: SendHorizontal,
  settings: SlidersHorizontal,
  shield: ShieldCheck,
  side: PanelRight,
  signOut: LogOut,
  slash: SquareSlash,
  smile: Smile,
  smilePlus: SmilePlus,
  sort: ArrowDownUp,
  star: Star,
  sun: Sun,
  trash: Trash2,
  unknown: CircleHelp,
  user: User,
  userCheck: UserCheck,
  person: UserRound,
  profile: CircleUser,
  users: Users,
  video: Video,
  x: X,
  zap: Zap,
} satisfies Record<string, LucideIcon>;

export type IconName = keyof typeof ICONS;

interface IconProps {
  name: IconName;
  size?: number;
  className?: string;
  filled?: boolean;
}

export function Icon({ name, size = 16, className, filled = false }: IconProps): ReactNode {
  const Glyph = ICONS[name];
  return (
    <Glyph
      size={size}
      strokeWidth={1.5}
      nonScalingStroke
      className={className}
      fill={filled ? "currentColor" : "none"}
      aria-hidden="true"
      focusable="false"
    />
  );
}

const CHANNEL_PATHS: Record<string, string> = {
  whatsapp: "M4 20l1.200-4A8 8 0 1 1 8.300 19zM9.200 8.800c0 3.400 2.600 6 6 6l.6-1.900-1.900-.8-.9.9c-.9-.4-1.600-1.100-2-2l.9-.9-.8-1.900z",
  webchat: "M4 12h16M12 4c4.600 4.400 4.600 11.600 0 16-4.600-4.400-4.600-11.600 0-16zM12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16z",
  email: "M5.500 5.500h13a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2zM4.500 7l7.500 6 7.500-6",
  sms: "M4 5.500h16v11H11L7 20v-3.500H4zM8 11h.01M12 11h.01M16 11h.01",
  other: "M4.500 5h15v11H12l-4.500 4v-4h-3z",
};

/** A channel's glyph. A channel without one of its own gets the plain bubble. */
export function ChannelGlyph({ channel, size = 16, className }: { channel: string; size?: number; className?: string }): ReactNode {
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
      aria-hidden="true"
      focusable="false"
    >
      <path d={CHANNEL_PATHS[channel] ?? CHANNEL_PATHS.other} />
    </svg>
  );
}

const CHANNEL_NAMES: Record<string, string> = { whatsapp: "WhatsApp", webchat: "Web chat", email: "Email", sms: "SMS" };

/** A channel's name before the list of channels has been read. */
export function channelName(slug: string): string {
  return CHANNEL_NAMES[slug] ?? slug.charAt(0).toUpperCase() + slug.slice(1);
}

export function Mark({ size = 20 }: { size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" aria-hidden="true">
      <path d="M4 15.500c2.700-3 5.300-3 8 0s5.300 3 8 0M4 9c2.700-3 5.300-3 8 0s5.300 3 8 0" />
    </svg>
  );
}
