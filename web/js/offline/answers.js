/** Answers from a copy, as the card shows them. */

/** Nearer to a boundary than this, the neighbour is worth asking too. */
const CLOSE_M = 15;
/** A position vaguer than this tells no grid. */
const ROUGH_M = 2000;
const NAMED = 5;

/**
 * @typedef {ReturnType<typeof import("./copy.js").openCopy>} Copy
 * @typedef {import("./copy.js").Grid} Grid
 */

/**
 * @param {Copy} copy
 * @param {Grid} grid
 */
function ofGrid(copy, grid) {
	return {
		chain: copy.chainOf(grid).map((step) => ({ ...step, level_label: copy.data.labels.level[step.level] || "" })),
		answers: copy.answersOf(grid),
		isOwn: copy.isOwn(grid),
	};
}

/**
 * A grid with whom to ask there first.
 * @param {Copy} copy
 * @param {Grid} grid
 */
function withFirst(copy, grid) {
	return { code: grid.code, name: grid.name, first: copy.answersOf(grid).find((each) => each.first) };
}

/**
 * @param {any} person
 * @returns {string} the same for the same post of the same grid
 */
function named(person) {
	return person ? [person.grid, person.post, person.name].join("|") : "";
}

/**
 * @param {Copy} copy
 * @param {number} lon
 * @param {number} lat
 * @param {number} [accuracy_m] of a phone's position
 * @returns {any} null outside of the copy, unless the position is too rough to say so
 */
export function answerAt(copy, lon, lat, accuracy_m = 0) {
	const at = copy.locate(lon, lat);
	const rough = accuracy_m > ROUGH_M ? { count: null, grids: [], is_same: false } : null;
	if (at < 0) return rough && { lon, lat, vague: rough };
	const found = ofGrid(copy, copy.grids[at]);
	const place = { ...found, lon, lat, title: `${lon.toFixed(6)}, ${lat.toFixed(6)}`, detail: "WGS 84" };
	if (!found.isOwn) return { ...place, vague: rough }; // which grids are beside it, the copy does not know
	const { metres, across } = copy.nearest(lon, lat, at);
	const first = named(found.answers.find((each) => each.first));
	const beyond = copy.grids[across] ? withFirst(copy, copy.grids[across]) : null;
	return {
		...place,
		boundary_m: metres,
		is_close: metres < CLOSE_M,
		across: beyond && { ...beyond, is_same: first !== "" && named(beyond.first) === first },
		vague: accuracy_m > metres ? rough || vague(copy, lon, lat, at, accuracy_m) : null,
	};
}

/**
 * The grids that a vague position may be in; `leaves` where some are not of the saved area.
 * @param {Copy} copy
 * @param {number} lon
 * @param {number} lat
 * @param {number} own
 * @param {number} accuracy_m
 */
function vague(copy, lon, lat, own, accuracy_m) {
	const grids = copy.within(lon, lat, own, accuracy_m).map((at) => copy.grids[at]);
	const shown = grids.map((grid) => withFirst(copy, grid));
	return {
		count: grids.length,
		grids: shown.slice(0, NAMED),
		is_same: new Set(shown.map((each) => named(each.first))).size === 1,
		leaves: grids.some((grid) => !copy.isOwn(grid)),
	};
}

/**
 * @param {Copy} copy
 * @param {Grid} grid
 */
export function answerOfGrid(copy, grid) {
	const { labels } = copy.data;
	return {
		...ofGrid(copy, grid),
		title: grid.name || grid.code,
		detail: [labels.kind[grid.kind], labels.level[grid.level]].filter(Boolean).join(" · "),
		bounds: copy.boundsOf(grid),
	};
}

/**
 * The list says a building's grid; its place says how far the boundary is, or that the list is odd.
 * @param {Copy} copy
 * @param {import("../lib/local-search.js").Match} match
 */
export function answerOfMatch(copy, match) {
	const { labels } = copy.data;
	const grid = copy.byCode.get(match.grid);
	if (match.kind === "grid" && grid) return { ...answerOfGrid(copy, grid), ...certainty(copy, match) };
	const words = { title: match.label, detail: labels.unit[match.kind] || match.kind, ...certainty(copy, match) };
	const hasPlace = match.lon !== undefined && match.lat !== undefined;
	if (hasPlace && match.drawn === match.grid)
		return { ...answerAt(copy, /** @type {number} */ (match.lon), /** @type {number} */ (match.lat)), ...words };
	if (!grid) return null;
	const place = hasPlace ? { lon: match.lon, lat: match.lat, listed: grid, drawn: copy.byCode.get(match.drawn || "") } : {};
	return { ...answerOfGrid(copy, grid), ...place, ...words };
}

/**
 * The parts of a compound that lie in several grids, so that one has to be chosen.
 * @param {Copy} copy
 * @param {import("../lib/local-search.js").Entry[]} entries
 * @param {import("../lib/local-search.js").Match} match
 * @returns {{parts: import("../lib/local-search.js").Match[], leaves: boolean} | null} null where the
 *   grid is clear; `leaves` where some parts are outside of the saved area
 */
export function partsToChoose(copy, entries, match) {
	const { parent, spans } = copy.data.units;
	const grids = match.unit === undefined ? [] : spans[match.unit];
	if (!grids.length) return null;
	return {
		parts: entries.filter((each) => each.unit !== undefined && parent[each.unit] === match.unit)
			.map((each) => ({ ...each, certainty: match.certainty })),
		leaves: grids.some((/** @type {number} */ at) => at < 0 || !copy.isOwn(copy.grids[at])),
	};
}

/**
 * @param {Copy} copy
 * @param {import("../lib/local-search.js").Match} match
 */
function certainty(copy, { certainty: code }) {
	return code === "exact" ? {} : { certainty_label: copy.data.labels.certainty[code] };
}

/**
 * What can be looked up in a copy.
 * @param {Copy} copy
 * @returns {import("../lib/local-search.js").Entry[]}
 */
export function entriesOf(copy) {
	const { units, labels } = copy.data;
	const codeAt = (/** @type {number} */ at) => (copy.grids[at] || { code: "" }).code;
	const buildings = units.kind.map((/** @type {string} */ kind, /** @type {number} */ at) => ({
		label: units.address[at] || units.name[at],
		detail: [units.address[at] ? units.name[at] : "", (copy.grids[units.grid[at]] || {}).name].filter(Boolean).join(" · "),
		kind,
		grid: codeAt(units.grid[at]),
		drawn: codeAt(units.drawn[at]),
		unit: at,
		texts: [units.name[at], units.address[at], ...units.aliases[at]],
		initials: units.initials[at],
		lon: units.lon[at] === null ? undefined : units.lon[at],
		lat: units.lat[at] === null ? undefined : units.lat[at],
	}));
	return copy.grids.filter((grid) => copy.isOwn(grid)).map((grid) => ({
		label: grid.name || grid.code,
		detail: [labels.level[grid.level], ...copy.chainOf(grid).slice(1).map((step) => step.name).reverse()]
			.filter(Boolean).join(" · "),
		kind: "grid",
		grid: grid.code,
		texts: [grid.name, grid.code],
	})).concat(buildings);
}
