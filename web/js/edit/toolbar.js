/** The tools as buttons with icon, name and key; which one is in use. */
import { byId, el, fill, icon } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

/**
 * @typedef {{id: string, key: string, icon: string, name: string, title: string}} Described
 */

/** @returns {Described[][]} in groups, in the order of the bar */
export function describedTools() {
	return [
		[
			{ id: "move", key: "V", icon: "mouse-pointer-2", name: t("Move corners"), title: t("Choose grids, drag corners and borders") },
			{ id: "insert", key: "A", icon: "diamond-plus", name: t("Add corner"), title: t("Put a corner on a border") },
			{ id: "delete", key: "D", icon: "diamond-minus", name: t("Drop corner"), title: t("Take a corner out") },
			{ id: "reshape", key: "R", icon: "spline", name: t("Redraw border"), title: t("Draw a stretch of border anew") },
			{ id: "street", key: "T", icon: "magnet", name: t("To street"), title: t("Lay a border along a street") },
		],
		[
			{ id: "split", key: "S", icon: "scissors", name: t("Split"), title: t("Split a grid by a line") },
			{ id: "balance", key: "B", icon: "scale", name: t("Even out"), title: t("Halve a grid, make grids alike, give households to a neighbour") },
			{ id: "merge", key: "M", icon: "merge", name: t("Merge"), title: t("Make neighbours one grid") },
			{ id: "give", key: "G", icon: "hand-helping", name: t("Give"), title: t("Give grids or an area to another grid") },
			{ id: "new", key: "N", icon: "square-plus", name: t("Draw new"), title: t("Draw a new grid") },
			{ id: "gap", key: "P", icon: "droplets", name: t("Gap"), title: t("Say why a place belongs to no grid") },
		],
		[
			{ id: "rename", key: "F2", icon: "text-cursor-input", name: t("Rename"), title: t("Rename a grid") },
			{ id: "renumber", key: "#", icon: "list-ordered", name: t("Renumber"), title: t("New numbers for all grids below one") },
			{ id: "kind", key: "K", icon: "shapes", name: t("Kind"), title: t("Change the kind of a grid") },
			{ id: "parent", key: "U", icon: "folder-tree", name: t("Upper"), title: t("Put a grid below another one") },
			{ id: "lock", key: "L", icon: "lock", name: t("Lock"), title: t("Lock or unlock a grid") },
		],
	];
}

/**
 * @param {Described} tool
 * @param {() => void} act
 * @param {boolean} is_switch whether it stays pressed
 */
function button(tool, act, is_switch) {
	const words = tool.key ? `${tool.title} (${tool.key})` : tool.title;
	return el("button.tool-button", {
		type: "button", title: words, "aria-label": words, "data-tool": tool.id,
		"aria-keyshortcuts": tool.key, "aria-pressed": is_switch ? "false" : null, onclick: act,
	}, icon(tool.icon), el("span", null, tool.name));
}

/**
 * Make the bar.
 * @param {{use: (id: string) => void, step: (which: "undo" | "redo") => void, may_edit: boolean}} acts
 * @returns {{show: (id: string) => void, steps: (steps: {undo: any, redo: any}) => void}}
 */
export function makeToolbar({ use, step, may_edit }) {
	const bar = byId("tools");
	const tools = may_edit ? describedTools() : [];
	const steps = /** @type {Record<"undo" | "redo", HTMLElement>} */ ({
		undo: button({ id: "undo", key: "Control+Z", icon: "undo-2", name: t("Undo"), title: t("Undo") }, () => step("undo"), false),
		redo: button({ id: "redo", key: "Control+Y", icon: "redo-2", name: t("Redo"), title: t("Redo") }, () => step("redo"), false),
	});
	if (may_edit) fill(bar, el("div.tool-group", { role: "group", "aria-label": t("Undo and redo") }, steps.undo, steps.redo),
		tools.map((group) => el("div.tool-group", { role: "group" }, group.map((tool) => button(tool, () => use(tool.id), true)))));
	return {
		show(id) {
			for (const each of bar.querySelectorAll("[data-tool][aria-pressed]"))
				each.setAttribute("aria-pressed", String(each.getAttribute("data-tool") === id));
		},
		steps(can) {
			for (const which of /** @type {("undo" | "redo")[]} */ (["undo", "redo"])) {
				const words = which === "undo" ? t("Undo") : t("Redo");
				const said = can[which] ? `${words}: ${can[which].text}` : words;
				steps[which].toggleAttribute("disabled", !can[which]);
				steps[which].setAttribute("title", said);
				steps[which].setAttribute("aria-label", said);
			}
		},
	};
}
