/** A small set of emoji with the words by which they are found. */

export interface Emoji {
  char: string;
  name: string;
}

const TEXT = `👍 thumbs up yes
👎 thumbs down no
❤️ heart love
🙏 thanks please pray
👏 clap bravo
💪 strong muscle
🤝 handshake deal
👋 wave hello bye
👌 ok fine
🤞 fingers crossed luck
✌️ peace victory
🙌 hooray hands
😀 grin happy
😃 smile happy
😄 laugh happy
😁 beam
😂 joy tears laughing
🤣 rolling laughing
😊 blush smile
🙂 slight smile
😉 wink
😍 heart eyes love
😘 kiss
🥰 hearts love
😎 cool sunglasses
🤩 star eyes wow
🤗 hug
🤔 thinking hmm
😮 surprised wow
😯 hushed
😲 astonished
😅 sweat relief
😬 grimace awkward
🙄 eye roll
😏 smirk
😐 neutral
😕 confused
😟 worried
😢 sad cry
😭 sob crying
😞 disappointed
😩 weary
😴 sleep tired
🤒 sick ill
😡 angry
😤 huff
🥳 party celebrate
🎉 tada party congratulations
🎂 cake birthday
🎁 gift present
✅ check done
❌ cross no
⚠️ warning
❗ exclamation
❓ question
💯 hundred perfect
🔥 fire hot
✨ sparkles
⭐ star
🌟 glowing star
💡 idea bulb
⏰ clock alarm
⏳ hourglass wait
📅 calendar date
📍 pin place
📎 clip attachment
📷 camera photo
📞 phone call
📱 mobile phone
💬 speech chat
📧 mail email
📦 package parcel
🚚 truck delivery
🚲 bike bicycle
🚗 car
✈️ plane
🏠 house home
🏪 shop store
🔧 wrench repair
🔋 battery
🔑 key
💳 card payment
💶 euro money
💰 money bag
🧾 receipt invoice
☀️ sun
🌧️ rain
☕ coffee
🍕 pizza
🍻 cheers beer
🌱 plant
🐶 dog
🐱 cat
👀 eyes look
🫶 heart hands
💙 blue heart
💚 green heart
💛 yellow heart
🧡 orange heart
💜 purple heart
🖤 black heart`;

export const EMOJI: Emoji[] = TEXT.split("\n").map((line) => {
  const at = line.indexOf(" ");
  return { char: line.slice(0, at), name: line.slice(at + 1) };
});

/** What was typed behind a colon that begins a word, just before the caret; two letters at least, else null. */
export function colonOf(before: string): string | null {
  return /(?:^|\s):([a-z_]{2,})$/i.exec(before)?.[1] ?? null;
}

/** Emoji whose words begin with what was typed. */
export function findEmoji(typed: string): Emoji[] {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return EMOJI;
  return EMOJI.filter((each) => each.name.split(" ").some((word) => word.startsWith(wanted)));
}
