/** Maps of the plane that keep lines straight, from four corners to four corners. */

/** @typedef {[number, number]} Point */

/**
 * Solve a small system of linear equations.
 * @param {number[][]} rows each with its right side last
 * @returns {number[]}
 */
function solve(rows) {
	const size = rows.length;
	for (let at = 0; at < size; at += 1) {
		let best = at;
		for (let row = at + 1; row < size; row += 1)
			if (Math.abs(rows[row][at]) > Math.abs(rows[best][at])) best = row;
		[rows[at], rows[best]] = [rows[best], rows[at]];
		for (let row = 0; row < size; row += 1) {
			if (row === at) continue;
			const share = rows[row][at] / rows[at][at];
			for (let column = at; column <= size; column += 1) rows[row][column] -= share * rows[at][column];
		}
	}
	return rows.map((row, at) => row[size] / row[at]);
}

/**
 * The nine numbers of the map from four points to four others, the last is 1.
 * @param {Point[]} from
 * @param {Point[]} to
 * @returns {number[]}
 */
export function homography(from, to) {
	/** @type {number[][]} */
	const rows = [];
	from.forEach(([x, y], at) => {
		const [u, v] = to[at];
		rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]);
	});
	return [...solve(rows), 1];
}

/**
 * @param {number[]} map
 * @param {number} x
 * @param {number} y
 * @returns {Point}
 */
export function apply(map, x, y) {
	const depth = map[6] * x + map[7] * y + map[8];
	return [(map[0] * x + map[1] * y + map[2]) / depth, (map[3] * x + map[4] * y + map[5]) / depth];
}

/**
 * The same map for CSS.
 * @param {number[]} m
 * @returns {string}
 */
export function cssMatrix(m) {
	const numbers = [m[0], m[3], 0, m[6], m[1], m[4], 0, m[7], 0, 0, 1, 0, m[2], m[5], 0, m[8]];
	return `matrix3d(${numbers.join(",")})`;
}
