/** Build elements safely: text is always text, never markup. */

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 */

/**
 * Create an element.
 * @param {string} tag `div`, or `div.card.wide` with classes
 * @param {Record<string, any> | null} [attributes] attributes; `on…` are event listeners
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes, ...children) {
	const [name, ...classes] = tag.split(".");
	const node = document.createElement(name);
	if (classes.length) node.className = classes.join(" ");
	for (const [key, value] of Object.entries(attributes || {})) {
		if (value === null || value === undefined || value === false) continue;
		if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
		else if (key in node && typeof value === "boolean") /** @type {any} */ (node)[key] = value;
		else node.setAttribute(key, String(value));
	}
	append(node, children);
	return node;
}

/**
 * @param {Element} node
 * @param {(Child | Child[])[]} children
 */
function append(node, children) {
	for (const child of children.flat()) {
		if (child === null || child === undefined || child === false) continue;
		node.append(child instanceof Node ? child : String(child));
	}
}

/**
 * Replace what an element holds.
 * @param {Element} node
 * @param {...(Child | Child[])} children
 */
export function fill(node, ...children) {
	node.textContent = "";
	append(node, children);
}

/**
 * A node of an SVG drawing.
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {...Element} inside
 */
export function svg(name, attributes, ...inside) {
	const node = document.createElementNS("http://www.w3.org/2000/svg", name);
	for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
	node.append(...inside);
	return node;
}

/**
 * An icon of our sprite.
 * @param {string} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
	const space = "http://www.w3.org/2000/svg";
	const svg = document.createElementNS(space, "svg");
	svg.setAttribute("class", "icon");
	svg.setAttribute("aria-hidden", "true");
	const use = document.createElementNS(space, "use");
	const sprite = document.documentElement.dataset.icons || document.body.dataset.icons || "";
	use.setAttribute("href", sprite.includes("#") ? sprite + name : `${sprite}#${name}`);
	svg.append(use);
	return svg;
}

/**
 * The element with an id; a page that lacks it is broken.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
	const node = document.getElementById(id);
	if (!node) throw new Error(`no #${id} in this page`);
	return node;
}

/**
 * Data the server put into the page.
 * @param {string} id of a `<script type="application/json">`
 * @returns {any}
 */
export function pageData(id) {
	return JSON.parse(byId(id).textContent || "null");
}

/**
 * Say something at the edge of the page.
 * @param {string} message
 * @param {"error" | "info"} [kind]
 */
export function toast(message, kind = "info") {
	const box = document.getElementById("toasts");
	if (!box) return;
	const node = el(`div.toast.${kind}`, { role: kind === "error" ? "alert" : null }, message);
	box.append(node);
	setTimeout(() => node.remove(), kind === "error" ? 9000 : 4000);
}
