/** Which of several dropped files belong together: the parts of one Shapefile. */

const PARTS = /\.(shp|shx|dbf|prj|cpg|qpj|sbn|sbx|qmd|shp\.xml|xml|lyr)$/i;

/**
 * @param {File[]} files
 * @returns {File[][]} one group for each boundary file, in the order they came
 */
export function fileGroups(files) {
	const shapefiles = new Set(files.filter(({ name }) => /\.shp$/i.test(name)).map(({ name }) => stem(name)));
	/** @type {Map<string, File[]>} */
	const groups = new Map();
	files.forEach((file, at) => {
		const key = PARTS.test(file.name) && shapefiles.has(stem(file.name)) ? stem(file.name) : `#${at}`;
		groups.set(key, [...(groups.get(key) || []), file]);
	});
	return Array.from(groups.values());
}

/** @param {string} name */
const stem = (name) => name.replace(PARTS, "").toLowerCase();
