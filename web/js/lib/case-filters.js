/** The filters of the heat page: from and to its address, so that a link shows the same. */

/**
 * @typedef {{show: "heat" | "grids", level: number, figure: string, days: string, from: string,
 *   to: string, status: string, categories: string[]}} Filters
 */

/** @type {RegExp} */
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Read the filters of an address; what is not known there is left at its start.
 * @param {string} search `location.search`
 * @param {{levels: number[], level: number, figures: string[], presets: number[], statuses: string[], categories: string[]}} known
 * @returns {Filters}
 */
export function readFilters(search, known) {
	const query = new URLSearchParams(search);
	const one = (/** @type {string} */ name, /** @type {string[]} */ allowed, /** @type {string} */ start) => {
		const value = query.get(name);
		return value !== null && allowed.includes(value) ? value : start;
	};
	const day = (/** @type {string} */ name) => {
		const value = query.get(name) || "";
		return DAY.test(value) ? value : "";
	};
	return {
		show: one("show", ["heat", "grids"], "heat") === "grids" ? "grids" : "heat",
		level: Number(one("level", known.levels.map(String), String(known.level))),
		figure: one("figure", known.figures, known.figures[0]),
		days: one("days", known.presets.map(String), ""),
		from: day("from"),
		to: day("to"),
		status: one("status", ["open", ...known.statuses], ""),
		categories: query.getAll("category").filter((each) => known.categories.includes(each)),
	};
}

/**
 * What the server needs to choose the cases.
 * @param {Filters} filters
 * @returns {URLSearchParams}
 */
export function caseQuery(filters) {
	const query = new URLSearchParams();
	if (filters.days) query.set("days", filters.days);
	else {
		if (filters.from) query.set("from", filters.from);
		if (filters.to) query.set("to", filters.to);
	}
	if (filters.status) query.set("status", filters.status);
	for (const each of filters.categories) query.append("category", each);
	return query;
}

/**
 * Write the filters into the address, without a new entry in the history.
 * @param {Filters} filters
 */
export function keepFilters(filters) {
	const query = caseQuery(filters);
	query.set("show", filters.show);
	query.set("level", String(filters.level));
	if (filters.show === "grids") query.set("figure", filters.figure);
	const lang = new URLSearchParams(location.search).get("lang");
	if (lang) query.set("lang", lang);
	history.replaceState(null, "", `?${query}`);
}
