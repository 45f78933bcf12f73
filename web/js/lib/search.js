/** A search box with ranked suggestions, usable by keyboard. */
import { isAbort, latestOnly } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { distance } from "./format.js";
import { t } from "./i18n.js";

export const MATCH_ICONS = { grid: "grid-3x3", building: "building-2", entrance: "building-2", compound: "house", street: "map", person: "user" };

/**
 * Matches as the server ranks them; an overtaken question ends in an AbortError.
 * @param {() => Record<string, string>} [more] what else to ask with
 * @returns {(text: string) => Promise<any[]>}
 */
export function serverMatches(more = () => ({})) {
	const ask = latestOnly();
	return async (text) => (await ask(`/api/v1/addresses?${new URLSearchParams({ q: text, ...more() })}`)).matches;
}

/**
 * @param {any} match
 * @returns {string} what is said below its name
 */
export function withDistance({ detail, distance_m }) {
	const away = distance_m === null || distance_m === undefined ? "" : distance(distance_m);
	return [detail, away].filter(Boolean).join(" · ");
}

/**
 * @param {HTMLInputElement} input
 * @param {HTMLElement} list where suggestions go
 * @param {(match: any) => void} choose
 * @param {object} [options]
 * @param {(text: string) => Promise<any[] | null>} [options.find] ranked matches; null for a
 *   text that needs no suggestions. The server's by default
 * @param {(text: string) => void} [options.submit] called on Enter when no suggestion is
 *   marked; without it Enter picks the first
 * @returns {() => void} takes the suggestions away, also those on their way
 */
export function searchBox(input, list, choose, { find = serverMatches(), submit } = {}) {
	/** @type {any[]} */
	let matches = [];
	let active = -1;
	let timer = 0;
	let asked = "";
	list.setAttribute("role", "listbox");
	input.setAttribute("aria-controls", list.id);
	input.setAttribute("role", "combobox");
	input.setAttribute("aria-autocomplete", "list");
	list.setAttribute("aria-label", t("Suggestions"));
	input.setAttribute("aria-expanded", "false");
	input.autocomplete = "off";

	const close = () => {
		list.hidden = true;
		input.setAttribute("aria-expanded", "false");
	};
	const pick = (/** @type {number} */ position) => {
		if (!matches[position]) return;
		asked = "";
		input.value = matches[position].label;
		close();
		choose(matches[position]);
	};
	const chosen = () => {
		if (list.hidden) return -1;
		return active < 0 && !submit && matches.length && !matches[0].isSlip ? 0 : active;
	};
	const show = () => {
		fill(list, ...(matches.length ? matches.map(row) : [el("div.none", null, t("Nothing found. Try fewer words."))]));
		list.hidden = false;
		input.setAttribute("aria-expanded", "true");
		if (active >= 0) {
			input.setAttribute("aria-activedescendant", `${list.id}-${active}`);
			list.children[active].scrollIntoView({ block: "nearest" });
		} else input.removeAttribute("aria-activedescendant");
	};
	const row = (/** @type {any} */ match, /** @type {number} */ position) =>
		el("div.option", { role: "option", id: `${list.id}-${position}`, "aria-selected": String(position === active),
			onmousedown: (/** @type {Event} */ event) => { event.preventDefault(); pick(position); } },
			icon(/** @type {any} */ (MATCH_ICONS)[match.kind] || "map-pin"),
			el("span", null, match.label, el("small", null, withDistance(match))));

	const search = async () => {
		const text = input.value.trim();
		asked = text;
		if (!text) { close(); return; }
		try {
			const found = await find(text);
			if (asked !== text || document.activeElement !== input) return;
			matches = found || [];
			active = -1;
			if (found) show();
			else close();
		} catch (error) {
			if (!isAbort(error)) {
				fill(list, el("div.none", null, /** @type {Error} */ (error).message));
				list.hidden = false;
			}
		}
	};
	input.addEventListener("input", () => {
		clearTimeout(timer);
		timer = setTimeout(search, 160);
	});
	input.addEventListener("keydown", (event) => {
		if (event.isComposing) return;
		if (event.key === "ArrowDown" || event.key === "ArrowUp") {
			const step = event.key === "ArrowDown" ? 1 : -1;
			active = (active + step + matches.length) % Math.max(matches.length, 1);
			show();
			event.preventDefault();
		} else if (event.key === "Enter") {
			clearTimeout(timer);
			event.preventDefault();
			if (chosen() >= 0) pick(chosen());
			else if (submit) {
				asked = "";
				close();
				submit(input.value.trim());
			} else search();
		} else if (event.key === "Escape") close();
	});
	input.addEventListener("blur", () => setTimeout(close, 150));
	input.addEventListener("focus", () => { if (input.value.trim() && matches.length) show(); });
	return () => {
		clearTimeout(timer);
		asked = "";
		matches = [];
		close();
	};
}
