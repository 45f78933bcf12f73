/** Keys: one for each tool, and those that every tool knows. */
import { describedTools } from "./toolbar.js";

/**
 * @param {import("./bench.js").Bench} bench
 * @param {{tool: () => import("./tools/tool.js").Tool, use: (id: string) => void, step: (which: "undo" | "redo") => void,
 *   help: {say: (tool: any, bench: any) => void}}} acts
 */
export function listenToKeys(bench, { tool, use, step, help }) {
	const tools = new Map(describedTools().flat().map((each) => [each.key.toLowerCase(), each.id]));

	/** @param {KeyboardEvent} event */
	function heard(event) {
		const key = event.key.toLowerCase();
		if (event.ctrlKey || event.metaKey) return bench.may_edit && heardUndo(key, event.shiftKey);
		if (tool().key(event)) return true;
		if (key === "escape") {
			tool().cancel();
			bench.clearWrong();
			bench.ui.figures(null);
			return true;
		}
		if (key === "enter" && isMap(event.target) && tool().is_under_way) {
			tool().finish();
			return true;
		}
		return !event.altKey && heardTool(key);
	}

	/**
	 * @param {string} key
	 * @param {boolean} shift
	 */
	function heardUndo(key, shift) {
		if (key !== "z" && key !== "y") return false;
		step(key === "y" || shift ? "redo" : "undo");
		return true;
	}

	/** @param {string} key */
	function heardTool(key) {
		const id = tools.get(key);
		if (!id || (!bench.may_edit && id !== "move")) return false;
		use(id);
		return true;
	}

	document.addEventListener("keydown", (event) => {
		if (isTyping(event.target) || !heard(event)) return;
		event.preventDefault();
		event.stopPropagation();
		bench.ui.options();
		bench.touch();
		help.say(tool(), bench);
	}, { capture: true });
	for (const kind of ["keydown", "keyup"])
		document.addEventListener(kind, (event) => {
			const { key, altKey } = /** @type {KeyboardEvent} */ (event);
			if (key !== "Alt" || !bench.at) return;
			event.preventDefault(); // else the browser's menu takes the keys
			bench.at.free = altKey;
			bench.touch();
		});
}

/** @param {EventTarget | null} target */
function isTyping(target) {
	return target instanceof Element && Boolean(target.closest("input[type=text], input[type=search], input[type=range], select, textarea, #ask"));
}

/** @param {EventTarget | null} target */
function isMap(target) {
	return !(target instanceof Element && target.closest("a, button, summary") && !target.closest("#tools"));
}
