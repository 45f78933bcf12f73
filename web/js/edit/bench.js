/** The workbench: what all tools share, and what happens to an operation on its way. */
import { AnswerError } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { toWorld } from "./geometry.js";

const TRIAL_MS = 250;

/**
 * @typedef {import("./geometry.js").Pair} Pair
 * @typedef {object} At where the pointer is, and what is there
 * @property {Pair} place in pixels of zoom 0
 * @property {boolean} free whether nothing is to be snapped to
 * @property {boolean} touch
 * @property {boolean} [is_second] whether a click is the second of a double one
 * @property {{arc: any, at: number, lonlat: Pair, place: Pair} | null} corner
 * @property {{arc: any, step: number, lonlat: Pair, place: Pair} | null} border
 * @property {string} leaf id of the finest grid or gap
 * @property {string} grid id of the grid of the level that is worked on
 * @typedef {object} Told
 * @property {(answer: any) => void} figures
 * @property {(text: string, kind?: "bad" | "warn", offer?: {text: string, act: () => void}) => void} notice
 * @property {() => void} quiet
 * @property {(id: string) => void} chosen
 * @property {(fields: any) => Promise<Record<string, any> | null>} ask
 * @property {() => void} options
 */

/** What tools work with. */
export class Bench {
	/**
	 * @param {{map: any, model: import("./model.js").Model, session: import("./session.js").Session,
	 *   snapper: import("./snapping.js").Snapper, ui: Told, level: number, kinds: any[], levels: any[], may_edit: boolean}} parts
	 */
	constructor({ map, model, session, snapper, ui, level, kinds, levels, may_edit }) {
		this.map = map;
		this.model = model;
		this.session = session;
		this.snapper = snapper;
		this.ui = ui;
		this.level = level;
		this.kinds = kinds;
		this.levels = levels;
		this.may_edit = may_edit;
		/** @type {any} set at once */
		this.chart = null;
		/** @type {At | null} */
		this.at = null;
		this.chosen = "";
		/** @type {{place: Pair} | null} what is marked as wrong */
		this.wrong = null;
		/** @type {{paths: Float64Array[], until: number} | null} what somebody else changed */
		this.fresh = null;
		this.busy = 0;
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		this.waiting = undefined;
	}

	/** Draw again what follows the pointer. */
	touch() {
		this.chart.touch();
	}

	/** @returns {number} pixels of the screen to one of zoom 0 */
	scale() {
		return 2 ** this.map.getZoom();
	}

	/** @returns {boolean} whether the draft can be changed as it is seen now */
	get is_ready() {
		return this.may_edit && this.model.is_editable;
	}

	/**
	 * @param {string} withKeys
	 * @param {string} withFingers
	 * @returns {string} what is to be said to somebody with a keyboard, or with fingers only
	 */
	byHand(withKeys, withFingers) {
		return matchMedia("(pointer: coarse)").matches ? withFingers : withKeys;
	}

	/** @param {string} id of a grid, `""` for none */
	choose(id) {
		this.chosen = id;
		this.ui.chosen(id);
		this.touch();
	}

	/**
	 * Do an operation; what is refused is said and marked.
	 * @param {string} operation
	 * @param {object} parameters
	 * @returns {Promise<any>} the answer, null when refused
	 */
	async perform(operation, parameters) {
		this.forget();
		this.clearWrong();
		const had = new Set(this.model.grids.keys());
		this.busy += 1;
		try {
			const answer = await this.session.operate(operation, parameters);
			this.ui.figures({ ...answer, is_done: true, had });
			return answer;
		} catch (error) {
			this.refuse(error, operation, parameters);
			return null;
		} finally {
			this.busy -= 1;
			this.ui.options();
			this.touch();
		}
	}

	/**
	 * @param {any} error
	 * @param {string} operation
	 * @param {any} parameters
	 */
	refuse(error, operation, parameters) {
		const problem = error instanceof AnswerError ? error.problem : {};
		const changed = problem.changed || {};
		const place = problem.place || changed.place;
		if (place) this.wrong = { place: toWorld(place) };
		this.ui.figures(null);
		if (changed.since && changed.since.length) {
			this.tellFaster(changed.since);
			return;
		}
		const may_cut = operation === "split" && !parameters.cut_children && error.status === 422 && this.isDivided(parameters.code);
		this.ui.notice(error.message, "bad", may_cut
			? { text: t("Split the grids below it too"), act: () => this.perform("split", { ...parameters, cut_children: true }) } : undefined);
	}

	/** @param {any[]} since what others did */
	tellFaster(since) {
		this.flash(since.flatMap((each) => each.arcs.come));
		const last = since[since.length - 1];
		const somebody = t("Another planner");
		this.ui.notice(t("{who} was faster: “{what}”. Your change was not made; look at it and try again.",
			{ who: last.by || somebody, what: last.text }), "warn");
	}

	/** @param {string} code */
	isDivided(code) {
		const grid = this.model.grids.get(this.model.ids.get(code) || "");
		return Boolean(grid && !grid.is_finest);
	}

	/**
	 * Show what an operation would do, when the hand rests a moment.
	 * @param {string} operation
	 * @param {object} parameters
	 */
	trial(operation, parameters) {
		clearTimeout(this.waiting);
		this.waiting = setTimeout(async () => {
			try {
				const answer = await this.session.tryOut(operation, parameters);
				if (!answer) return;
				this.clearWrong();
				this.ui.figures(answer);
			} catch (error) {
				const problem = error instanceof AnswerError ? error.problem : {};
				this.wrong = problem.place ? { place: toWorld(problem.place) } : null;
				this.ui.notice(/** @type {Error} */ (error).message, "warn");
				this.touch();
			}
		}, TRIAL_MS);
	}

	/** Forget what was only tried. */
	forget() {
		clearTimeout(this.waiting);
		this.session.hush();
	}

	clearWrong() {
		this.wrong = null;
		this.ui.quiet();
		this.touch();
	}

	/**
	 * Let borders that somebody else changed stand out for a while.
	 * @param {any[]} come
	 */
	flash(come) {
		const paths = come.map((raw) => Float64Array.from(raw.line.flatMap((/** @type {Pair} */ lonlat) => toWorld(lonlat))));
		this.fresh = { paths, until: Date.now() + 4000 };
		this.touch();
		setTimeout(() => this.touch(), 4100);
	}
}
