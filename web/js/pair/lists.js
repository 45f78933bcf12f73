/** The lists beside the map of two drafts, built of what the server answered. */
import { el, icon } from "../lib/dom.js";
import { area, number } from "../lib/format.js";
import { locale, t } from "../lib/i18n.js";
import { cutName } from "../lib/names.js";

const MOST = 100;
const COLUMN = 14; // widths of a Chinese letter
const time = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "short" });

/**
 * @typedef {{number: number, of: number, text: string, by: string, at: string, extent: number[] | null}} Entry
 * @typedef {{go: (extent: number[]) => void, choose: (of: number, is_taken: boolean) => void, again: (of: number, is_wanted: boolean) => void}} Acts
 */

/** @param {string} name of a look */
export function swatch(name) {
	return el(`i.swatch.${name}`, { "aria-hidden": "true" });
}

/**
 * A row that takes the map somewhere.
 * @param {number[] | null} extent
 * @param {Acts} acts
 * @param {...any} inside
 */
function row(extent, acts, ...inside) {
	if (!extent) return el("div.compare-row.plain", null, ...inside);
	return el("button.compare-row", { type: "button", onclick: (/** @type {Event} */ event) => {
		for (const each of document.querySelectorAll("#card .compare-row[aria-pressed=true]")) each.setAttribute("aria-pressed", "false");
		/** @type {HTMLElement} */ (event.currentTarget).setAttribute("aria-pressed", "true");
		acts.go(extent);
	}, "aria-pressed": "false" }, ...inside);
}

/** @param {Entry} entry */
function who(entry) {
	return [entry.by, time.format(new Date(entry.at))].filter(Boolean).join(" · ");
}

/**
 * What was done, who did it and when.
 * @param {Entry} entry
 * @param {Acts} acts
 * @param {string} [more] what else to say of it
 */
function operation(entry, acts, more = "") {
	return row(entry.extent, acts, el("span", null, entry.text), el("small", null, who(entry)), more ? el("small.why", null, more) : null);
}

/**
 * @param {string} title
 * @param {string} hint
 * @param {HTMLElement[]} list
 */
export function section(title, hint, list) {
	if (!list.length) return null;
	return el("section.stack", null, el("h2", null, `${title} (${number(list.length)})`), hint ? el("p.hint", null, hint) : null,
		...list.slice(0, MOST), list.length > MOST ? el("p.hint", null, t("and {count} more", { count: number(list.length - MOST) })) : null);
}

/**
 * @param {Entry[]} entries
 * @param {Acts} acts
 */
export function operations(entries, acts) {
	return entries.map((entry) => operation(entry, acts));
}

/**
 * Something that both changed, with the choice.
 * @param {any} feature
 * @param {number} at its place in the list
 * @param {boolean} is_taken whether the other draft's side is chosen
 * @param {{one: string, other: string}} names
 * @param {Acts} acts
 */
export function bothCard(feature, at, is_taken, names, acts) {
	const { number: of, theirs, ours, grids, failed } = feature.properties;
	/** @param {"one" | "other"} side @param {Entry[]} entries @param {string} words */
	const option = (side, entries, words) => {
		const is_other = side === "other";
		const input = el("input", { type: "radio", name: `both-${of}`, id: `both-${of}-${side}`, onchange: () => acts.choose(of, is_other) });
		/** @type {HTMLInputElement} */ (input).checked = is_other === is_taken;
		return el(`div.both-side.${side}`, null,
			el("label", { for: input.id }, input, swatch(side), el("b", null, words)), ...operations(entries, acts));
	};
	return el("article.both-card", { id: `both-${of}`, tabindex: "-1", "aria-label": t("Conflict {n}", { n: at }) },
		el("h3", null, swatch("both"), t("Conflict {n}", { n: at }), grids.length ? el("small", null, grids.join(t(", "))) : null),
		option("one", ours, t("Keep “{name}”", { name: names.one })),
		option("other", theirs, t("Take “{name}”", { name: names.other })),
		is_taken && failed ? el("p.notice.bad", { role: "alert" }, icon("circle-x"), el("span", null, t("This side cannot be taken: {why}", { why: failed }))) : null);
}

/**
 * Operations that were brought over and undone since.
 * @param {Entry[]} entries
 * @param {Set<number>} wanted
 * @param {Acts} acts
 */
export function againRows(entries, wanted, acts) {
	return entries.map((entry) => {
		const input = el("input", { type: "checkbox", id: `again-${entry.of}`, onchange: () => acts.again(entry.of, /** @type {HTMLInputElement} */ (input).checked) });
		/** @type {HTMLInputElement} */ (input).checked = wanted.has(entry.of);
		return el("div.again", null, el("label", { for: input.id }, input, t("Bring again")), operation(entry, acts));
	});
}

/**
 * Operations that cannot be brought over, with the reasons.
 * @param {any[]} features
 * @param {Acts} acts
 */
export function refusedRows(features, acts) {
	return features.map(({ properties }) => operation(properties.entry, acts, properties.reasons.join(" ")));
}

/**
 * @param {any[]} features of ground that differs
 * @param {Acts} acts
 * @param {(geometry: any) => number[]} extent
 */
export function groundRows(features, acts, extent) {
	return features.map(({ geometry, properties }) => row(extent(geometry), acts,
		el("span", null, swatch(properties.changed_by || "plain"), groundWords(properties)),
		el("small", null, [properties.households === null ? "" : t("{n} households", { n: number(properties.households) }), area(properties.area_m2)].filter(Boolean).join(" · "))));
}

/** @param {any} properties of ground that differs */
export function groundWords({ one_name, other_name }) {
	const nothing = t("no grid");
	return t("in {one} here, in {other} there", { one: one_name || nothing, other: other_name || nothing });
}

/** @param {any} one @param {any} other */
function gridName(one, other) {
	const [a, b] = [one, other].map((side) => side && (side.name || side.code));
	return a && b && a !== b ? `${a} / ${b}` : a || b;
}

/** @param {any} one @param {any} other */
function areaChange(one, other) {
	const is_moved = one && other && one.households === other.households && one.area_m2 !== other.area_m2;
	return is_moved ? el("small", null, `${area(one.area_m2)} → ${area(other.area_m2)}`) : null;
}

/**
 * Grids that are not the same, with their households in both and after merging.
 * @param {any[]} grids
 * @param {{one: string, other: string}} names
 * @param {any | null} merge null where nothing can be merged
 * @param {Acts} acts
 */
export function gridTable(grids, names, merge, acts) {
	if (!grids.length) return null;
	const said = (/** @type {any} */ side) => (side === null ? t("none") : number(side.households));
	/** @param {any} grid */
	const line = ({ one, other, id, extent }) => {
		const known = merge && merge.figures[id];
		const name = gridName(one, other);
		return el("tr", null,
			el("th", { scope: "row" }, extent ? el("button.link", { type: "button", onclick: () => acts.go(extent) }, name) : name, areaChange(one, other)),
			el("td", null, said(one)), el("td", null, said(other)), merge ? el("td", null, el("b", null, said(known ? known.after : one))) : null);
	};
	const title = t("Grids that differ");
	return el("section.stack", null, el("h2", null, `${title} (${number(grids.length)})`),
		el("div.table-box", null, el("table.pair-grids", null,
			el("caption", null, t("Households")),
			el("thead", null, el("tr", null, el("th", { scope: "col" }, t("Grid")), el("th", { scope: "col" }, el("span.column-name", { title: names.one }, swatch("one"), cutName(names.one, COLUMN))),
				el("th", { scope: "col" }, el("span.column-name", { title: names.other }, swatch("other"), cutName(names.other, COLUMN))), merge ? el("th", { scope: "col" }, t("After merging")) : null)),
			el("tbody", null, grids.slice(0, MOST * 5).map(line)))));
}
