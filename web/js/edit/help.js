/** The line that says what a click will do, what went wrong, and how to finish. */
import { byId, el, fill, icon } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {import("./tools/tool.js").Tool} Tool
 */

export function makeHelp() {
	const line = byId("help");
	const box = byId("notice");
	const settings = byId("options");
	/** @type {() => Tool} */
	let toolNow;
	let said = "";
	const finish = el("button.button.small.primary", { type: "button", onclick: () => toolNow().finish() }, icon("check"), t("Finish"));
	const cancel = el("button.button.small", { type: "button", onclick: () => {
		toolNow().cancel();
		refresh(toolNow());
		line.textContent = said = "";
		line.hidden = true;
	} }, icon("x"), t("Cancel"));

	const back = el("button.button.small", { type: "button", onclick: () => toolNow().stepBack() }, icon("undo-2"), t("One corner back"));

	/** @param {Tool} tool */
	function refresh(tool) {
		back.hidden = !tool.may_step_back;
		finish.toggleAttribute("disabled", !tool.is_complete);
		cancel.hidden = !tool.is_under_way;
		finish.hidden = !tool.is_under_way || !tool.has_finish;
		byId("ends").hidden = cancel.hidden && finish.hidden;
	}

	return {
		/**
		 * @param {Tool} tool
		 * @param {Bench} bench
		 */
		say(tool, bench) {
			const farOff = bench.may_edit ? t("Zoom in to see all borders and to redraw them") : t("Zoom in to see all borders");
			const words = bench.model.version && !bench.model.is_editable ? farOff : tool.hint(bench.at);
			if (words !== said) line.textContent = words;
			said = words;
			line.hidden = !words;
			refresh(tool);
		},
		/** @param {Tool} tool */
		options(tool) {
			const nodes = tool.options();
			const { childNodes } = settings;
			// what is there already stays, so that a hand in a field is not disturbed
			if (nodes.length !== childNodes.length || nodes.some((node, at) => node !== childNodes[at])) fill(settings, ...nodes);
			settings.hidden = !settings.childNodes.length;
			refresh(tool);
		},
		/**
		 * @param {string} text
		 * @param {"bad" | "warn"} [kind]
		 * @param {{text: string, act: () => void}} [offer]
		 */
		notice(text, kind = "bad", offer) {
			fill(box, icon(kind === "bad" ? "circle-x" : "triangle-alert"), el("span", null, text),
				offer ? el("button.button.small", { type: "button", onclick: () => offer.act() }, offer.text) : null,
				el("button.close", { type: "button", "aria-label": t("Close"), onclick: () => { box.hidden = true; } }, "×"));
			box.className = `notice ${kind}`;
			box.hidden = false;
		},
		quiet() {
			box.hidden = true;
		},
		/** @param {() => Tool} tool */
		listen(tool) {
			toolNow = tool;
			fill(byId("ends"), finish, back, cancel);
			refresh(tool());
		},
	};
}
