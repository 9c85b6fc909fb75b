/** Icons: one grid, one 1.5 px line at every size. Signs of channels: Channel.tsx. */

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

export function Mark({ size = 20 }: { size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" aria-hidden="true">
      <path d="M4 15.500c2.700-3 5.300-3 8 0s5.300 3 8 0M4 9c2.700-3 5.300-3 8 0s5.300 3 8 0" />
    </svg>
  );
}
