// Emoji by Slack's names. An unknown one stays :name:, as Slack shows it.
import { el } from "./dom.js";

const NAMES = `
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|eyes 👀|white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|no_entry ⛔|no_entry_sign 🚫
raising_hand 🙋|raised_hand ✋|hand ✋|wave 👋|pray 🙏|clap 👏|muscle 💪|ok_hand 👌|point_right 👉|point_up ☝️|handshake 🤝|writing_hand ✍️
tada 🎉|rocket 🚀|fire 🔥|fire_engine 🚒|fire_extinguisher 🧯|rotating_light 🚨|ambulance 🚑|police_car 🚓|warning ⚠️|construction 🚧|boom 💥|zap ⚡|bell 🔔|no_bell 🔕
red_circle 🔴|large_red_square 🟥|large_orange_circle 🟠|orange_circle 🟠|large_yellow_circle 🟡|yellow_circle 🟡|large_green_circle 🟢|green_circle 🟢|large_blue_circle 🔵|white_circle ⚪|black_circle ⚫
heart ❤️|green_heart 💚|yellow_heart 💛|broken_heart 💔|star ⭐|sparkles ✨|100 💯|thinking_face 🤔|thinking 🤔|smile 😄|slightly_smiling_face 🙂|joy 😂|sob 😭|scream 😱|sweat_smile 😅|sunglasses 😎|robot_face 🤖|nerd_face 🧐|face_with_monocle 🧐|ghost 👻|skull 💀
mag 🔍|mag_right 🔎|microscope 🔬|telescope 🔭|bulb 💡|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|nut_and_bolt 🔩|gear ⚙️|toolbox 🧰|test_tube 🧪|stethoscope 🩺|satellite 🛰️|satellite_antenna 📡|label 🏷️
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|page_facing_up 📄|page_with_curl 📃|memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|scroll 📜|ledger 📒|books 📚|book 📖|notebook 📓|newspaper 📰|bookmark 🔖|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|file_folder 📁|open_file_folder 📂|card_index_dividers 🗂️|card_file_box 🗃️|file_cabinet 🗄️|wastebasket 🗑️
package 📦|ship 🚢|truck 🚚|inbox_tray 📥|outbox_tray 📤|incoming_envelope 📨|email 📧|envelope ✉️|speech_balloon 💬|loudspeaker 📢|mega 📣|phone ☎️|pager 📟|computer 💻|desktop_computer 🖥️|floppy_disk 💾|cd 💿|electric_plug 🔌|battery 🔋|globe_with_meridians 🌐|earth_africa 🌍|cloud ☁️|thunder_cloud_and_rain ⛈️|sunny ☀️|rainbow 🌈|snowflake ❄️|ocean 🌊|droplet 💧
hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|timer_clock ⏲️|alarm_clock ⏰|clock1 🕐|watch ⌚|calendar 📆|date 📅|spiral_calendar_pad 🗓️|arrows_counterclockwise 🔄|repeat 🔁|rewind ⏪|leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|back 🔙|black_square_for_stop ⏹️|octagonal_sign 🛑|stop_sign 🛑|double_vertical_bar ⏸️|arrow_forward ▶️|information_source ℹ️|question ❓|grey_question ❔|exclamation ❗|bangbang ‼️|heavy_plus_sign ➕|heavy_minus_sign ➖
lock 🔒|unlock 🔓|closed_lock_with_key 🔐|key 🔑|shield 🛡️|balance_scale ⚖️|scales ⚖️|bug 🐛|ant 🐜|owl 🦉|fox_face 🦊|bear 🐻|dog 🐶|cat 🐱|snake 🐍|whale 🐳|turtle 🐢|elephant 🐘
male-detective 🕵️|female-detective 🕵️‍♀️|sleuth_or_spy 🕵️|firefighter 🧑‍🚒|technologist 🧑‍💻|scientist 🧑‍🔬|judge 🧑‍⚖️|busts_in_silhouette 👥|bust_in_silhouette 👤|brain 🧠|moneybag 💰|credit_card 💳|shopping_trolley 🛒|coffee ☕|pizza 🍕|trophy 🏆|dart 🎯|triangular_flag_on_post 🚩|checkered_flag 🏁|new 🆕|up 🆙|sos 🆘|vertical_traffic_light 🚦|traffic_light 🚥|compass 🧭|world_map 🗺️|seedling 🌱|evergreen_tree 🌲|jigsaw 🧩|clamp 🗜️|thermometer 🌡️|headphones 🎧|video_camera 📹|camera 📷|art 🎨|game_die 🎲`;

const KNOWN = new Map(NAMES.trim().split(/[|\n]/).map((pair) => pair.trim().split(" ")));

export const QUICK = ["+1", "eyes", "white_check_mark", "raising_hand", "tada", "heart", "fire", "thinking_face", "x", "-1", "rocket", "pray"];

export const spoken = (name) => name.replaceAll("_", " ");

export function symbolOf(name) {
  return KNOWN.get(String(name).replace(/::skin-tone-\d$/, "")) ?? null;
}

export function emoji(name) {
  const symbol = symbolOf(name);
  if (!symbol) return el("span", { class: "emoji-name" }, `:${name}:`);
  return el("span", { class: "emoji", role: "img", "aria-label": spoken(name), title: `:${name}:` }, symbol);
}

/** Plain text with :names: as Slack's plain_text objects have them, as a list of texts and emoji. */
export function withEmoji(text) {
  return String(text).split(/(:[a-z0-9_+-]+:)/).map((part) => {
    const name = /^:([a-z0-9_+-]+):$/.exec(part)?.[1];
    return name && symbolOf(name) ? emoji(name) : part;
  });
}
