/**
 * What was looked up on this device: names of places and their links, as the server wrote them.
 * What somebody typed is not kept, because a message may hold names and numbers.
 */

/** @typedef {{title: string, detail: string, link: string}} Recent */

const KEY = "geogrid.recent";
const MOST = 8;

/** @returns {Recent[]} the latest first */
export function recentLookups() {
	try {
		const kept = JSON.parse(localStorage.getItem(KEY) || "[]");
		const isWhole = (/** @type {any} */ each) => each && typeof each.title === "string"
			&& typeof each.detail === "string" && typeof each.link === "string" && each.link.startsWith("/lookup?");
		return Array.isArray(kept) ? kept.filter(isWhole).slice(0, MOST) : [];
	} catch {
		return []; // a browser that keeps nothing, or what others wrote
	}
}

/** @param {any} answer of `/api/v1/lookup` */
export function rememberLookup({ kind, title, detail, chain, share, person, as_of }) {
	if (!["place", "grid"].includes(kind) || !share || person || as_of) return;
	const grid = kind === "place" ? chain[0].name || chain[0].code : "";
	const latest = { title, detail: [detail, grid].filter(Boolean).join(" · "), link: share };
	const others = recentLookups().filter((each) => each.title !== title);
	try {
		localStorage.setItem(KEY, JSON.stringify([latest, ...others].slice(0, MOST)));
	} catch {
		/* a browser that keeps nothing */
	}
}

export function forgetLookups() {
	try {
		localStorage.removeItem(KEY);
	} catch {
		/* a browser that keeps nothing */
	}
}
