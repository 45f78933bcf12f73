/** Signs of orientation and order of directions, decided exactly: `geogrid/_exact.py` in JavaScript. */

const FILTER = (3 + 16 * 2 ** -53) * 2 ** -53;
const UNDERFLOW = 1e-290;
const bytes = new DataView(new ArrayBuffer(8));

/**
 * A double as a whole number of 2^-1074, which every double is.
 * @param {number} value
 * @returns {bigint}
 */
function whole(value) {
	bytes.setFloat64(0, value);
	const bits = bytes.getBigUint64(0);
	const exponent = (bits >> 52n) & 0x7ffn;
	const digits = bits & 0xfffffffffffffn;
	const size = exponent ? (digits | 0x10000000000000n) << (exponent - 1n) : digits;
	return bits >> 63n ? -size : size;
}

/**
 * +1 where a point is left of the line from a to b, -1 right of it, 0 exactly on it.
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 * @param {number} x
 * @param {number} y
 * @returns {number}
 */
export function sideOfEdge(ax, ay, bx, by, x, y) {
	const left = (ax - x) * (by - y);
	const right = (ay - y) * (bx - x);
	const size = Math.abs(left) + Math.abs(right);
	if (Math.abs(left - right) > FILTER * size && size > UNDERFLOW && size < Infinity) return left > right ? 1 : -1;
	const [px, py] = [whole(x), whole(y)];
	const value = (whole(ax) - px) * (whole(by) - py) - (whole(ay) - py) * (whole(bx) - px);
	return value > 0n ? 1 : value < 0n ? -1 : 0;
}

/**
 * A direction from a point, to be put in order by `compareDirections`.
 * @param {number} x
 * @param {number} y
 * @param {number[]} to another point
 * @returns {{part: number, dx: bigint, dy: bigint}}
 */
export function direction(x, y, to) {
	const dx = whole(to[0]) - whole(x);
	const dy = whole(to[1]) - whole(y);
	const part = dy > 0n ? 0 : dy < 0n ? 2 : dx < 0n ? 1 : 3;
	return { part, dx, dy };
}

/**
 * Counter-clockwise from just north of east.
 * @param {ReturnType<typeof direction>} one
 * @param {ReturnType<typeof direction>} other
 * @returns {number} below 0 where `one` comes first, 0 where they are the same
 */
export function compareDirections(one, other) {
	if (one.part !== other.part) return one.part - other.part;
	const turn = one.dx * other.dy - other.dx * one.dy;
	return turn > 0n ? -1 : turn < 0n ? 1 : 0;
}
