/** What every tool is: what it says, and what it does with pointer and keys. */

/**
 * @typedef {import("../bench.js").Bench} Bench
 * @typedef {import("../bench.js").At} At
 * @typedef {import("../chart.js").Pen} Pen
 */

/** A tool that does nothing; others differ in what they need. */
export class Tool {
	/** @param {Bench} bench */
	constructor(bench) {
		this.bench = bench;
		/** Whether the pointer finds corners and borders for it. */
		this.finds_borders = true;
		/** Cursor over the map. */
		this.cursor = "";
		/** Whether what is under way waits for Finish. */
		this.has_finish = false;
	}

	/**
	 * What a click will do here.
	 * @param {At | null} _at
	 * @returns {string}
	 */
	hint(_at) {
		return "";
	}

	/** The tool is taken up. */
	begin() {}

	/** The tool is put down: what was not finished is forgotten. */
	cancel() {}

	/** @returns {boolean} whether there is something to finish or to give up */
	get is_under_way() {
		return false;
	}

	/** @returns {boolean} whether it could be finished now */
	get is_complete() {
		return false;
	}

	/** @returns {boolean} whether the last corner could be taken back */
	get may_step_back() {
		return false;
	}

	/** Take the last corner back. */
	stepBack() {}

	/** End what is under way. */
	finish() {}

	/**
	 * The pointer goes down.
	 * @param {At} _at
	 * @returns {boolean} whether the tool drags something, so that the map stays
	 */
	press(_at) {
		return false;
	}

	/** @param {At} _at */
	drag(_at) {}

	/** @param {At} _at */
	release(_at) {}

	/** @param {At} _at */
	click(_at) {}

	/** @param {At} _at */
	hold(_at) {}

	/**
	 * @param {KeyboardEvent} _event
	 * @returns {boolean} whether the key was for the tool
	 */
	key(_event) {
		return false;
	}

	/** @param {Pen} _pen */
	paint(_pen) {}

	/** @returns {Node[]} what can be set while it is used */
	options() {
		return [];
	}
}
