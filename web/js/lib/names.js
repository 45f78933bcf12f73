/** Names where there is little room: their ends stay, because names often begin alike. */

const CJK = "\u2e80";
const ENDING = 7;
const NARROW = 4; // the ending in the narrowest boxes, which hold less than seven letters
const WHOLE = 6.5;

/**
 * @param {string} text
 * @returns {number} about how wide it is, in widths of a Chinese letter
 */
export function widthOf(text) {
	let wide = 0;
	for (const letter of text) wide += letter > CJK ? 1 : 0.56;
	return wide;
}

/**
 * Part a name into what may be cut off and the ending, which tells it from others.
 * @param {string} name
 * @param {number} room of the ending, in widths of a Chinese letter
 * @returns {[string, string]}
 */
function parted(name, room) {
	const letters = Array.from(name);
	let at = letters.length;
	while (at > 0 && widthOf(letters.slice(at - 1).join("")) <= room) at -= 1;
	return [letters.slice(0, at).join(""), letters.slice(at).join("")];
}

/**
 * Part a name for a box that may be narrow; short names are an ending only.
 * @param {string} name
 * @returns {[string, string]}
 */
export function endingOf(name) {
	return parted(name, widthOf(name) <= WHOLE ? WHOLE : NARROW);
}

/**
 * Cut a name in its middle.
 * @param {string} name
 * @param {number} room in widths of a Chinese letter
 * @returns {string} at most so wide
 */
export function cutName(name, room) {
	if (widthOf(name) <= room) return name;
	const [begin, end] = parted(name, Math.min(ENDING, room / 2));
	let head = Array.from(begin);
	while (head.length && widthOf(head.join("")) + 1 + widthOf(end) > room) head = head.slice(0, -1);
	return `${head.join("").trimEnd()}…${end.trimStart()}`;
}
