/** One card for each layer: its name, what is in its file, what must be said about it. */
import { columnChoice } from "../check/columns.js";
import { crsChoice } from "../check/crs-choice.js";
import { findings, layerChoice, summary } from "../check/seen.js";
import { el, fill, icon } from "../lib/dom.js";
import { number } from "../lib/format.js";
import { t } from "../lib/i18n.js";

/**
 * @typedef {object} Listeners
 * @property {(token: string, data: FormData) => void} changed a file is to be read in another way
 * @property {() => void} named
 * @property {(token: string) => void} removed
 */

/**
 * What is in a file and what must be said about it; open while something is missing.
 * @param {any} check
 * @param {() => void} again called when the file must be read again
 * @returns {HTMLElement[]}
 */
export function layerParts(check, again) {
	if (!check.seen) return problems(check);
	const { seen } = check;
	const columns = seen.crs.text ? columnChoice(check, again) : null;
	return parts(...problems(check), summary(check), findings(seen.findings),
		choices(check, t("Coordinate system and columns"), again, columns));
}

/**
 * The same for the outline: only areas are wanted, no grids with columns.
 * @param {any} check
 * @param {() => void} again
 * @returns {HTMLElement[]}
 */
export function outlineParts(check, again) {
	if (!check.seen) return problems(check);
	const { grids, crs } = check.seen;
	return parts(...problems(check), el("p", null, t("{count} areas, read as {crs}", { count: number(grids), crs: crs.text || "—" })),
		choices(check, t("Coordinate system"), again, null));
}

/** @param {...(HTMLElement | null)} nodes */
const parts = (...nodes) => /** @type {HTMLElement[]} */ (nodes.filter(Boolean));

/** @param {any} check */
const problems = ({ error }) => (error ? [el("p.notice.bad", { role: "alert" }, icon("circle-x"), el("span", null, error))] : []);

/**
 * @param {any} check
 * @param {string} words
 * @param {() => void} again
 * @param {HTMLElement | null} columns
 */
function choices(check, words, again, columns) {
	const { seen } = check;
	const isDoubtful = !seen.ready || Boolean(seen.place && seen.place.far);
	return el("details.more", { open: isDoubtful }, el("summary", null, words, " ", el("small", null, seen.crs.text)),
		el("div.stack", null, seen.layers.length > 1 ? layerChoice(check, again) : null, crsChoice(check, again), columns));
}

/** The cards and what a page may ask of them. */
export class LayerCards {
	/**
	 * @param {HTMLElement} box
	 * @param {Listeners} listeners
	 */
	constructor(box, listeners) {
		this.box = box;
		this.listeners = listeners;
		/** @type {Map<string, {node: HTMLFormElement, name: HTMLInputElement, body: HTMLElement, said: string}>} */
		this.cards = new Map();
	}

	/** @returns {[string, string][]} token and name of each layer */
	names() {
		return Array.from(this.cards, ([token, { name }]) => [token, name.value.trim()]);
	}

	/** @param {boolean} on */
	lock(on) {
		for (const { node } of this.cards.values()) node.classList.toggle("locked", on);
	}

	/** @param {{name: string, check: any}[]} layers */
	show(layers) {
		const wanted = new Set(layers.map(({ check }) => check.token));
		for (const [token, { node }] of this.cards) {
			if (wanted.has(token)) continue;
			node.remove();
			this.cards.delete(token);
		}
		for (const layer of layers) this.write(layer);
	}

	/** @param {{name: string, check: any}} layer */
	write({ name, check }) {
		const { token } = check;
		const card = this.cards.get(token) || this.make(name, check);
		const said = JSON.stringify(check);
		if (card.said === said) return;
		card.said = said;
		fill(card.body, ...layerParts(check, () => this.listeners.changed(token, new FormData(card.node))));
	}

	/**
	 * @param {string} shown
	 * @param {any} check
	 */
	make(shown, { token, title }) {
		const name = /** @type {HTMLInputElement} */ (el("input", { type: "text", value: shown, maxlength: 30, list: "departments", required: true, onchange: () => this.listeners.named() }));
		const body = el("div.stack");
		const node = /** @type {HTMLFormElement} */ (el("form.box.stack.layer", { autocomplete: "off", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
			el("div.layer-head", null,
				el("label.field", null, el("span", null, t("Name of the layer")), name),
				el("span.file", null, icon("file-text"), title),
				el("button.button.small", { type: "button", onclick: () => this.listeners.removed(token) }, icon("x"), t("Remove"))),
			body));
		this.box.append(node);
		const card = { node, name, body, said: "" };
		this.cards.set(token, card);
		return card;
	}
}
