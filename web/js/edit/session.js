/** Talks with the server about one draft: loads the view, does operations, hears what others do. */
import { AnswerError, getJSON, isAbort, sendJSON } from "../lib/api.js";

const POLL_MS = 1000;
const HIDDEN_MS = 5000;
const ROOM = 0.25;

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {{number: number, text: string, by: string, at: string, kind: string, action: string, is_undone: boolean}} Entry
 * @typedef {{text: string, number: number} | null} Step
 * @typedef {object} Heard what the page is told
 * @property {(answer: any) => void} own after an operation of one's own
 * @property {(entries: Entry[], come: any[]) => void} others
 * @property {(steps: {undo: Step, redo: Step, status: string}) => void} steps
 * @property {(is_there: boolean) => void} line whether the server can be reached
 */

/** One planner's work on a draft. */
export class Session {
	/**
	 * @param {string} api
	 * @param {any} map
	 * @param {Model} model
	 * @param {Heard} heard
	 */
	constructor(api, map, model, heard) {
		this.api = api;
		this.map = map;
		this.model = model;
		this.heard = heard;
		/** @type {number[] | null} */
		this.loaded = null;
		this.zoom = 0;
		/** @type {Promise<any>} */
		this.turn = Promise.resolve();
		this.asked = 0;
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		this.timer = undefined;
	}

	/** Load what the view shows, unless that is there already. */
	async look() {
		const bounds = this.map.getBounds().pad(0);
		const zoom = Math.min(Math.floor(this.map.getZoom()), 20);
		const view = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
		const has = this.loaded && this.loaded[0] <= view[0] && this.loaded[1] <= view[1] && this.loaded[2] >= view[2] && this.loaded[3] >= view[3];
		const is_near = (this.loaded ? (view[2] - view[0]) * 6 > this.loaded[2] - this.loaded[0] : false);
		if (has && is_near && (this.model.is_editable || zoom === this.zoom)) return;
		await this.load(view, zoom);
	}

	/**
	 * @param {number[]} view
	 * @param {number} zoom
	 */
	async load([west, south, east, north], zoom) {
		const asked = ++this.asked;
		const [wide, high] = [(east - west) * ROOM, (north - south) * ROOM];
		const box = [Math.max(west - wide, -180), Math.max(south - high, -85), Math.min(east + wide, 180), Math.min(north + high, 85)];
		const answer = await getJSON(`${this.api}?bbox=${box.map((edge) => edge.toFixed(6)).join(",")}&zoom=${zoom}`);
		if (asked !== this.asked) return;
		if (answer.version < this.model.version) {
			await this.load([west, south, east, north], zoom);
			return;
		}
		this.loaded = box;
		this.zoom = zoom;
		this.model.replace(answer);
		this.heard.steps(answer);
	}

	/** Load the view again, whatever is there. */
	reload() {
		this.loaded = null;
		return this.look();
	}

	/**
	 * One after the other.
	 * @template T
	 * @param {() => Promise<T>} work
	 * @returns {Promise<T>}
	 */
	inTurn(work) {
		const next = this.turn.then(work, work);
		this.turn = next.catch(() => {});
		return next;
	}

	/**
	 * Do an operation; rejects with what the server says against it.
	 * @param {string} operation
	 * @param {object} parameters
	 * @returns {Promise<any>}
	 */
	operate(operation, parameters) {
		this.hush();
		return this.inTurn(() => this.send("/operations", { operation, parameters, dry: false }));
	}

	/**
	 * @param {"undo" | "redo"} which
	 * @param {number} [number] of the operation, else one's last
	 */
	step(which, number) {
		this.hush();
		return this.inTurn(() => this.send(`/${which}`, number ? { number } : {}));
	}

	/**
	 * @param {string} path
	 * @param {object} body
	 */
	async send(path, body) {
		try {
			const answer = await sendJSON("POST", this.api + path, { version: this.model.version, ...body });
			this.model.exchange(answer);
			this.heard.own(answer);
			return answer;
		} finally {
			await this.poll();
		}
	}

	/**
	 * What an operation would do; null when overtaken by another question.
	 * @param {string} operation
	 * @param {object} parameters
	 * @returns {Promise<any>}
	 */
	async tryOut(operation, parameters) {
		this.hush();
		const trial = new AbortController();
		this.trial = trial;
		try {
			return await getJSON(`${this.api}/operations`, {
				method: "POST", signal: trial.signal,
				headers: { Accept: "application/json", "Content-Type": "application/json" },
				body: JSON.stringify({ version: this.model.version, operation, parameters, dry: true }),
			});
		} catch (error) {
			if (isAbort(error)) return null;
			throw error;
		}
	}

	/**
	 * Ask for a small change to the draft; nothing is done.
	 * @param {object} body
	 * @returns {Promise<any>}
	 */
	suggest(body) {
		return sendJSON("POST", `${this.api}/suggestions`, body);
	}

	/** Forget the trial that is under way. */
	hush() {
		if (this.trial) this.trial.abort();
		this.trial = undefined;
	}

	/**
	 * @param {string[]} codes
	 * @param {boolean} locked
	 */
	async lock(codes, locked) {
		const answer = await sendJSON("PUT", `${this.api}/locks`, { codes, locked });
		if (this.model.lock(answer.locked)) this.model.changed();
	}

	/** Hear what others did, once. */
	async poll() {
		try {
			if (this.model.version) this.take(await getJSON(`${this.api}/changes?since=${this.model.version}`));
			this.heard.line(true);
		} catch (error) {
			this.heard.line(error instanceof AnswerError && error.status < 500);
		}
	}

	/** @param {any} answer of `/changes` */
	take(answer) {
		this.heard.steps(answer);
		if (answer.reload) {
			this.model.version = Math.max(this.model.version, answer.version);
			this.reload();
			return;
		}
		const is_new = answer.version > this.model.version;
		if (is_new && !this.model.is_editable) this.reload();
		else this.model.exchange(answer);
		if (this.model.lock(answer.locked)) this.model.changed();
		if (is_new && answer.entries.length) this.heard.others(answer.entries, answer.arcs.come);
	}

	/** Go on hearing what others do. */
	listen() {
		const again = async () => {
			await this.inTurn(() => this.poll());
			this.timer = setTimeout(again, document.hidden ? HIDDEN_MS : POLL_MS);
		};
		this.timer = setTimeout(again, POLL_MS);
		document.addEventListener("visibilitychange", () => {
			if (document.hidden) return;
			clearTimeout(this.timer);
			again();
		});
	}
}
