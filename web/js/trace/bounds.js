/** Proposals from descriptions of bounds (四至): which street is meant, and how sure that is. */
import { el, fill } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notice.js";

/** @param {number} sureness */
function grade(sureness) {
	if (sureness >= 0.6) return { kind: "good", words: t("quite sure") };
	if (sureness >= 0.3) return { kind: "warn", words: t("look at it") };
	return { kind: "bad", words: t("unsure") };
}

/**
 * @param {any} side
 */
function sideRow(side) {
	const found = side.street && side.street !== side.asked ? `${side.asked} → ${side.street}` : side.asked;
	let words = "";
	if (!side.asked) words = t("nothing is said");
	else if (!side.street) words = t("no street is called that");
	else if (side.score < 1) words = t("{percent} % alike", { percent: Math.round(side.score * 100) });
	const others = side.others.length ? el("small", null, t("or: {names}", { names: side.others.join("、") })) : null;
	return el(`li${side.street ? "" : ".missing"}`, null, el("b", null, side.side), el("span", null, found || "–", words ? el("small", null, words) : null, others));
}

/** Shows the proposals. */
export class Proposals {
	/**
	 * @param {any} map
	 * @param {HTMLElement} box
	 */
	constructor(map, box) {
		this.L = /** @type {any} */ (window).L;
		this.map = map;
		this.box = box;
		this.shapes = this.L.layerGroup().addTo(map);
	}

	/**
	 * @param {any} data
	 * @param {HTMLElement} next
	 */
	show(data, next) {
		this.shapes.clearLayers();
		const cards = data.proposals.map((/** @type {any} */ proposal) => this.card(proposal));
		fill(this.box, data.count ? next : null, ...cards);
		this.box.hidden = false;
		const bounds = this.L.featureGroup(this.shapes.getLayers()).getBounds();
		if (bounds.isValid()) this.map.fitBounds(bounds, { padding: [30, 30], maxZoom: 17 });
	}

	/** @param {any} proposal */
	card(proposal) {
		const { kind, words } = grade(proposal.sureness);
		const colour = { good: "#1a7f4b", warn: "#9a6200", bad: "#b42318" }[kind];
		let shape = null;
		if (proposal.shape) {
			shape = this.L.geoJSON(proposal.shape, { interactive: false, style: { color: colour, weight: 3, fillOpacity: 0.15 } });
			shape.addTo(this.shapes);
		}
		const title = proposal.name || proposal.code;
		return el("section.box.stack.proposal", null,
			el("div.row", null,
				shape ? el("button.link", { type: "button", onclick: () => this.map.fitBounds(shape.getBounds(), { padding: [30, 30] }) }, el("b", null, title)) : el("b", null, title),
				el(`span.tag.${kind}`, null, proposal.shape ? `${words} · ${Math.round(proposal.sureness * 100)} %` : t("no area"))),
			el("ul.four", null, ...proposal.sides.map(sideRow)),
			...this.notes(proposal));
	}

	/** @param {any} proposal */
	notes(proposal) {
		const said = proposal.joined.map((/** @type {any[]} */ [one, two, metres]) =>
			t("The streets of the {one} and the {two} side do not meet: {metres} m were bridged.", { one, two, metres }));
		if (proposal.missing.length && proposal.shape)
			said.push(t("Without a street: {sides}. The outline of the region stands in.", { sides: proposal.missing.join("、") }));
		if (!proposal.shape)
			said.push(t("The streets that were found enclose no area on their inner sides. Look whether east and west are confused, or name the street differently."));
		return said.map((/** @type {string} */ words) => notice("warn", words));
	}
}
